import OpenTracing

/// Records a share of all traces, chosen by their identifiers: processes with the same rate choose the same traces.
public struct ProbabilisticSampler: Sampler {
    /// The share that is recorded, from 0 to 1.
    public let rate: Double
    /// Identifiers below this are recorded.
    let boundary: UInt64

    /// Makes a sampler that records a share of all traces; a rate outside 0...1 becomes the nearer of the two.
    public init(rate: Double) {
        self.rate = rate.isNaN ? 0 : max(0, min(rate, 1))
        boundary = UInt64(exactly: (self.rate * 0x1p64).rounded(.down)) ?? .max
    }

    /// Whether the identifier is among the share.
    public func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision {
        SamplingDecision(
            isSampled: traceIDLow < boundary || rate == 1,
            samplerType: "probabilistic",
            parameter: .double(rate)
        )
    }

    /// The sampler's name and rate, as Jaeger's clients print it.
    public var description: String { "ProbabilisticSampler(\(rate))" }
}
