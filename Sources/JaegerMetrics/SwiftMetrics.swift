#if Metrics
import JaegerClient
import Metrics

/// Passes what a tracer counts on to swift-metrics, by the names of Jaeger's Go client.
///
///     var configuration = JaegerConfiguration(serviceName: "shop")
///     configuration.metrics = SwiftMetrics()
///
/// Counters are made once, so a count is what the metrics' own backend takes for it.
public struct SwiftMetrics: TracerMetrics {
    private let counters: [TracerMetric: Counter]
    private let queueLength: Gauge

    /// Makes the counters, in the backend that the program has chosen for all its metrics.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        var counters: [TracerMetric: Counter] = [:]
        for metric in TracerMetric.allCases {
            let labels = metric.labels.map { ($0.name, $0.value) }
            counters[metric] = Counter(label: metric.name, dimensions: labels, factory: factory)
        }
        self.counters = counters
        queueLength = Gauge(label: "jaeger_tracer_reporter_queue_length", factory: factory)
    }

    /// Adds to a counter.
    public func add(_ count: Int, to metric: TracerMetric) { counters[metric]?.increment(by: count) }

    /// Tells how many spans wait to be sent.
    public func setQueueLength(_ spans: Int) { queueLength.record(spans) }
}
#endif
