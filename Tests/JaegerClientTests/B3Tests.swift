import JaegerClient
import OpenTracing
import Testing

@Suite struct B3Tests {
    private func makeTracer(_ formats: [Propagation.Format], isSampled: Bool = true) -> JaegerTracer {
        JaegerTracer(
            serviceName: "test",
            sampler: ConstSampler(isSampled),
            reporter: InMemoryReporter(),
            propagation: Propagation(formats)
        )
    }

    private func written(_ context: JaegerSpanContext, _ formats: [Propagation.Format]) -> [String: String] {
        var headers: [String: String] = [:]
        makeTracer(formats).inject(context, into: &headers, format: .httpHeaders)
        return headers
    }

    private func read(_ headers: [String: String], _ formats: [Propagation.Format]) throws -> JaegerSpanContext? {
        try makeTracer(formats).extract(from: headers, format: .httpHeaders) as? JaegerSpanContext
    }

    @Test func `several headers are written padded, with the decision and without a parent that is none`() {
        let child = JaegerSpanContext(traceIDLow: 0xABC, spanID: 0xDEF, parentID: 1, flags: [.sampled])
        #expect(
            written(child, [.b3]) == [
                "X-B3-TraceId": "0000000000000abc", "X-B3-SpanId": "0000000000000def",
                "X-B3-ParentSpanId": "0000000000000001", "X-B3-Sampled": "1",
            ]
        )
        let root = JaegerSpanContext(traceIDHigh: 1, traceIDLow: 2, spanID: 3, baggage: ["user": "a b"])
        #expect(
            written(root, [.b3]) == [
                "X-B3-TraceId": "00000000000000010000000000000002", "X-B3-SpanId": "0000000000000003",
                "X-B3-Sampled": "0", "baggage-user": "a%20b",
            ]
        )
        let debug = JaegerSpanContext(traceIDLow: 2, spanID: 3, flags: [.sampled, .debug])
        #expect(written(debug, [.b3])["X-B3-Flags"] == "1")
        #expect(written(debug, [.b3])["X-B3-Sampled"] == nil)
    }

    @Test func `one header is written with all of it`() {
        let child = JaegerSpanContext(traceIDLow: 0xABC, spanID: 0xDEF, parentID: 1, flags: [.sampled])
        #expect(written(child, [.b3Single]) == ["b3": "0000000000000abc-0000000000000def-1-0000000000000001"])
        let root = JaegerSpanContext(traceIDHigh: 1, traceIDLow: 2, spanID: 3, flags: [.sampled, .debug])
        #expect(written(root, [.b3Single]) == ["b3": "00000000000000010000000000000002-0000000000000003-d"])
        let dropped = JaegerSpanContext(traceIDLow: 2, spanID: 3)
        #expect(written(dropped, [.b3Single]) == ["b3": "0000000000000002-0000000000000003-0"])
    }

    @Test(arguments: [Propagation.Format.b3, .b3Single])
    func `what is written is read back`(format: Propagation.Format) throws {
        for flags: JaegerSpanContext.Flags in [[], [.sampled], [.sampled, .debug]] {
            for parentID: UInt64 in [0, 9] {
                var context = JaegerSpanContext(
                    traceIDHigh: 7,
                    traceIDLow: 8,
                    spanID: 1,
                    parentID: parentID,
                    flags: flags
                )
                if format == .b3 { context.baggage = ["key": "v w/ü%=,"] }
                #expect(try read(written(context, [format]), [format]) == context)
            }
        }
    }

    @Test(arguments: [("1", true), ("true", true), ("True", true), ("d", true), ("0", false), ("false", false)])
    func `every word for the decision is understood`(word: String, isSampled: Bool) throws {
        let context = try read(["x-b3-traceid": "1", "x-b3-spanid": "2", "x-b3-sampled": word], [.b3])
        #expect(context?.isSampled == isSampled)
        #expect(context?.flags.contains(.debug) == (word == "d"))
    }

    @Test(arguments: [true, false])
    func `identifiers without a decision leave it to the sampler`(isSampled: Bool) throws {
        let tracer = makeTracer([.b3, .b3Single], isSampled: isSampled)
        for headers in [["X-B3-TraceId": "1", "X-B3-SpanId": "2"], ["b3": "1-2"]] {
            let context = try tracer.extract(from: headers, format: .httpHeaders)
            let span = try #require(tracer.startSpan("work", childOf: context) as? JaegerSpan)
            #expect(span.jaegerContext.traceIDLow == 1)
            #expect(span.jaegerContext.parentID == 2)
            #expect(span.jaegerContext.isSampled == isSampled)
            // And it is decided once: what is below follows.
            let child = tracer.start("below", below: span.jaegerContext)
            #expect(child.jaegerContext.isSampled == isSampled)
        }
    }

    @Test(arguments: [("0", false), ("1", true), ("d", true)])
    func `a decision without identifiers is about the trace that begins here`(word: String, isSampled: Bool) throws {
        let tracer = makeTracer([.b3, .b3Single], isSampled: !isSampled)
        let several = word == "d" ? ["X-B3-Flags": "1"] : ["X-B3-Sampled": word]
        for headers in [["b3": word], several] {
            let context = try tracer.extract(from: headers, format: .httpHeaders)
            let span = try #require(tracer.startSpan("work", childOf: context) as? JaegerSpan)
            #expect(span.jaegerContext.parentID == 0)
            #expect(span.jaegerContext.isSampled == isSampled)
            #expect(span.jaegerContext.flags.contains(.debug) == (word == "d"))
        }
    }

    @Test(arguments: [
        ["b3": ""], ["b3": "x"], ["b3": "1-"], ["b3": "0-2-1"], ["b3": "1-0-1"], ["b3": "1-2-3"], ["b3": "1-2-1-3-4"],
        ["b3": String(repeating: "1", count: 33) + "-2-1"], ["X-B3-TraceId": "1"], ["X-B3-SpanId": "1"],
        ["X-B3-TraceId": "x", "X-B3-SpanId": "1"], ["X-B3-TraceId": "1", "X-B3-SpanId": "11111111111111111"],
        ["X-B3-TraceId": "1", "X-B3-SpanId": "1", "X-B3-Sampled": "perhaps"],
    ])
    func `a damaged context is an error that names the header`(headers: [String: String]) {
        let error = #expect(throws: PropagationError.self) { try read(headers, [.b3, .b3Single]) }
        #expect(error?.key.lowercased().contains("b3") == true)
    }

    @Test func `several formats are all written, and the first that can be read is taken`() throws {
        let context = JaegerSpanContext(traceIDHigh: 1, traceIDLow: 2, spanID: 3, parentID: 4, flags: [.sampled])
        let headers = written(context, Propagation.Format.allCases)
        #expect(
            Set(headers.keys) == [
                "uber-trace-id", "traceparent", "X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "X-B3-Sampled",
                "b3",
            ]
        )
        for format in Propagation.Format.allCases {
            #expect(try read(headers, [format])?.spanID == 3)
        }
        var damaged = headers
        damaged["uber-trace-id"] = "damaged"
        damaged["traceparent"] = "damaged"
        #expect(try read(damaged, Propagation.Format.allCases)?.spanID == 3)
        #expect(try read(["traceparent": headers["traceparent"] ?? ""], [.jaeger, .b3]) == nil)
    }

    @Test func `a tracer that was told nothing reads every format`() throws {
        let tracer = JaegerTracer(serviceName: "test", sampler: ConstSampler(true), reporter: InMemoryReporter())
        for headers in [["b3": "1-2-1"], ["X-B3-TraceId": "1", "X-B3-SpanId": "2"], ["uber-trace-id": "1:2:0:1"]] {
            let context = try tracer.extract(from: headers, format: .httpHeaders)
            #expect(context?.spanIdentifier == "0000000000000002")
        }
    }

    @Test func `baggage of the W3C is read without its properties and decoded`() throws {
        let tracer = makeTracer([.w3c])
        let headers = [
            "traceparent": TraceContextTests.parent, "baggage": "a=1;p=2;q , b = x%20y%2C ,=3,novalue, c=",
        ]
        let context = try tracer.extract(from: headers, format: .httpHeaders)
        #expect(context?.baggage == ["a": "1", "b": "x y,", "c": ""])
    }
}
