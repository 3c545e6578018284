import JaegerClient
import JaegerTracing
import Testing
import Tracing

/// A tracer and what it reported.
struct Traced {
    let reporter = InMemoryReporter()
    let tracer: JaegerTracer

    init(sampler: any Sampler = ConstSampler(true)) {
        tracer = JaegerTracer(serviceName: "traced", sampler: sampler, reporter: reporter)
    }

    var spans: [FinishedSpan] { reporter.spans }

    /// Starts a span by the face of swift-distributed-tracing.
    func start(_ name: String, ofKind kind: Tracing.SpanKind = .internal) -> TracingSpan {
        tracer.startSpan(name, context: .topLevel, ofKind: kind)
    }

    func finished(_ name: String) throws -> FinishedSpan {
        try #require(spans.first { $0.operationName == name }, "no span '\(name)' has finished")
    }

    /// The name of the span's parent; nil for the first of a trace.
    func parent(of name: String) throws -> String? {
        let span = try finished(name)
        if span.context.parentID == 0 { return nil }
        let parent = spans.first { $0.context.spanID == span.context.parentID }
        return try #require(parent, "the parent of '\(name)' has not finished").operationName
    }
}
