/// How a client is to choose the traces that it samples.
public enum SamplingStrategy: Sendable, Equatable {
    /// Each with this probability, 0 to 1.
    case probabilistic(Double)
    /// At most so many a second.
    case rateLimiting(Int)
}

/// How a client is to sample traces that begin with a certain operation.
public struct OperationStrategy: Sendable, Equatable {
    /// The operation's name.
    public var operation: String
    /// The probability, 0 to 1.
    public var probability: Double

    /// Makes a strategy from its parts.
    public init(operation: String, probability: Double) {
        self.operation = operation
        self.probability = probability
    }
}

/// The strategy of a service, with those of its operations.
public struct ServiceStrategy: Sendable, Equatable {
    /// For operations that have none of their own.
    public var strategy: SamplingStrategy
    /// For the others.
    public var operations: [OperationStrategy]

    /// Makes a strategy from its parts.
    public init(_ strategy: SamplingStrategy, operations: [OperationStrategy] = []) {
        self.strategy = strategy
        self.operations = operations
    }
}
