import TraceModel

/// A tag, log field or process tag in Jaeger's model: parts of the batch, or words that the view adds.
///
/// It refers to the batch's strings instead of holding them, so that a view costs no allocation per tag.
struct JaegerTag: Equatable {
    /// The key.
    var key: Key
    /// The value.
    var value: Value

    enum Key: Equatable {
        case stored(StringRef)
        case word(String)
    }

    enum Value: Hashable {
        /// An attribute as it was sent.
        case attribute(AttributeType, UInt64)
        /// A string of the batch.
        case stored(StringRef)
        case word(String)
        case bool(Bool)
    }
}

/// A reference of a span to another.
struct JaegerReference: Equatable {
    enum Kind: Equatable {
        case childOf
        case followsFrom
    }

    var kind: Kind
    var traceID: TraceID
    var spanID: SpanID
}
