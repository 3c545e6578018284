import TraceModel

/// Which traces are to be deleted: with all of their spans, whatever a condition says of the single ones.
public enum TraceDeletion: Sendable {
    /// These.
    case traces(Set<TraceID>)
    /// These, all of whose spans came in at that time or later (nanoseconds since 1970): older spans are not looked at.
    case recentTraces(Set<TraceID>, receivedSince: UInt64)
    /// All that a search would find without a limit: a span that began within `start` is in one of the sets that the
    /// expression finds in the trace.
    case matches(SpansetExpression, start: ClosedRange<UInt64>)
}

/// What a deletion did.
public struct DeletedTraces: Sendable, Equatable {
    /// Traces of which spans were deleted.
    public var traces = 0
    /// Spans that were deleted.
    public var spans = 0
    /// Segment files that were written anew without them, or deleted because they held nothing else.
    public var segments = 0
    /// Bytes by which the files became smaller.
    public var bytes = 0

    /// Nothing.
    public init() {}
}

/// A trace that outlives retention.
public struct PinnedTrace: Sendable, Hashable {
    /// Which trace.
    public var id: TraceID
    /// When it was pinned: nanoseconds since 1970.
    public var pinnedAt: UInt64

    /// Makes a pin from its parts.
    public init(id: TraceID, pinnedAt: UInt64) {
        self.id = id
        self.pinnedAt = pinnedAt
    }
}

/// Why spans that were stored are not there any more, and how many of each: `stored = spans + evicted`.
public struct EvictedSpans: Sendable, Equatable {
    /// They had been kept for as long as they were to be.
    public var age: UInt64 = 0
    /// They made room for newer ones within the bound of bytes.
    public var bytes: UInt64 = 0
    /// They made room because the disk was full.
    public var diskFull: UInt64 = 0
    /// Somebody deleted them.
    public var deleted: UInt64 = 0

    /// None.
    public init() {}

    /// All of them.
    public var total: UInt64 { age + bytes + diskFull + deleted }

    /// The reasons as metrics call them, with their counts.
    public var byReason: [(reason: String, spans: UInt64)] {
        [("age", age), ("bytes", bytes), ("disk_full", diskFull), ("deleted", deleted)]
    }
}
