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

    /// Stops what the sampler does besides; it still decides.
    func close()
}

extension Sampler {
    /// Does nothing: there is nothing to stop.
    public func close() {}
}

/// What a sampler decided about a trace, and who it was.
///
/// Plain numbers: a decision is made for every trace, recorded or not, so it allocates and counts nothing.
public struct SamplingDecision: Sendable {
    /// What a sampler decides by: the tag `sampler.param`.
    public enum Parameter: Sendable, Hashable {
        /// Yes or no.
        case bool(Bool)
        /// A share from 0 to 1, or traces a second.
        case double(Double)
    }

    /// Whether the trace is recorded.
    public var isSampled: Bool
    /// The sampler's kind: the tag `sampler.type` of the trace's first span.
    public var samplerType: StaticString
    /// What it decided by: the tag `sampler.param`.
    public var parameter: Parameter

    /// Makes a decision from its parts.
    public init(isSampled: Bool, samplerType: StaticString, parameter: Parameter) {
        self.isSampled = isSampled
        self.samplerType = samplerType
        self.parameter = parameter
    }

    /// The tags of the trace's first span that tell who decided.
    public var tags: TagList {
        let value: TagValue =
            switch parameter {
            case .bool(let truth): .bool(truth)
            case .double(let number): .double(number)
            }
        return ["sampler.type": .string(samplerType.description), "sampler.param": value]
    }
}
