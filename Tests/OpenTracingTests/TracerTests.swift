import OpenTracing
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
            let tracer = RecordingTracer()
            GlobalTracer.register(tracer)
            #expect(GlobalTracer.isRegistered)
            #expect(GlobalTracer.current as? RecordingTracer === tracer)
        }
    }

    @Test func `a context goes through a carrier and comes back as the parent`() throws {
        let tracer: any Tracer = RecordingTracer()
        let client = tracer.startSpan("client")
        var headers: [String: String] = [:]
        tracer.inject(client.context, into: &headers, format: .httpHeaders)
        let context = try tracer.extract(from: headers, format: .httpHeaders)
        let server = tracer.startSpan("server", childOf: context)
        #expect((server as? RecordingSpan)?.parentID == 1)
        #expect(try tracer.extract(from: [:], format: .httpHeaders) == nil)
    }

    @Test func `a damaged context is an error for who wants to know, and nothing for who does not`() {
        let tracer: any Tracer = RecordingTracer()
        let error = #expect(throws: PropagationError.self) {
            try tracer.extract(from: ["span": "seven"], format: .textMap)
        }
        #expect(error?.description == "corrupted span context in 'span': 'seven' is not a number")
        let lenient = try? tracer.extract(from: ["span": "seven"], format: .textMap)
        #expect(lenient == nil)
    }
}
