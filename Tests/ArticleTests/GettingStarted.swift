import JaegerClient
import OpenTracing
import Testing

/// The code of the articles `GettingStarted`, `Sampling`, `Propagation` and `MigratingFromJaegerClient`.
///
/// `ArticleTests` of the tidy tests sees to it that each piece of code in an article stands in a file that is compiled.
@Suite struct ArticleSnippets {
    private struct Order {
        var id = 7
        var items = ["pen"]
        func save() throws {}
    }

    let reporter = InMemoryReporter()
    private var tracer: JaegerTracer {
        JaegerTracer(serviceName: "shop", sampler: ConstSampler(true), reporter: reporter)
    }

    @Test func `getting started`() throws {
        let order = Order()
        try tracer.withSpan("checkout") { span in
            span.setTag("order", to: order.id)
            span.log(["event": "priced", "items": .int(Int64(order.items.count))])
            try order.save()
        }

        let span = tracer.startSpan("import")
        defer { span.finish() }
        span.setTag("rows", to: 1_000)

        let scope = tracer.startActiveSpan("parse")
        defer { scope.close() }
        scope.span.setTag("bytes", to: 512)
        #expect(reporter.spans.map(\.operationName) == ["checkout"])
    }

    @Test func `sampling`() {
        let configuration = JaegerConfiguration(serviceName: "shop", sampler: .probabilistic(0.01))
        #expect(configuration.serviceName == "shop")

        let span = tracer.startSpan("pay", tags: [Tags.samplingPriority: 1])
        span.finish()
        #expect(reporter.spans.count == 1)
    }

    @Test func `propagation`() {
        var configuration = JaegerConfiguration(serviceName: "shop")
        configuration.propagation = Propagation(reading: [.w3c, .jaeger], writing: [.w3c])
        let tracer = tracer

        // The client:
        var headers: [String: String] = [:]
        tracer.withSpan("call") { span in
            span.setBaggageItem("user", to: "7")
            tracer.inject(span.context, into: &headers, format: .httpHeaders)
        }

        // The server:
        let caller = try? tracer.extract(from: headers, format: .httpHeaders)
        tracer.withSpan("answer", childOf: caller, tags: [Tags.spanKind: SpanKind.server.tagValue]) { span in
            print("asked by user \(span.baggageItem("user") ?? "nobody")")
        }
        #expect(reporter.spans.map(\.operationName) == ["call", "answer"])
        #expect(reporter.spans.last?.context.baggage == ["user": "7"])
    }
}
