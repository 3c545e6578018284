import Logging

/// Which traces are recorded.
public enum SamplerConfiguration: Sendable, Hashable {
    /// All of them, or none.
    case const(Bool)
    /// A share of them, from 0 to 1.
    case probabilistic(Double)
    /// So many a second.
    case rateLimiting(tracesPerSecond: Double)
    /// A share of them, and at least so many a second of each operation.
    case guaranteedThroughput(lowerBoundTracesPerSecond: Double, rate: Double)
    /// What a server says; until it does, a share of them.
    case remote(initialRate: Double, settings: RemoteSampler.Settings)

    /// What a server on this machine says; until it does, one trace in a thousand.
    public static let remote = SamplerConfiguration.remote(initialRate: initialRate, settings: RemoteSampler.Settings())

    /// The share that Jaeger's clients record until a server tells them otherwise.
    static let initialRate = 0.001

    /// The sampler that decides so.
    ///
    /// - Parameters:
    ///   - serviceName: Whose strategy a remote sampler asks for.
    ///   - transport: How it reaches the server.
    ///   - logger: Where it says that there is no answer.
    ///   - metrics: Where it counts answers.
    public func makeSampler(
        serviceName: String = JaegerConfiguration.unknownServiceName,
        transport: any HTTPTransport = SocketTransport(),
        logger: Logger = Logger(label: "jaeger"),
        metrics: (any TracerMetrics)? = nil
    ) -> any Sampler {
        switch self {
        case .const(let isSampled): return ConstSampler(isSampled)
        case .probabilistic(let rate): return ProbabilisticSampler(rate: rate)
        case .rateLimiting(let rate): return RateLimitingSampler(tracesPerSecond: rate)
        case .guaranteedThroughput(let lowerBound, let rate):
            let rates = PerOperationSampler.Rates(defaultRate: rate, lowerBoundTracesPerSecond: lowerBound)
            return PerOperationSampler(rates)
        case .remote(let rate, let settings):
            return RemoteSampler(
                serviceName: serviceName,
                initial: ProbabilisticSampler(rate: rate),
                settings: settings,
                transport: transport,
                logger: logger,
                metrics: metrics
            )
        }
    }
}
