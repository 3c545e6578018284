import TraceModel

/// What one request, or several datagrams, gave.
public struct Received: Sendable {
    /// The spans that can be kept.
    public var batch = SpanBatch()
    /// Why spans were refused: one entry a reason, so that a hostile request cannot make it grow.
    public var rejections: [Rejection] = []
    /// What was cut off spans that were kept: one entry a kind.
    public var truncations: [Truncation] = []
    /// What Jaeger clients said of themselves, the last statement of each service.
    public var clientStatistics: [ClientStatistics] = []

    /// Nothing yet.
    public init() {}

    /// How many spans were refused, of all reasons.
    public var rejectedSpans: Int {
        rejections.reduce(0) { $0 + $1.count }
    }

    /// The rejections in words, for the client's operator; empty if there are none.
    public var rejectionMessage: String {
        rejections.map(\.description).joined(separator: "; ")
    }
}

/// Why a span was refused.
public enum RejectionReason: String, Sendable, CaseIterable {
    /// A trace id of zeros or of no bytes at all.
    case zeroTraceID = "zero_trace_id"
    /// A span id of zeros or of no bytes at all.
    case zeroSpanID = "zero_span_id"
    /// A time before 1970 or after what 64 bits of nanoseconds hold (the year 2554), or a duration of centuries.
    case invalidTime = "invalid_time"

    /// The value of the label `reason` on metrics.
    public var label: String { rawValue }

    /// The reason in words.
    public var words: String {
        switch self {
        case .zeroTraceID: "the trace id is missing or all zeros"
        case .zeroSpanID: "the span id is missing or all zeros"
        case .invalidTime: "a time is before 1970 or after 2554, or the duration is out of range"
        }
    }
}

/// Spans that were refused for one reason.
public struct Rejection: Sendable, Equatable, CustomStringConvertible {
    /// Why.
    public var reason: RejectionReason
    /// How many.
    public var count: Int
    /// The first of them, in words.
    public var example: String

    /// The rejection in words.
    public var description: String {
        "\(count) \(count == 1 ? "span" : "spans") rejected, because \(reason.words) (first: \(example))"
    }
}

/// What was cut off the spans of a request because it exceeded a bound of `ReceiverLimits`.
public struct Truncation: Sendable, Equatable {
    /// What was over the bound; the raw value is the label on metrics.
    public enum Kind: String, Sendable, CaseIterable {
        case attributes = "too_many_attributes"
        case events = "too_many_events"
        case links = "too_many_links"
        case string = "string_too_long"
        case value = "value_too_large"
        case key = "key_too_long"
        case depth = "value_too_deep"
    }

    /// What was over the bound.
    public var kind: Kind
    /// How many attributes, events, links or strings were left out or cut.
    public var count: Int
}

/// What a Jaeger client says of itself in a batch: `seqNo` and `ClientStats` of jaeger.thrift.
public struct ClientStatistics: Sendable, Equatable {
    /// The client's service.
    public var service: StringRef
    /// Its batches so far, this one included.
    public var batchNumber: Int64 = 0
    /// Spans that it dropped because its queue was full.
    public var fullQueueDroppedSpans: Int64 = 0
    /// Spans that it dropped because they did not fit a packet.
    public var tooLargeDroppedSpans: Int64 = 0
    /// Spans that it could not send.
    public var failedToEmitSpans: Int64 = 0

    /// The statistics of a client that said nothing yet.
    public init(service: StringRef) {
        self.service = service
    }
}
