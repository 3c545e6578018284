/// Where a tracer counts what it does; `JaegerMetrics` has one that passes the counts on to swift-metrics.
///
/// Called on the threads of the program that is traced: it has to return at once.
public protocol TracerMetrics: Sendable {
    /// Adds to a counter.
    func add(_ count: Int, to metric: TracerMetric)
    /// Tells how many spans wait to be sent.
    func setQueueLength(_ spans: Int)
}

/// What a tracer counts, by the names that Jaeger's clients share.
public enum TracerMetric: Sendable, Hashable, CaseIterable {
    case spansStartedSampled, spansStartedNotSampled
    case spansFinishedSampled, spansFinishedNotSampled
    case tracesStartedSampled, tracesStartedNotSampled
    case tracesJoinedSampled, tracesJoinedNotSampled
    case contextDecodingErrors
    case spansReported, spansFailed, spansDropped
    case samplerQueriesAnswered, samplerQueriesFailed
    case samplerUpdates, samplerUpdatesFailed
    case baggageUpdates, baggageUpdatesRefused, baggageTruncations
    case baggageRestrictionUpdates, baggageRestrictionUpdatesFailed
    case debugSpansThrottled
    case throttlerUpdates, throttlerUpdatesFailed

    /// The counter's name: `jaeger_tracer_` and what is counted.
    public var name: String { "jaeger_tracer_" + parts.name }

    /// What tells this count from others of the same name.
    public var labels: [(name: String, value: String)] { parts.labels }

    private var parts: (name: String, labels: [(name: String, value: String)]) {
        switch self {
        case .spansStartedSampled: ("started_spans", [("sampled", "y")])
        case .spansStartedNotSampled: ("started_spans", [("sampled", "n")])
        case .spansFinishedSampled: ("finished_spans", [("sampled", "y")])
        case .spansFinishedNotSampled: ("finished_spans", [("sampled", "n")])
        case .tracesStartedSampled: ("traces", [("state", "started"), ("sampled", "y")])
        case .tracesStartedNotSampled: ("traces", [("state", "started"), ("sampled", "n")])
        case .tracesJoinedSampled: ("traces", [("state", "joined"), ("sampled", "y")])
        case .tracesJoinedNotSampled: ("traces", [("state", "joined"), ("sampled", "n")])
        case .contextDecodingErrors: ("span_context_decoding_errors", [])
        case .spansReported: ("reporter_spans", [("result", "ok")])
        case .spansFailed: ("reporter_spans", [("result", "err")])
        case .spansDropped: ("reporter_spans", [("result", "dropped")])
        case .samplerQueriesAnswered: ("sampler_queries", [("result", "ok")])
        case .samplerQueriesFailed: ("sampler_queries", [("result", "err")])
        case .samplerUpdates: ("sampler_updates", [("result", "ok")])
        case .samplerUpdatesFailed: ("sampler_updates", [("result", "err")])
        case .baggageUpdates: ("baggage_updates", [("result", "ok")])
        case .baggageUpdatesRefused: ("baggage_updates", [("result", "err")])
        case .baggageTruncations: ("baggage_truncations", [])
        case .baggageRestrictionUpdates: ("baggage_restrictions_updates", [("result", "ok")])
        case .baggageRestrictionUpdatesFailed: ("baggage_restrictions_updates", [("result", "err")])
        case .debugSpansThrottled: ("throttled_debug_spans", [])
        case .throttlerUpdates: ("throttler_updates", [("result", "ok")])
        case .throttlerUpdatesFailed: ("throttler_updates", [("result", "err")])
        }
    }
}
