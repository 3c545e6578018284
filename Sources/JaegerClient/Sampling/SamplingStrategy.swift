/// What a server answers to a client that asks how to sample (`sampling.proto`, as JSON).
enum SamplingStrategy: Sendable, Hashable {
    case probabilistic(Double)
    case rateLimiting(tracesPerSecond: Double)
    case perOperation(PerOperationSampler.Rates)

    /// Reads an answer.
    ///
    /// - Throws: When it is not one, or a rate is out of bounds.
    init(_ json: JSONValue) throws(InvalidAnswer) {
        if let operations = json["operationSampling"] {
            self = try .perOperation(Self.operations(operations))
            return
        }
        let kind = json["strategyType"]
        if kind == .string("RATE_LIMITING") || kind == .number(1) {
            guard let most = json["rateLimitingSampling"]?["maxTracesPerSecond"]?.number, most >= 0 else {
                throw InvalidAnswer("its strategy is RATE_LIMITING and maxTracesPerSecond is not a number from 0 on")
            }
            self = .rateLimiting(tracesPerSecond: most)
            return
        }
        guard kind == nil || kind == .string("PROBABILISTIC") || kind == .number(0) else {
            throw InvalidAnswer("its strategyType is neither PROBABILISTIC nor RATE_LIMITING")
        }
        self = try .probabilistic(Self.rate(json["probabilisticSampling"], "samplingRate"))
    }

    private static func operations(_ json: JSONValue) throws(InvalidAnswer) -> PerOperationSampler.Rates {
        var rates = PerOperationSampler.Rates(
            defaultRate: try rate(json, "defaultSamplingProbability"),
            lowerBoundTracesPerSecond: max(0, json["defaultLowerBoundTracesPerSecond"]?.number ?? 0)
        )
        for strategy in json["perOperationStrategies"]?.elements ?? [] {
            guard let operation = strategy["operation"]?.string else {
                throw InvalidAnswer("one of its perOperationStrategies names no operation")
            }
            rates.rates[operation] = try rate(strategy["probabilisticSampling"], "samplingRate")
        }
        return rates
    }

    private static func rate(_ json: JSONValue?, _ key: String) throws(InvalidAnswer) -> Double {
        guard let rate = json?[key]?.number, (0...1).contains(rate) else {
            throw InvalidAnswer("\(key) is not a number from 0 to 1")
        }
        return rate
    }
}

/// Why an answer of the server can't be used.
struct InvalidAnswer: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
