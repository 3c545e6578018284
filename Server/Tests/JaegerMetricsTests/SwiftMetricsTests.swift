import JaegerClient
import JaegerMetrics
import Metrics
import MetricsTestKit
import OpenTracing
import Testing

@Suite struct SwiftMetricsTests {
    @Test func `spans and traces are counted by Jaeger's names`() async throws {
        let backend = TestMetrics()
        let tracer = JaegerTracer(
            serviceName: "test",
            sampler: ConstSampler(true),
            reporter: InMemoryReporter(),
            metrics: SwiftMetrics(factory: backend)
        )
        let parent = tracer.startSpan("parent")
        tracer.startSpan("child", childOf: parent).finish()
        parent.finish()
        await tracer.close()
        let started = try backend.expectCounter("jaeger_tracer_started_spans", [("sampled", "y")])
        #expect(started.totalValue == 2)
        let traces = try backend.expectCounter("jaeger_tracer_traces", [("state", "started"), ("sampled", "y")])
        #expect(traces.totalValue == 1)
        let dropped = try backend.expectCounter("jaeger_tracer_started_spans", [("sampled", "n")])
        #expect(dropped.totalValue == 0)
    }

    @Test func `the length of the queue is a gauge`() throws {
        let backend = TestMetrics()
        SwiftMetrics(factory: backend).setQueueLength(7)
        #expect(try backend.expectGauge("jaeger_tracer_reporter_queue_length").lastValue == 7)
    }
}
