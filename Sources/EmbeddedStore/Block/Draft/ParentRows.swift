import TraceModel

/// By row of a block: the row of the span's parent in the same trace, or none.
struct ParentRows {
    static let none = UInt32.max
    /// In traces up to this long, looking at each id is faster than a table of them.
    private static let scannedMax = 24

    private(set) var rows: [UInt32]

    init(_ spans: SpanColumns, _ traces: [BlockDraft.Trace]) {
        rows = [UInt32](repeating: Self.none, count: spans.count)
        for trace in traces {
            let range = trace.firstRow..<trace.firstRow + trace.rows
            if trace.rows <= Self.scannedMax { scan(spans, range) } else { lookUp(spans, range) }
        }
    }

    private mutating func scan(_ spans: SpanColumns, _ range: Range<Int>) {
        for row in range {
            let parent = spans.parentSpanIDs[row]
            if parent == 0 { continue }
            for other in range where spans.spanIDs[other] == parent {
                rows[row] = UInt32(other)
                break
            }
        }
    }

    private mutating func lookUp(_ spans: SpanColumns, _ range: Range<Int>) {
        var first: [UInt64: UInt32] = [:]
        first.reserveCapacity(range.count)
        for row in range where first[spans.spanIDs[row]] == nil { first[spans.spanIDs[row]] = UInt32(row) }
        for row in range where spans.parentSpanIDs[row] != 0 {
            if let parent = first[spans.parentSpanIDs[row]] { rows[row] = parent }
        }
    }
}
