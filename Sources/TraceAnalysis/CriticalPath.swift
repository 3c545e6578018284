import TraceModel

/// The chain of work that decided how long a trace's root took: had any of it been shorter, so had the root.
///
/// It is found from the end of the root backwards: the child that ended last was waited for, before it began the one
/// that ended last before that, and so on within each of them. What no child accounts for is the span's own. The
/// segments follow one another without a gap and together take as long as the root. A child counts only within its
/// parent, and not at all if it only follows from it.
public struct CriticalPath: Sendable, Equatable {
    /// A stretch of the path.
    public struct Segment: Sendable, Equatable {
        /// The row of the span that was at work.
        public var row: Int
        /// When: nanoseconds since 1970.
        public var interval: Range<UInt64>

        /// Makes a segment from its parts.
        public init(row: Int, interval: Range<UInt64>) {
            self.row = row
            self.interval = interval
        }
    }

    /// The row of the span whose time is explained; nil if there are no spans.
    public private(set) var root: Int?
    /// The path, from the beginning to the end.
    public private(set) var segments: [Segment] = []

    /// How long the path is, in nanoseconds.
    public var duration: UInt64 { segments.reduce(0) { $0 + $1.interval.length } }

    /// A span on the way, looked at from its end backwards.
    private struct Visit {
        var row: Int
        /// What of the span is looked at: from here...
        let begin: UInt64
        /// ...to here...
        let limit: UInt64
        /// ...of which what is before this is not accounted for yet.
        var end: UInt64
        /// Its children that have not been looked at, the one that ended first in front.
        var children: [Int32]
    }

    /// Finds the path of a trace; `tree` is that of the trace.
    public init(of trace: borrowing SpanBatch, _ tree: borrowing TraceTree) {
        root = tree.root
        guard let root else { return }
        var visits = [Self.visit(root, within: trace.spans.interval(root), trace.spans, tree)]
        while var visit = visits.popLast() {
            guard let child = Self.takeLast(&visit, trace.spans) else {
                note(visit.row, visit.begin..<visit.end)
                continue
            }
            let within = trace.spans.interval(child).clamped(to: visit.begin..<visit.end)
            note(visit.row, within.upperBound..<visit.end)
            visit.end = within.lowerBound
            visits.append(visit)
            visits.append(Self.visit(child, within: within, trace.spans, tree))
        }
        segments.reverse()
    }

    private mutating func note(_ row: Int, _ interval: Range<UInt64>) {
        if !interval.isEmpty { segments.append(Segment(row: row, interval: interval)) }
    }

    private static func visit(
        _ row: Int,
        within: Range<UInt64>,
        _ spans: SpanColumns,
        _ tree: borrowing TraceTree
    ) -> Visit {
        var children: [Int32] = []
        for child in tree.children(of: row) where !tree.isFollowing[Int(child)] {
            if !spans.interval(Int(child)).clamped(to: within).isEmpty { children.append(child) }
        }
        // Of children that end together the one that began first explains most.
        children.sort { left, right in
            let ends = [left, right].map { min(spans.interval(Int($0)).upperBound, within.upperBound) }
            let starts = [left, right].map { spans.starts[Int($0)] }
            if ends[0] != ends[1] { return ends[0] < ends[1] }
            return starts[0] == starts[1] ? left > right : starts[0] > starts[1]
        }
        return Visit(
            row: row,
            begin: within.lowerBound,
            limit: within.upperBound,
            end: within.upperBound,
            children: children
        )
    }

    /// The child that ended last before what is accounted for already.
    ///
    /// One that outlives what of its parent is looked at ended there.
    private static func takeLast(_ visit: inout Visit, _ spans: SpanColumns) -> Int? {
        while let child = visit.children.popLast() {
            if min(spans.interval(Int(child)).upperBound, visit.limit) <= visit.end { return Int(child) }
        }
        return nil
    }
}
