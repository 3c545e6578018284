import TraceModel

/// In which order a search returns the traces that match: always over all of them, not over those it happens to see.
///
/// Among equals the newer trace comes first, then the lower id. The raw values are how the order is named in requests.
public enum TraceOrder: String, Sendable, CaseIterable {
    /// The latest start first.
    case newest
    /// The earliest start first.
    case oldest
    /// The longest from the first start to the last end first.
    case longest
    case shortest
    case mostSpans = "most-spans"
    /// The most spans of status error first.
    case mostErrors = "most-errors"
}

/// What a trace is ordered by, added up from as many pieces as it is stored in.
public struct TraceMeasure: Sendable, Equatable {
    /// The earliest start of its spans: nanoseconds since 1970.
    public var start: UInt64
    /// The latest end.
    ///
    /// A span that ends before it starts, or after the end of time, ends at its start.
    public var end: UInt64
    /// How many spans it has.
    public var spans: Int
    /// How many of them have the status error.
    public var errors: Int

    /// Of no spans: adding to it makes it what is added.
    public static let nothing = TraceMeasure(start: .max, end: 0, spans: 0, errors: 0)

    /// Makes a measure from its parts.
    public init(start: UInt64, end: UInt64, spans: Int, errors: Int) {
        self.start = start
        self.end = end
        self.spans = spans
        self.errors = errors
    }

    /// From the earliest start to the latest end, in nanoseconds.
    public var duration: Int64 { spans == 0 ? 0 : Int64(clamping: end - start) }

    /// Adds one span.
    @inlinable
    public mutating func add(start: UInt64, duration: Int64, status: StatusCode) {
        self.start = min(self.start, start)
        end = max(end, start, duration > 0 ? start &+ UInt64(bitPattern: duration) : start)
        spans += 1
        if status == .error { errors += 1 }
    }

    /// Adds what another piece of the same trace measures.
    @inlinable
    public mutating func add(_ other: TraceMeasure) {
        start = min(start, other.start)
        end = max(end, other.end)
        spans += other.spans
        errors += other.errors
    }
}

/// Where a trace stands in an order: what comes first is less.
public struct TracePosition: Hashable, Comparable, Sendable {
    /// What the order asks for, turned so that the smallest comes first.
    public var rank: UInt64
    /// When the trace began; among equal ranks the latest comes first.
    public var start: UInt64
    /// The trace.
    public var id: TraceID

    /// Makes a position from its parts.
    public init(rank: UInt64, start: UInt64, id: TraceID) {
        self.rank = rank
        self.start = start
        self.id = id
    }

    /// The position of a trace of which everything is known.
    public init(_ order: TraceOrder, _ id: TraceID, _ measure: TraceMeasure) {
        self.id = id
        start = measure.start
        rank =
            switch order {
            case .newest: ~measure.start
            case .oldest: measure.start
            case .longest: ~UInt64(measure.duration)
            case .shortest: UInt64(measure.duration)
            case .mostSpans: ~UInt64(measure.spans)
            case .mostErrors: ~UInt64(measure.errors)
            }
    }

    public static func < (left: TracePosition, right: TracePosition) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        return left.start == right.start ? left.id < right.id : left.start > right.start
    }
}
