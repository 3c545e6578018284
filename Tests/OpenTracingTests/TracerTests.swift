import OpenTracing
import OpenTracingMock
import Testing

@Suite struct TracerTests {
    @Test func `the tracer that does nothing does it everywhere`() async throws {
        let tracer: any Tracer = NoopTracer()
        let span = tracer.startSpan("nothing", tags: ["a": 1])
        span.setBaggageItem("key", to: "value")
        #expect(span.baggageItem("key") == nil)
        #expect(span.context.traceIdentifier.isEmpty)
        var headers: [String: String] = [:]
        tracer.inject(span.context, into: &headers, format: .httpHeaders)
        #expect(headers.isEmpty)
        #expect(try tracer.extract(from: headers, format: .textMap)?.baggage == [:])
        span.finish()
        await tracer.flush()
        await tracer.close()
        #expect(tracer.startSpan("next") === span)
    }

    @Test func `the global tracer does nothing until one is registered`() async {
        // In a process of its own: other tests register theirs in this one.
        await #expect(processExitsWith: .success) {
            #expect(!GlobalTracer.isRegistered)
            #expect(GlobalTracer.current is NoopTracer)
            let tracer = MockTracer()
            GlobalTracer.register(tracer)
            #expect(GlobalTracer.isRegistered)
            #expect(GlobalTracer.current as? MockTracer === tracer)
        }
    }

    @Test func `a damaged context is an error for who wants to know, and nothing for who does not`() {
        let tracer: any Tracer = MockTracer()
        let damaged = ["ot-tracer-traceid": "seven", "ot-tracer-spanid": "1"]
        let error = #expect(throws: PropagationError.self) { try tracer.extract(from: damaged, format: .textMap) }
        #expect(
            error?.description
                == "corrupted span context in 'ot-tracer-traceid': 'seven' is not a hexadecimal number above 0"
        )
        let lenient = try? tracer.extract(from: damaged, format: .textMap)
        #expect(lenient == nil)
    }
}
