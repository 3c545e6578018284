import OpenTracing

/// Records every trace, or none.
public struct ConstSampler: Sampler {
    private let decision: SamplingDecision

    /// Makes a sampler that always decides the same.
    public init(_ isSampled: Bool) {
        decision = SamplingDecision(isSampled: isSampled, samplerType: "const", parameter: .bool(isSampled))
    }

    /// Whether every trace is recorded, or none.
    public var isSampled: Bool { decision.isSampled }

    /// The one decision.
    public func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision { decision }

    /// The sampler's name and decision, as Jaeger's clients print it.
    public var description: String { "ConstSampler(\(decision.isSampled ? "True" : "False"))" }
}
