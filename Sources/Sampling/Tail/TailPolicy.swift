import SpanStorage
import TraceModel

/// What may keep a whole trace: a rule, and the name by which metrics and previews call it.
public struct TailPolicy: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The rule.
    public var rule: TailRule

    /// Makes a policy from its parts.
    public init(_ name: String, _ rule: TailRule) {
        self.name = name
        self.rule = rule
    }
}

/// A question to a whole trace, or to the clock.
public indirect enum TailRule: Sendable, Equatable {
    /// Every trace.
    case always
    /// Traces that took so many nanoseconds, from their earliest start to their latest end.
    case latency(ClosedRange<UInt64>)
    /// Traces of which a span satisfies a condition, which asks nothing of the trace.
    case span(SpanFilter)
    /// A share of the traces, 0 to 1, chosen by their ids: every server with the same rule chooses the same.
    case probability(Double)
    /// Traces of so many spans a second.
    case rate(spansPerSecond: Double)
    /// Traces that satisfy all of these.
    case all([TailRule])
    /// Traces of so many spans a second in all, shared out among parts that are asked in their order.
    case composite(spansPerSecond: Double, parts: [TailShare])

    /// Traces with an error: a span's status, or the tag `error` with the value true.
    public static let error = TailRule.span(.tag(TagCondition(key: "error", text: "true")))

    /// The word for it in the file of policies.
    public var typeName: String {
        switch self {
        case .always: "always"
        case .latency: "latency"
        case .span: self == .error ? "error" : "attribute"
        case .probability: "probability"
        case .rate: "rate"
        case .all: "and"
        case .composite: "composite"
        }
    }

    /// The conditions on spans in it.
    var filters: [SpanFilter] {
        switch self {
        case .always, .latency, .probability, .rate: []
        case .span(let filter): [filter]
        case .all(let rules): rules.flatMap(\.filters)
        case .composite(_, let parts): parts.flatMap(\.policy.rule.filters)
        }
    }
}

/// A part of a composite policy.
public struct TailShare: Sendable, Equatable {
    /// What it keeps.
    public var policy: TailPolicy
    /// Its share of the spans that the whole may keep, above 0 and up to 1.
    public var share: Double

    /// Makes a part.
    public init(_ policy: TailPolicy, share: Double) {
        self.policy = policy
        self.share = share
    }
}

/// How tail sampling works.
public struct TailOptions: Sendable, Equatable {
    /// What keeps traces, asked in this order; a trace that none of them keeps is left out.
    public var policies: [TailPolicy]
    /// How long after its first span a trace is decided on, in nanoseconds.
    public var decisionWait: UInt64 = 10_000_000_000
    /// How often the spans of traces that are left out are removed from the store, in nanoseconds.
    public var removalInterval: UInt64 = 30_000_000_000
    /// Traces that may wait at a time: over it the oldest is decided on at once, with the spans that it has.
    public var waitingTracesMax = 500_000

    /// Conditions on spans that all policies together may have.
    public static let filtersMax = 64

    /// Options of these policies.
    public init(policies: [TailPolicy] = []) {
        self.policies = policies
    }

    /// The conditions on spans of all policies, each once.
    public var filters: [SpanFilter] {
        var filters: [SpanFilter] = []
        for filter in policies.flatMap(\.rule.filters) where !filters.contains(filter) { filters.append(filter) }
        return filters
    }
}
