import JaegerClient
import Logging
import OpenTracing
import Testing

@Suite struct MetadataProviderTests {
    private let provider = Logger.MetadataProvider.jaeger

    @Test func `a line of the log knows the span around it, by the identifiers that a server shows`() {
        let tracer = JaegerTracer(serviceName: "log", sampler: ConstSampler(true), reporter: InMemoryReporter())
        #expect(provider.get().isEmpty)
        tracer.withSpan("work") { span in
            let metadata = provider.get()
            #expect(metadata["trace_id"] == "\(span.context.traceIdentifier)")
            #expect(metadata["span_id"] == "\(span.context.spanIdentifier)")
            #expect(metadata["trace_sampled"] == "true")
            #expect(span.context.spanIdentifier.count == 16)
        }
        #expect(provider.get().isEmpty)
    }

    @Test func `a span that is not sampled says so, and one that identifies nothing is left out`() {
        let tracer = JaegerTracer(serviceName: "log", sampler: ConstSampler(false), reporter: InMemoryReporter())
        tracer.withSpan("work") { _ in #expect(provider.get()["trace_sampled"] == "false") }
        NoopTracer().withSpan("nothing") { _ in #expect(provider.get().isEmpty) }
    }
}
