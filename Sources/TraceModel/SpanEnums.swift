/// What a span stood for in a call; the raw values are OTLP's (`trace.proto`, SpanKind) and are stored on disk.
public enum SpanKind: UInt8, Sendable, CaseIterable {
    case unspecified = 0
    case `internal` = 1
    case server = 2
    case client = 3
    case producer = 4
    case consumer = 5

    /// The word of the `span.kind` tag (OpenTracing semantic conventions); empty for `unspecified`.
    public var tagValue: String {
        switch self {
        case .unspecified: ""
        case .internal: "internal"
        case .server: "server"
        case .client: "client"
        case .producer: "producer"
        case .consumer: "consumer"
        }
    }

    /// The kind of a `span.kind` tag's word, in lower case; nil for any other word.
    public init?(tagValue: some StringProtocol) {
        switch tagValue {
        case "internal": self = .internal
        case "server": self = .server
        case "client": self = .client
        case "producer": self = .producer
        case "consumer": self = .consumer
        default: return nil
        }
    }
}

/// How a span ended; the raw values are OTLP's (`trace.proto`, Status.StatusCode) and are stored on disk.
public enum StatusCode: UInt8, Sendable, CaseIterable {
    case unset = 0
    case ok = 1
    case error = 2
}

/// The family of protocols by which a resource and its spans came in.
///
/// The views at the edge need it: Jaeger's clients send the kind, the status and the parent as tags and references,
/// which go out as they were sent, whereas for OTLP the view makes them. Stored on disk.
public enum SpanFormat: UInt8, Sendable, CaseIterable {
    case otlp = 0
    case jaeger = 1
    case zipkin = 2
}

/// What a link stands for; stored on disk.
public enum LinkKind: UInt8, Sendable, CaseIterable {
    /// An OTLP link, which Jaeger shows as FOLLOWS_FROM.
    case link = 0
    /// A Jaeger reference CHILD_OF, as the client sent it.
    case childOf = 1
    /// A Jaeger reference FOLLOWS_FROM, as the client sent it.
    case followsFrom = 2
}

/// The type of an attribute's value; the raw values are the field numbers of OTLP's `AnyValue` and are stored on disk.
public enum AttributeType: UInt8, Sendable, CaseIterable {
    /// An `AnyValue` in which nothing is set.
    case empty = 0
    case string = 1
    case bool = 2
    case int = 3
    case double = 4
    case array = 5
    case map = 6
    case bytes = 7

    /// Whether the 64 bits of the value are a `StringRef` rather than the value itself.
    @inlinable
    public var isReference: Bool {
        switch self {
        case .string, .array, .map, .bytes: true
        case .empty, .bool, .int, .double: false
        }
    }
}
