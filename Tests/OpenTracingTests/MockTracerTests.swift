import OpenTracing
import OpenTracingMock
import Testing

@Suite struct MockTracerTests {
    let tracer = MockTracer()

    private struct Refused: Error {}

    @Test func `spans are kept in the order in which they finish`() {
        let first = tracer.startSpan("first")
        let second = tracer.startSpan("second")
        second.finish()
        first.finish()
        _ = tracer.startSpan("third")
        #expect(tracer.finishedSpans.map(\.operationName) == ["second", "first"])
        #expect(tracer.unfinishedSpans.map(\.operationName) == ["third"])
    }

    @Test func `identifiers are numbered from one, again after a reset`() throws {
        for _ in 0..<2 {
            let parent = tracer.startSpan("parent")
            let child = tracer.startSpan("child", childOf: parent)
            child.finish()
            parent.finish()
            let spans = tracer.finishedSpans
            try #require(spans.count == 2)
            #expect(spans[1].mockContext == MockSpanContext(traceID: 1, spanID: 2))
            #expect(spans[0].mockContext == MockSpanContext(traceID: 1, spanID: 3))
            #expect(spans[0].parentID == 2)
            tracer.reset()
            #expect(tracer.finishedSpans.isEmpty)
            #expect(tracer.unfinishedSpans.isEmpty)
        }
    }

    @Test func `a clock of the test's own gives all times`() {
        let tracer = MockTracer(now: { Timestamp(nanosecondsSinceEpoch: 7) })
        let span = tracer.startSpan("timed")
        span.log(event: "tick")
        span.finish()
        let finished = tracer.finishedSpans.first
        #expect(finished?.startTime.nanosecondsSinceEpoch == 7)
        #expect(finished?.logs.first?.time.nanosecondsSinceEpoch == 7)
        #expect(finished?.finishTime?.nanosecondsSinceEpoch == 7)
    }

    @Test func `the keys are those of the mock tracers in other languages`() throws {
        let span = tracer.startSpan("client")
        span.setBaggageItem("user", to: "7")
        var carrier: [String: String] = [:]
        tracer.inject(span.context, into: &carrier, format: .textMap)
        #expect(carrier == ["ot-tracer-traceid": "1", "ot-tracer-spanid": "2", "ot-baggage-user": "7"])
        let upper = ["OT-Tracer-TraceID": "ff", "OT-Tracer-SpanID": "A0"]
        let context = try tracer.extract(from: upper, format: .httpHeaders) as? MockSpanContext
        #expect(context == MockSpanContext(traceID: 255, spanID: 160))
        #expect(try tracer.extract(from: upper, format: .textMap) == nil)
    }

    @Test(arguments: [
        ["ot-tracer-traceid": "1"], ["ot-tracer-spanid": "1"],
        ["ot-tracer-traceid": "one", "ot-tracer-spanid": "1"], ["ot-tracer-traceid": "1", "ot-tracer-spanid": "0"],
    ])
    func `half a context and one that is no number are refused`(carrier: [String: String]) {
        #expect(throws: PropagationError.self) { try tracer.extract(from: carrier, format: .textMap) }
    }

    @Test func `bytes carry any baggage`() throws {
        let span = tracer.startSpan("client")
        let baggage = ["a=b": "line\nline", "100%": "%0A", "ü": "ä=ö", "": ""]
        for (key, value) in baggage { span.setBaggageItem(key, to: value) }
        var bytes: [UInt8] = []
        tracer.inject(span.context, into: &bytes)
        #expect(try tracer.extract(from: bytes)?.baggage == baggage)
        #expect(throws: PropagationError.self) { try tracer.extract(from: Array("neither".utf8)) }
        #expect(throws: PropagationError.self) { try tracer.extract(from: Array("ot-baggage-a=1\n".utf8)) }
    }

    @Test func `baggage alone begins a new trace that keeps it`() throws {
        let context = try tracer.extract(from: ["ot-baggage-user": "7"], format: .textMap)
        tracer.startSpan("server", childOf: context).finish()
        let span = tracer.finishedSpans.first
        #expect(span?.parentID == nil)
        #expect(span?.mockContext == MockSpanContext(traceID: 1, spanID: 2, baggage: ["user": "7"]))
    }

    @Test func `a propagator of the test's own replaces the usual one`() throws {
        struct Reversed: MockPropagator {
            func render(_ context: MockSpanContext) -> [String: String] {
                ["x": "\(context.spanID)/\(context.traceID)"]
            }
            func parse(_ pairs: [String: String]) -> MockSpanContext? {
                let parts = (pairs["x"] ?? "").split(separator: "/").compactMap { UInt64($0) }
                return parts.count == 2 ? MockSpanContext(traceID: parts[1], spanID: parts[0]) : nil
            }
        }
        tracer.register(Reversed(), for: .httpHeaders)
        var headers: [String: String] = [:]
        tracer.inject(tracer.startSpan("client").context, into: &headers, format: .httpHeaders)
        #expect(headers == ["x": "2/1"])
        let context = try tracer.extract(from: headers, format: .httpHeaders) as? MockSpanContext
        #expect(context == MockSpanContext(traceID: 1, spanID: 2))
        #expect(try tracer.extract(from: headers, format: .textMap) == nil)
    }

    @Test func `what was traced reads as a tree`() {
        tracer.withSpan("handle") { _ in
            tracer.withSpan("load-account") { _ in tracer.startSpan("query").finish() }
            try? tracer.withSpan("send-mail") { _ in throw Refused() }
        }
        let open = tracer.startSpan("open")
        tracer.startSpan("below the open one", childOf: open).finish()
        #expect(
            tracer.spanTree == """
                handle
                  load-account
                    query
                  send-mail  failed
                below the open one
                """
        )
    }
}
