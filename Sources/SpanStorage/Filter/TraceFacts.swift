import TraceModel

/// What conditions on a span may ask of the trace that it belongs to.
public struct TraceFacts: Sendable, Equatable {
    /// The row of the trace's root: of the spans without a parent the one that began first, then of the lowest id.
    ///
    /// Nil if there is none: it may not have come in yet, or was never sent.
    public var root: Int?
    /// From the earliest start to the latest end, in nanoseconds.
    public var duration: Int64
    /// How many spans there are.
    public var spanCount: Int

    /// Works them out; `trace` holds all spans of one trace and no others.
    public init(of trace: borrowing SpanBatch) {
        spanCount = trace.count
        var earliest = UInt64.max
        var latest: UInt64 = 0
        for row in 0..<trace.count {
            let start = trace.spans.starts[row]
            earliest = min(earliest, start)
            // A span that ends before it starts, or after the end of time, ends at its start.
            latest = max(latest, start, trace.spans.durations[row] > 0 ? trace.spans.end(row) : start)
            let parent = trace.spans.parentSpanIDs[row]
            if parent != 0 && parent != trace.spans.spanIDs[row] { continue }
            if let known = root {
                let other = trace.spans.starts[known]
                let isLower = trace.spans.spanIDs[row] < trace.spans.spanIDs[known]
                if start > other || (start == other && !isLower) { continue }
            }
            root = row
        }
        duration = trace.isEmpty ? 0 : Int64(clamping: latest - earliest)
    }
}
