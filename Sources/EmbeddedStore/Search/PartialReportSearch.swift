import SpanStorage
import TraceModel

// A span that was reported before it ended has several rows, and in an answer it is one span: where whole traces are
// put together the outdated rows are left out, and where only tables are read the few traces that have such reports are
// put together for it. What holds none, which is nearly everything, is asked once whether it does.

extension HeadChunk {
    func partialReports(among ids: some Sequence<TraceID>) -> Set<TraceID> {
        guard let key = partialReportRef else { return [] }
        let traces = traces
        return Set(
            ids.filter { id in
                guard let number = traces.number(of: id) else { return false }
                return traces.rows(number).contains { batch.isPartialReport(Int($0), key) }
            }
        )
    }
}

extension Segment {
    /// All spans that say so, whenever they began.
    static let partialReportQuery = TraceQuery(
        filter: .field(.attribute(.span, SpanBatch.partialReportKey), .compare(.equal, .bool(true))),
        start: 0...UInt64.max,
        limit: 1
    )

    func partialReports(among ids: some Sequence<TraceID>) throws(SpanStoreError) -> Set<TraceID> {
        guard holdsPartialReports else { return [] }
        let wanted = Set(ids.filter { block.mayContain($0) })
        if wanted.isEmpty { return [] }
        var found: Set<TraceID> = []
        for part in parts(for: Self.partialReportQuery) {
            for trace in try part.search().traces where wanted.contains(trace.id) { found.insert(trace.id) }
        }
        return found
    }
}
