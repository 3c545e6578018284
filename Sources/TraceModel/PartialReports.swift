/// Spans that were reported before they ended, so that what hangs or dies can be seen.
///
/// Such a report is the span as it is so far, with its own ids and the tag `span.partial`. The one that comes when it
/// has ended has no such tag, and takes the place of those before it.
extension SpanBatch {
    /// The key of the tag, whose value is true.
    public static let partialReportKey = "span.partial"

    /// The tag's key among the strings, if it is there: without it no span is such a report.
    ///
    /// Looks at each string; `isPartialReport` takes what is found here.
    public var partialReportRef: StringRef? { strings.firstRef(of: Self.partialReportKey) }

    /// Whether a span goes on, as far as it says itself.
    public func isPartialReport(_ span: Int, _ key: StringRef) -> Bool {
        spanAttributes.range(span).contains { index in
            spanAttributes.keys[index] == key && spanAttributes.types[index] == .bool
                && spanAttributes.values[index] != 0
        }
    }

    /// The rows whose reports are outdated: of the reports of one span the one at its end counts, or else the longest.
    ///
    /// Spans that share an id for other reasons stay, for instance the two sides of a call of Zipkin's.
    public func outdatedReports() -> Set<Int> {
        guard let key = partialReportRef else { return [] }
        var best: [SpanIdentity: Int] = [:]
        var outdated: Set<Int> = []
        let partial = (0..<count).filter { isPartialReport($0, key) }
        for row in partial {
            let identity = SpanIdentity(spans.traceID(row), spans.spanIDs[row])
            guard let other = best[identity] else {
                best[identity] = row
                continue
            }
            let isLonger = spans.durations[row] >= spans.durations[other]
            outdated.insert(isLonger ? other : row)
            if isLonger { best[identity] = row }
        }
        if best.isEmpty { return [] }
        let isPartial = Set(partial)
        for row in 0..<count where !isPartial.contains(row) {
            if let report = best[SpanIdentity(spans.traceID(row), spans.spanIDs[row])] { outdated.insert(report) }
        }
        return outdated
    }

    /// The spans, each of which is there once whether or not it was reported before it ended.
    public func withoutOutdatedReports() -> SpanBatch {
        let outdated = outdatedReports()
        return outdated.isEmpty ? self : selecting((0..<count).filter { !outdated.contains($0) })
    }

    private struct SpanIdentity: Hashable {
        let traceID: TraceID
        let spanID: UInt64

        init(_ traceID: TraceID, _ spanID: UInt64) {
            self.traceID = traceID
            self.spanID = spanID
        }
    }
}
