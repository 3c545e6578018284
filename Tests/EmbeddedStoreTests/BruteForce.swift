import SpanStorage
import TraceModel

/// The store that cannot be wrong: it looks at everything, each time.
struct BruteForce {
    private(set) var batches: [SpanBatch] = []

    mutating func append(_ batch: SpanBatch) { batches.append(batch) }

    /// The descriptions of a trace's spans, sorted.
    func trace(_ id: TraceID) -> [String] {
        var texts: [String] = []
        for batch in batches {
            for row in 0..<batch.count where batch.spans.traceID(row) == id { texts.append(batch.describe(row)) }
        }
        return texts.sorted()
    }

    /// The ids of the traces that match, newest first, without a limit.
    func find(_ query: TraceQuery) -> [TraceID] {
        var matching: Set<TraceID> = []
        var starts: [TraceID: UInt64] = [:]
        for batch in batches {
            let filter = PreparedFilter(query.filter, for: batch)
            for row in 0..<batch.count {
                let id = batch.spans.traceID(row)
                let start = batch.spans.starts[row]
                starts[id] = min(starts[id] ?? .max, start)
                if query.start.contains(start), filter.matches(row, in: batch) { matching.insert(id) }
            }
        }
        return matching.sorted { left, right in
            let one = starts[left] ?? 0
            let two = starts[right] ?? 0
            return one == two ? left < right : one > two
        }
    }

    /// All spans' descriptions, sorted.
    var descriptions: [String] { batches.flatMap(\.descriptions).sorted() }

    /// All traces.
    var traceIDs: Set<TraceID> {
        var ids: Set<TraceID> = []
        for batch in batches {
            for row in 0..<batch.count { ids.insert(batch.spans.traceID(row)) }
        }
        return ids
    }
}
