import TraceModel

/// A piece of a trace: its next spans in the order of their start, those that start together by their id.
public struct TracePage: Sendable {
    /// Where a span stands in its trace.
    public struct Place: Hashable, Comparable, Sendable {
        /// When the span began: nanoseconds since 1970.
        public var start: UInt64
        /// The span's id.
        public var spanID: SpanID
        /// How many spans of that start and id came before: ids may repeat.
        public var repetition: Int

        /// Makes a place from its parts.
        public init(start: UInt64, spanID: SpanID, repetition: Int = 0) {
            self.start = start
            self.spanID = spanID
            self.repetition = repetition
        }

        public static func < (left: Place, right: Place) -> Bool {
            if left.start != right.start { return left.start < right.start }
            if left.spanID != right.spanID { return left.spanID.bits < right.spanID.bits }
            return left.repetition < right.repetition
        }
    }

    /// The most spans one page may have.
    public static let spansMax = 100_000
    /// The most spans that may be asked for by their ids.
    public static let idsMax = 10_000

    /// The spans.
    public var spans = SpanBatch()
    /// Where the next page begins: after this span; nil if this was the last.
    public var next: Place?
    /// How many spans the whole trace has.
    public var total = 0

    /// An empty page.
    public init() {}
}
