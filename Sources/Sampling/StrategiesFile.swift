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
            ServiceStrategy($0, named: "the default strategy", defaultProbability, &warnings)
        }
        self.init(fallback: fallback ?? nothing)
        for entry in file.serviceStrategies ?? [] {
            guard let service = entry.service, !service.isEmpty else {
                warnings.append("a service strategy without a service is left out")
                continue
            }
            if services[service] != nil { warnings.append("service \(service): only its last strategy counts") }
            services[service] = ServiceStrategy(entry, named: "service \(service)", defaultProbability, &warnings)
        }
    }
}

extension ServiceStrategy {
    fileprivate init(
        _ entry: StrategiesFile.Entry,
        named name: String,
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
            warnings.append(
                "\(name): \(entry.type) with \(entry.param) is no strategy; \(defaultProbability) is used instead"
            )
            self.init(.probabilistic(defaultProbability))
        }
        for operation in entry.operationStrategies ?? [] {
            if operation.type == "probabilistic", (0...1).contains(operation.param) {
                operations.append(OperationStrategy(operation: operation.operation, probability: operation.param))
            } else {
                warnings.append(
                    "\(name), operation \(operation.operation): only probabilities from 0 to 1 are possible; left out"
                )
            }
        }
    }
}
