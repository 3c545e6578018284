import TraceModel

/// What there is to say of a search beside the traces that it found.
public struct SearchOutcome: Sendable, Equatable {
    /// How many traces match.
    public struct Total: Sendable, Equatable {
        /// So many do, those of other pages included.
        public var count: Int
        /// Whether that is all; otherwise it is at least so many.
        public var isExact: Bool

        /// Makes a total from its parts.
        public init(count: Int, isExact: Bool) {
            self.count = count
            self.isExact = isExact
        }
    }

    /// How many traces match in all.
    public var total = Total(count: 0, isExact: true)
    /// Where the next page begins; nil if no more traces match.
    public var next: TraceCursor?
    /// How many spans were compared with the filter.
    public var scannedSpans = 0
    /// How many bytes of files that took.
    public var readBytes = 0
    /// Why and how far the answer is not all of it, if it is not.
    public var partial: PartialAnswer?

    /// Of a search that looked at everything and found nothing.
    public init() {}
}

/// What a search found.
public struct FoundTraces: Sendable {
    /// The traces in the order asked for, each with all of its spans in the order of their start.
    public var traces: [SpanBatch] = []
    /// For each trace the sets of its spans by which it matches: see `TraceQuery.spansets(of:)`.
    public var spansets: [[Spanset]] = []
    /// What else there is to say of the search.
    public var outcome = SearchOutcome()

    /// Nothing.
    public init() {}

    /// Whether more traces match than were returned, as far as is known.
    public var isTruncated: Bool { outcome.next != nil }
}
