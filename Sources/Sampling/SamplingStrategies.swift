import TraceModel

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

    /// The answer to a client that asks for the strategy of a service: Jaeger's `SamplingStrategyResponse` as JSON.
    ///
    /// `numericType` is for clients older than Jaeger 1.2, which know the type by its number.
    public func answer(for service: String, numericType: Bool = false) -> String {
        let strategy = strategy(for: service)
        var fields: [String] = []
        let fallbackProbability: Double
        switch strategy.strategy {
        case .probabilistic(let probability):
            fields.append("\"strategyType\":" + (numericType ? "0" : "\"PROBABILISTIC\""))
            fields.append("\"probabilisticSampling\":{\"samplingRate\":\(number(probability))}")
            fallbackProbability = probability
        case .rateLimiting(let rate):
            fields.append("\"strategyType\":" + (numericType ? "1" : "\"RATE_LIMITING\""))
            fields.append("\"rateLimitingSampling\":{\"maxTracesPerSecond\":\(rate)}")
            if case .probabilistic(let probability) = fallback.strategy {
                fallbackProbability = probability
            } else {
                fallbackProbability = 0
            }
        }
        if !strategy.operations.isEmpty {
            let list = strategy.operations.map { operation in
                var name = ""
                writeJSONString(operation.operation, to: &name)
                let rate = number(operation.probability)
                return "{\"operation\":\(name),\"probabilisticSampling\":{\"samplingRate\":\(rate)}}"
            }
            fields.append(
                "\"operationSampling\":{\"defaultSamplingProbability\":\(number(fallbackProbability)),"
                    + "\"defaultLowerBoundTracesPerSecond\":0,"
                    + "\"perOperationStrategies\":[\(list.joined(separator: ","))],"
                    + "\"defaultUpperBoundTracesPerSecond\":0}"
            )
        }
        return "{\(fields.joined(separator: ","))}"
    }

    /// A number as JSON: whole ones without a point, as Go writes them.
    private func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
