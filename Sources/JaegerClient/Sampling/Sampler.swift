import OpenTracing

/// Decides which traces are recorded.
///
/// Asked once per trace, when its first span starts; the decision travels with the trace. Samplers answer at once and
/// may be asked from any thread.
public protocol Sampler: Sendable, CustomStringConvertible {
    /// Whether to record the trace that begins now.
    ///
    /// - Parameters:
    ///   - traceIDLow: The lower 64 bits of the trace's identifier, which are random.
    ///   - operationName: The name of the trace's first span.
    /// - Returns: The decision, and who made it.
    func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision
}

/// What a sampler decided about a trace.
public struct SamplingDecision: Sendable, Hashable {
    /// Whether the trace is recorded.
    public var isSampled: Bool
    /// Tags for its first span that tell who decided: `sampler.type` and `sampler.param`.
    public var tags: TagList

    /// Makes a decision from its parts.
    public init(isSampled: Bool, tags: TagList) {
        self.isSampled = isSampled
        self.tags = tags
    }

    /// A decision with the tags that tell who made it.
    init(isSampled: Bool, type: String, parameter: TagValue) {
        self.isSampled = isSampled
        tags = ["sampler.type": .string(type), "sampler.param": parameter]
    }
}
