import TraceModel

extension SpanColumns {
    /// When a span was at work, in nanoseconds since 1970.
    ///
    /// A span that ends before it starts, or after the end of time, takes no time.
    public func interval(_ row: Int) -> Range<UInt64> {
        let start = starts[row]
        guard durations[row] > 0 else { return start..<start }
        let (end, overflow) = start.addingReportingOverflow(UInt64(durations[row]))
        return start..<(overflow ? start : end)
    }
}

extension SpanBatch {
    /// From the earliest start to the latest end of its spans; empty if there are none.
    public var extent: Range<UInt64> {
        var first = UInt64.max
        var last: UInt64 = 0
        for row in 0..<count {
            let interval = spans.interval(row)
            first = min(first, interval.lowerBound)
            last = max(last, interval.upperBound)
        }
        return isEmpty ? 0..<0 : first..<last
    }
}

extension Range<UInt64> {
    /// How long it is, in nanoseconds.
    var length: UInt64 { upperBound - lowerBound }
}
