/// The file of Jaeger's `--sampling.strategies-file`, as it is written.
public struct StrategiesFile: Decodable, Sendable {
    /// One strategy, with those of operations below it.
    public struct Entry: Decodable, Sendable {
        /// The service, among `service_strategies`.
        public var service: String?
        /// `probabilistic` or `ratelimiting`.
        public var type: String
        /// The probability, or traces a second.
        public var param: Double
        /// Those of single operations.
        public var operationStrategies: [OperationEntry]?

        private enum CodingKeys: String, CodingKey {
            case service, type, param
            case operationStrategies = "operation_strategies"
        }
    }

    /// The strategy of one operation.
    public struct OperationEntry: Decodable, Sendable {
        /// The operation's name.
        public var operation: String
        /// `probabilistic`; nothing else is possible for an operation.
        public var type: String
        /// The probability.
        public var param: Double
    }

    /// For services that are not in the list.
    public var defaultStrategy: Entry?
    /// By service.
    public var serviceStrategies: [Entry]?

    private enum CodingKeys: String, CodingKey {
        case defaultStrategy = "default_strategy"
        case serviceStrategies = "service_strategies"
    }
}

extension SamplingStrategies {
    /// The strategies of a file.
    ///
    /// What cannot be used is left out, as in Jaeger, with a line for the operator each.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - defaultProbability: For services about which the file says nothing.
    ///   - warnings: The lines are added here.
    public init(_ file: StrategiesFile, defaultProbability: Double, warnings: inout [String]) {
        let nothing = ServiceStrategy(.probabilistic(defaultProbability))
        let fallback = file.defaultStrategy.map {
            ServiceStrategy($0, at: "default_strategy", defaultProbability, &warnings)
        }
        self.init(fallback: fallback ?? nothing)
        for (index, entry) in (file.serviceStrategies ?? []).enumerated() {
            let place = "service_strategies[\(index)]"
            guard let service = entry.service, !service.isEmpty else {
                warnings.append("\(place): \"service\" is missing or empty; the strategy is left out")
                continue
            }
            if services[service] != nil {
                warnings.append("\(place): service \"\(service)\" is there before; this strategy replaces that one")
            }
            services[service] = ServiceStrategy(entry, at: place, defaultProbability, &warnings)
        }
    }
}

extension ServiceStrategy {
    fileprivate init(
        _ entry: StrategiesFile.Entry,
        at place: String,
        _ defaultProbability: Double,
        _ warnings: inout [String]
    ) {
        switch entry.type {
        case "probabilistic" where (0...1).contains(entry.param):
            self.init(.probabilistic(entry.param))
        case "ratelimiting" where (0...32_767).contains(entry.param):
            // The field of Thrift, in which clients read it, has 16 bits.
            self.init(.rateLimiting(Int(entry.param)))
        default:
            let problem =
                switch entry.type {
                case "probabilistic": "param: \(entry.param) is not a probability from 0 to 1"
                case "ratelimiting": "param: \(entry.param) is not a rate from 0 to 32767 traces a second"
                default: "type: there is no strategy \"\(entry.type)\"; expected probabilistic or ratelimiting"
                }
            warnings.append("\(place).\(problem); probability \(defaultProbability) is used instead")
            self.init(.probabilistic(defaultProbability))
        }
        for (index, operation) in (entry.operationStrategies ?? []).enumerated() {
            if operation.type == "probabilistic", (0...1).contains(operation.param) {
                operations.append(OperationStrategy(operation: operation.operation, probability: operation.param))
            } else {
                let operationPlace = "\(place).operation_strategies[\(index)]"
                warnings.append(
                    "\(operationPlace): operation \"\(operation.operation)\" is left out: \(operation.type) with "
                        + "\(operation.param) is not a probability from 0 to 1"
                )
            }
        }
    }
}
