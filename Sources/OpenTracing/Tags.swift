/// The tags that mean the same to every tracing system (OpenTracing semantic conventions 1.1).
public enum Tags {
    /// Which side of a call the span is on; a value of ``SpanKind``.
    public static let spanKind = "span.kind"
    /// Whether the work failed (boolean).
    public static let error = "error"
    /// The library or module that made the span: `grpc`, `JDBI`.
    public static let component = "component"
    /// Greater than 0: record the trace if possible; 0: don't (integer).
    public static let samplingPriority = "sampling.priority"

    /// The service on the other side of a call.
    public static let peerService = "peer.service"
    /// The host name of the other side.
    public static let peerHostname = "peer.hostname"
    /// The address of the other side in whatever form it takes: `127.0.0.1:3306`, a URL of a database.
    public static let peerAddress = "peer.address"
    /// The IPv4 address of the other side: `127.0.0.1`.
    public static let peerIPv4 = "peer.ipv4"
    /// The IPv6 address of the other side.
    public static let peerIPv6 = "peer.ipv6"
    /// The port of the other side (integer).
    public static let peerPort = "peer.port"

    /// The URL of the request.
    public static let httpURL = "http.url"
    /// The method of the request: `GET`.
    public static let httpMethod = "http.method"
    /// The status code of the answer (integer).
    public static let httpStatusCode = "http.status_code"

    /// The name of the database.
    public static let databaseInstance = "db.instance"
    /// The statement that is run.
    public static let databaseStatement = "db.statement"
    /// The kind of database: `sql`, `redis`.
    public static let databaseType = "db.type"
    /// The user under whom the statement is run.
    public static let databaseUser = "db.user"

    /// Where messages are sent to or read from: the name of a queue or a topic.
    public static let messageBusDestination = "message_bus.destination"
}

/// The values of ``Tags/spanKind``.
public enum SpanKind: String, Sendable, TagValueConvertible {
    /// The span calls another process and waits for its answer.
    case client
    /// The span answers a call from another process.
    case server
    /// The span puts a message on a queue.
    case producer
    /// The span works off a message of a queue.
    case consumer

    /// The word that stands for the kind on the wire.
    public var tagValue: TagValue { .string(rawValue) }
}

/// The fields of logs that mean the same to every tracing system.
public enum LogFields {
    /// What happened, in a stable word or two; `error` for an error.
    public static let event = "event"
    /// A sentence for people.
    public static let message = "message"
    /// The type of an error.
    public static let errorKind = "error.kind"
    /// The error itself.
    public static let errorObject = "error.object"
    /// Where it happened.
    public static let stack = "stack"
}
