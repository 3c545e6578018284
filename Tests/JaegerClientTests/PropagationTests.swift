import JaegerClient
import OpenTracing
import Testing

@Suite struct PropagationTests {
    let tracer = JaegerTracer(serviceName: "test", sampler: ConstSampler(true), reporter: InMemoryReporter())

    private func extracted(_ headers: [String: String], _ format: TextFormat = .httpHeaders) throws
        -> JaegerSpanContext?
    {
        try tracer.extract(from: headers, format: format) as? JaegerSpanContext
    }

    @Test func `a context is written with padded identifiers in both families of headers`() {
        let context = JaegerSpanContext(traceIDLow: 0xABC, spanID: 0xDEF, parentID: 1, flags: [.sampled])
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, format: .httpHeaders)
        #expect(
            headers == [
                "uber-trace-id": "0000000000000abc:0000000000000def:0000000000000001:1",
                "traceparent": "00-00000000000000000000000000000abc-0000000000000def-01",
            ]
        )
    }

    @Test(arguments: [TextFormat.textMap, .httpHeaders])
    func `what is written is read back`(format: TextFormat) throws {
        let context = JaegerSpanContext(
            traceIDHigh: 0xFEDC_BA98_7654_3210,
            traceIDLow: 2,
            spanID: 3,
            parentID: 4,
            flags: [.sampled, .debug],
            baggage: ["key": "v w/ü%=,", "other": ""],
            traceState: "vendor=1"
        )
        for formats: [Propagation.Format] in [[.jaeger], [.jaeger, .w3c], [.w3c, .jaeger]] {
            let tracer = JaegerTracer(
                serviceName: "test",
                sampler: ConstSampler(true),
                reporter: InMemoryReporter(),
                propagation: Propagation(formats)
            )
            var headers: [String: String] = [:]
            tracer.inject(context, into: &headers, format: format)
            let read = try tracer.extract(from: headers, format: format) as? JaegerSpanContext
            var expected = context
            if !formats.contains(.w3c) { expected.traceState = nil }
            if formats.first == .w3c { (expected.parentID, expected.flags) = (0, [.sampled]) }
            #expect(read == expected)
        }
    }

    @Test func `baggage is encoded for headers as the Python client does it`() {
        let context = JaegerSpanContext(traceIDLow: 1, spanID: 1, baggage: ["key": "v w/ü", "bad key\r\n": "x"])
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, format: .httpHeaders)
        #expect(headers["uberctx-key"] == "v%20w/%C3%BC")
        #expect(headers["baggage"] == "key=v%20w/%C3%BC")
        #expect(headers.keys.count == 4)
        var texts: [String: String] = [:]
        tracer.inject(context, into: &texts, format: .textMap)
        #expect(texts["uberctx-key"] == "v w/ü")
    }

    @Test(arguments: ["1:2:3:1", "1%3A2%3A3%3A1", "0000000000000001:0000000000000002:0:1", "1:2::1"])
    func `short, padded and encoded contexts are all read`(text: String) throws {
        let context = try #require(try extracted(["Uber-Trace-ID": text]))
        #expect(context.traceIDLow == 1)
        #expect(context.spanID == 2)
        #expect(context.flags == [.sampled])
    }

    @Test(arguments: ["1:2:3", "0:2:3:1", "1:0:3:1", "x:2:3:1", "-1:2:3:1", "1:2:3:100", "1:2:3:x", ""])
    func `a damaged context is an error that names the header`(text: String) {
        let error = #expect(throws: PropagationError.self) { try extracted(["uber-trace-id": text]) }
        #expect(error?.key == "uber-trace-id")
        #expect(error?.description.contains("'\(text)'") == true)
    }

    @Test func `an identifier of thirty-three digits is refused and flags of ff are not`() throws {
        #expect(throws: PropagationError.self) {
            try extracted(["uber-trace-id": String(repeating: "1", count: 33) + ":2:3:1"])
        }
        #expect(try extracted(["uber-trace-id": "1:2:3:ff"])?.flags.rawValue == 255)
    }

    @Test func `a traceparent is read when there is no context of Jaeger's, or a damaged one`() throws {
        let w3c = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for uber in [nil, "damaged"] {
            var headers = ["traceparent": w3c, "tracestate": "a=b"]
            headers["uber-trace-id"] = uber
            let context = try #require(try extracted(headers))
            #expect(context.traceIdentifier == "0af7651916cd43dd8448eb211c80319c")
            #expect(context.spanIdentifier == "b7ad6b7169203331")
            #expect(context.isSampled)
            #expect(context.traceState == "a=b")
        }
        #expect(try extracted(["traceparent": w3c.dropLast(2) + "00"])?.isSampled == false)
    }

    @Test(arguments: [
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", "nonsense",
    ])
    func `a damaged traceparent is an error`(text: String) {
        let error = #expect(throws: PropagationError.self) { try extracted(["traceparent": text]) }
        #expect(error?.key == "traceparent")
    }

    @Test func `nothing is found where nothing is, and baggage alone is carried on`() throws {
        #expect(try extracted(["accept": "text/html"]) == nil)
        let carried = try #require(try extracted(["Uberctx-User": "7"]))
        #expect(carried.baggage == ["user": "7"])
        #expect(!carried.identifiesSpan)
        let span = tracer.startSpan("root", childOf: carried)
        #expect(span.baggageItem("user") == "7")
        #expect((span.context as? JaegerSpanContext)?.isSampled == true)
    }

    @Test func `baggage from outside is bounded`() throws {
        var headers = ["uber-trace-id": "1:2:0:1"]
        for item in 0..<1000 { headers["uberctx-\(item)"] = "x" }
        #expect(try #require(try extracted(headers)).baggage.count == 180)
        let long = try extracted(["uber-trace-id": "1:2:0:1", "uberctx-long": String(repeating: "x", count: 10_000)])
        #expect(long?.baggage.isEmpty == true)
    }

    @Test func `the binary form is the one of the Python client`() throws {
        let hex =
            "e7b169fa6db71544817f4413d51528ae4f969996d5fdef7400000000000000000100000001"
            + "000000064d792d4b6579000000067620772fc3bc"
        let digits = hex.compactMap(\.hexDigitValue)
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        let context = try #require(try tracer.extract(from: bytes) as? JaegerSpanContext)
        #expect(context.traceIdentifier == "e7b169fa6db71544817f4413d51528ae")
        #expect(context.spanIdentifier == "4f969996d5fdef74")
        #expect(context.baggage == ["My-Key": "v w/ü"])
        var written: [UInt8] = []
        tracer.inject(context, into: &written)
        #expect(written == bytes)
        for length in 1..<bytes.count {
            #expect(throws: PropagationError.self) { try tracer.extract(from: Array(bytes.prefix(length))) }
        }
        #expect(try tracer.extract(from: []) == nil)
    }
}
