/// The strategies of all services: what the answers to clients are made of.
public struct SamplingStrategies: Sendable, Equatable {
    /// For services that have none of their own.
    public var fallback: ServiceStrategy
    /// By service.
    public var services: [String: ServiceStrategy]

    /// Makes strategies from their parts.
    public init(fallback: ServiceStrategy, services: [String: ServiceStrategy] = [:]) {
        self.fallback = fallback
        self.services = services
    }

    /// The strategy of a service, operations of the fallback included that it does not override, as in Jaeger.
    public func strategy(for service: String) -> ServiceStrategy {
        guard var strategy = services[service] else { return fallback }
        let own = Set(strategy.operations.map(\.operation))
        strategy.operations += fallback.operations.filter { !own.contains($0.operation) }
        return strategy
    }

    /// The answer to a client that asks for the strategy of a service.
    public func answer(for service: String) -> SamplingAnswer {
        let strategy = strategy(for: service)
        if strategy.operations.isEmpty { return SamplingAnswer(strategy.strategy) }
        let probability: Double
        switch (strategy.strategy, fallback.strategy) {
        case (.probabilistic(let own), _): probability = own
        case (.rateLimiting, .probabilistic(let common)): probability = common
        case (.rateLimiting, .rateLimiting): probability = 0
        }
        return SamplingAnswer(
            strategy.strategy,
            operations: .init(defaultProbability: probability, list: strategy.operations)
        )
    }
}
