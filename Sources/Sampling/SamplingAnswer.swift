import TraceModel

/// The answer to a client that asks how to sample: `SamplingStrategyResponse` of Jaeger's sampling.proto.
public struct SamplingAnswer: Sendable, Equatable {
    /// What clients do that know nothing of operations; nil in the answers of adaptive sampling.
    public var strategy: SamplingStrategy?
    /// What the others do.
    public var operations: OperationSampling?

    /// Probabilities by operation.
    public struct OperationSampling: Sendable, Equatable {
        /// Of operations that are not in the list.
        public var defaultProbability: Double
        /// Traces a second of each operation that are sampled whatever its probability.
        public var defaultLowerBound: Double
        /// By operation.
        public var list: [OperationStrategy]

        /// Makes one from its parts.
        public init(defaultProbability: Double, defaultLowerBound: Double = 0, list: [OperationStrategy]) {
            self.defaultProbability = defaultProbability
            self.defaultLowerBound = defaultLowerBound
            self.list = list
        }
    }

    /// Makes an answer from its parts.
    public init(_ strategy: SamplingStrategy?, operations: OperationSampling? = nil) {
        self.strategy = strategy
        self.operations = operations
    }

    /// As protobuf's JSON, with the defaults written and what is missing left out.
    ///
    /// `numericType` is for clients older than Jaeger 1.2, which know the type by its number.
    public func json(numericType: Bool = false) -> String {
        var fields: [String] = []
        switch strategy {
        case .rateLimiting(let rate):
            fields.append("\"strategyType\":" + (numericType ? "1" : "\"RATE_LIMITING\""))
            fields.append("\"rateLimitingSampling\":{\"maxTracesPerSecond\":\(rate)}")
        case .probabilistic(let probability):
            fields.append("\"strategyType\":" + (numericType ? "0" : "\"PROBABILISTIC\""))
            fields.append("\"probabilisticSampling\":{\"samplingRate\":\(Self.number(probability))}")
        case nil:
            fields.append("\"strategyType\":" + (numericType ? "0" : "\"PROBABILISTIC\""))
        }
        if let operations {
            let list = operations.list.map { operation in
                var name = ""
                writeJSONString(operation.operation, to: &name)
                let rate = Self.number(operation.probability)
                return "{\"operation\":\(name),\"probabilisticSampling\":{\"samplingRate\":\(rate)}}"
            }
            fields.append(
                "\"operationSampling\":{\"defaultSamplingProbability\":\(Self.number(operations.defaultProbability)),"
                    + "\"defaultLowerBoundTracesPerSecond\":\(Self.number(operations.defaultLowerBound)),"
                    + "\"perOperationStrategies\":[\(list.joined(separator: ","))],"
                    + "\"defaultUpperBoundTracesPerSecond\":0}"
            )
        }
        return "{\(fields.joined(separator: ","))}"
    }

    /// As protobuf: 1 strategyType, 2 probabilisticSampling{1 samplingRate}, 3 rateLimitingSampling{1
    /// maxTracesPerSecond}, 4 operationSampling{1 defaultSamplingProbability, 2 defaultLowerBoundTracesPerSecond,
    /// 3 perOperationStrategies{1 operation, 2 probabilisticSampling}}.
    public var protobuf: [UInt8] {
        var bytes: [UInt8] = []
        switch strategy {
        case .rateLimiting(let rate):
            bytes.append(protobufTag: 1, .varint)
            bytes.append(varint: 1)
            var limit: [UInt8] = []
            limit.append(protobufTag: 1, .varint)
            limit.append(varint: UInt64(clamping: rate))
            bytes.append(protobufTag: 3, delimited: limit)
        case .probabilistic(let probability):
            bytes.append(protobufTag: 2, delimited: Self.probabilistic(probability))
        case nil: break
        }
        if let operations {
            var sampling: [UInt8] = []
            sampling.append(protobufTag: 1, double: operations.defaultProbability)
            sampling.append(protobufTag: 2, double: operations.defaultLowerBound)
            for operation in operations.list {
                var entry: [UInt8] = []
                entry.append(protobufTag: 1, delimited: Array(operation.operation.utf8))
                entry.append(protobufTag: 2, delimited: Self.probabilistic(operation.probability))
                sampling.append(protobufTag: 3, delimited: entry)
            }
            bytes.append(protobufTag: 4, delimited: sampling)
        }
        return bytes
    }

    private static func probabilistic(_ probability: Double) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(protobufTag: 1, double: probability)
        return bytes
    }

    /// A number as JSON: whole ones without a point, as Go writes them.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}

extension [UInt8] {
    fileprivate mutating func append(protobufTag number: UInt32, delimited content: [UInt8]) {
        append(protobufTag: number, .delimited)
        append(varint: UInt64(content.count))
        append(contentsOf: content)
    }

    /// A double that is not zero, which is what one that is missing is.
    fileprivate mutating func append(protobufTag number: UInt32, double value: Double) {
        if value == 0 { return }
        append(protobufTag: number, .fixed64)
        append(littleEndian: value.bitPattern)
    }
}
