/// Which traces are recorded.
public enum SamplerConfiguration: Sendable, Hashable {
    /// All of them, or none.
    case const(Bool)
    /// A share of them, from 0 to 1.
    case probabilistic(Double)
    /// So many a second.
    case rateLimiting(tracesPerSecond: Double)

    /// The sampler that decides so.
    public func makeSampler() -> any Sampler {
        switch self {
        case .const(let isSampled): ConstSampler(isSampled)
        case .probabilistic(let rate): ProbabilisticSampler(rate: rate)
        case .rateLimiting(let rate): RateLimitingSampler(tracesPerSecond: rate)
        }
    }
}
