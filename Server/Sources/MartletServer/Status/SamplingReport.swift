import Sampling
import TraceModel

/// What clients are told to sample, and what comes of it.
struct SamplingReport: Encodable {
    /// An answer to clients.
    struct Strategy: Encodable {
        /// That of one operation.
        struct Operation: Encodable {
            var operation: String
            var probability: Double
        }

        var type: String
        var probability: Double?
        var tracesPerSecond: Int?
        var operations: [Operation]?
        var defaultProbability: Double?
        var lowerBoundTracesPerSecond: Double?
    }

    /// Traces that begin with one operation.
    struct Operation: Encodable {
        var operation: String
        /// Over the last minute.
        var tracesPerSecond: Double
        /// What clients are told; left out where that is a rate.
        var probability: Double?
    }

    /// A service that asked for its strategy, that has one, or whose traces came in.
    struct Service: Encodable {
        var service: String
        var asked: Int
        var lastAskedAt: String?
        var isInFile: Bool
        var strategy: Strategy
        var tracesPerSecond: Double
        var operations: [Operation]
    }

    var type: String
    var file: String?
    var reloadFailures: Int
    var fallback: Strategy
    var services: [Service]
    /// What tail sampling does, if there is any.
    var tail: TailReport?

    /// So many operations of a service are listed, the busiest.
    private static let operationsMax = 100

    init(_ book: SamplingBook, settings: ServerSettings, now: UTCTime) {
        type = book.isAdaptive ? "adaptive" : "file"
        file = settings.samplingFile
        reloadFailures = book.reloadFailures
        fallback = Strategy(book.fallback)
        let strategies = book.fileServices
        let asked = book.asked
        let rates = book.rates(at: now)
        let names = Set(strategies).union(asked.keys).union(rates.keys)
        services = names.sorted().map { name in
            let answer = book.peek(at: name)
            let own = (rates[name] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return Service(
                service: name,
                asked: asked[name]?.count ?? 0,
                lastAskedAt: asked[name].map { $0.last.description },
                isInFile: strategies.contains(name),
                strategy: Strategy(answer),
                tracesPerSecond: own.reduce(0) { $0 + $1.value },
                operations: own.prefix(Self.operationsMax).map { operation, rate in
                    Operation(
                        operation: operation,
                        tracesPerSecond: rate,
                        probability: answer.probability(of: operation)
                    )
                }
            )
        }
    }
}

extension SamplingReport.Strategy {
    fileprivate init(_ answer: SamplingAnswer) {
        switch answer.strategy {
        case .rateLimiting(let rate):
            type = "ratelimiting"
            tracesPerSecond = rate
        case .probabilistic(let share):
            type = "probabilistic"
            probability = share
        case nil: type = "probabilistic"
        }
        guard let sampling = answer.operations else { return }
        operations = sampling.list.map { Operation(operation: $0.operation, probability: $0.probability) }
        defaultProbability = sampling.defaultProbability
        lowerBoundTracesPerSecond = sampling.defaultLowerBound
    }
}

extension SamplingAnswer {
    /// The probability that it gives an operation; nil if that is a rate.
    fileprivate func probability(of operation: String) -> Double? {
        if let operations {
            return operations.list.first { $0.operation == operation }?.probability ?? operations.defaultProbability
        }
        if case .probabilistic(let probability) = strategy { return probability }
        return nil
    }
}
