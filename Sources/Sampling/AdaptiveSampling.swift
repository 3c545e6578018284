/// How adaptive sampling works; the names and defaults are those of Jaeger.
public struct AdaptiveOptions: Sendable, Equatable {
    /// Traces a second that each operation of each service is to have sampled.
    public var targetSamplesPerSecond = 1.0
    /// How far from the target, as a share of it, is near enough.
    public var deltaTolerance = 0.3
    /// Of operations that nothing is known of, 0 to 1.
    public var initialProbability = 0.001
    /// The lowest that is ever handed out.
    public var minProbability = 1e-5
    /// Traces a second of each operation that clients sample whatever the probability.
    public var minSamplesPerSecond = 1.0 / 60
    /// Services, and operations of a service, that are followed; further ones keep the initial probability.
    public var servicesMax = 4_000
    /// Operations of a service that are followed.
    public var operationsMax = 2_000

    /// Jaeger's defaults.
    public init() {}
}

/// What began a trace, as far as adaptive sampling wants to know.
public struct ObservedRoot: Sendable, Hashable {
    /// How its client came to sample it.
    public enum Sampler: Sendable, Hashable {
        /// The client does not say, as OpenTelemetry's do not.
        case unknown
        /// With this probability: the tags `sampler.type` = `probabilistic` and `sampler.param`.
        case probabilistic(Double)
        /// It had not sampled the operation for a while: `sampler.type` = `lowerbound`.
        case lowerBound
        /// Anything else, on which our answers have no influence.
        case other
    }

    /// The service.
    public var service: String
    /// The operation.
    public var operation: String
    /// How it was sampled.
    public var sampler: Sampler

    /// Makes one from its parts.
    public init(service: String, operation: String, sampler: Sampler) {
        self.service = service
        self.operation = operation
        self.sampler = sampler
    }
}

/// Moves the probability of each operation to where its traces come in at the target's rate.
///
/// The algorithm is Jaeger's, with one difference: Jaeger counts only roots whose tags say that they were sampled with
/// a probability, which clients of OpenTelemetry never say. Here a root without such tags counts as well if its service
/// asks for its strategy: it then follows the answer that it got.
public struct AdaptiveSampling: Sendable {
    private struct Operation: Sendable {
        var probability: Double
        /// Roots since the last calculation.
        var count = 0
        /// Whether a client told of another probability than ours, and of ours.
        var sawOther = false
        var sawOurs = false
    }

    private struct Service: Sendable {
        var operations: [String: Operation] = [:]
        /// Whether it asked since the calculation before last.
        var asked = false
        var askedBefore = false
    }

    /// How it works.
    public let options: AdaptiveOptions
    private var services: [String: Service] = [:]

    /// Nothing known yet.
    public init(_ options: AdaptiveOptions = AdaptiveOptions()) {
        self.options = options
    }

    /// The answer to a client of a service, which counts as one that follows it from now on.
    public mutating func answer(for service: String) -> SamplingAnswer {
        if services[service] != nil || services.count < options.servicesMax {
            services[service, default: Service()].asked = true
        }
        return peek(at: service)
    }

    /// What the answer would be, to somebody who does not follow it.
    public func peek(at service: String) -> SamplingAnswer {
        let known = services[service]?.operations ?? [:]
        let list = known.map { OperationStrategy(operation: $0.key, probability: $0.value.probability) }
        return SamplingAnswer(
            nil,
            operations: .init(
                defaultProbability: options.initialProbability,
                defaultLowerBound: options.minSamplesPerSecond,
                list: list.sorted { $0.operation < $1.operation }
            )
        )
    }

    /// All probabilities, by service and operation: what is to be kept over a restart.
    public var probabilities: [String: [String: Double]] {
        services.mapValues { $0.operations.mapValues(\.probability) }.filter { !$0.value.isEmpty }
    }

    /// Takes up probabilities that were kept, as far as the bounds of now allow.
    public mutating func restore(_ kept: [String: [String: Double]]) {
        for (name, operations) in kept.prefix(options.servicesMax) {
            var service = services[name] ?? Service()
            for (operation, probability) in operations.prefix(options.operationsMax) where probability.isFinite {
                service.operations[operation] = Operation(
                    probability: min(max(probability, options.minProbability), 1)
                )
            }
            services[name] = service
        }
    }

    /// The probability that clients of a service are told for an operation.
    public func probability(_ service: String, _ operation: String) -> Double {
        services[service]?.operations[operation]?.probability ?? options.initialProbability
    }

    /// Counts so many roots of one kind.
    public mutating func observe(_ root: ObservedRoot, count: Int = 1) {
        if root.sampler == .other { return }
        if services[root.service] == nil, services.count >= options.servicesMax { return }
        var service = services[root.service] ?? Service()
        if service.operations[root.operation] == nil, service.operations.count >= options.operationsMax { return }
        var operation = service.operations[root.operation] ?? Operation(probability: options.initialProbability)
        switch root.sampler {
        case .unknown: operation.count += count
        case .probabilistic(let probability):
            operation.count += count
            let isOurs = abs(probability - operation.probability) <= 1e-9 + 0.000_1 * operation.probability
            if isOurs { operation.sawOurs = true } else { operation.sawOther = true }
        case .lowerBound, .other: break
        }
        service.operations[root.operation] = operation
        services[root.service] = service
    }

    /// Moves all probabilities, after `seconds` since the last time.
    public mutating func calculate(seconds: Double) {
        guard seconds > 0 else { return }
        for name in services.keys {
            guard var service = services[name] else { continue }
            let follows = service.asked || service.askedBefore
            for (key, operation) in service.operations {
                service.operations[key] = moved(operation, rate: Double(operation.count) / seconds, follows: follows)
            }
            service.askedBefore = service.asked
            service.asked = false
            services[name] = service
        }
    }

    private func moved(_ operation: Operation, rate: Double, follows: Bool) -> Operation {
        var next = operation
        next.count = 0
        next.sawOther = false
        next.sawOurs = false
        // Whoever reports only probabilities of its own, or never asks, would not notice a change.
        if operation.sawOther, !operation.sawOurs { return next }
        if !follows, !operation.sawOurs { return next }
        let target = options.targetSamplesPerSecond
        if abs(rate - target) < target * options.deltaTolerance { return next }
        let wanted = rate == 0 ? operation.probability * 2 : operation.probability * target / rate
        // Up by no more than its double a time: more traffic than the server could take must not come at once.
        next.probability = min(max(min(wanted, operation.probability * 2), options.minProbability), 1)
        return next
    }
}
