import SpanStorage
import TraceModel

/// A piece of the head: spans in memory, not in a block yet. Immutable; readers share it with nobody's leave.
struct HeadChunk: SpanSource {
    let batch: SpanBatch
    let startRange: ClosedRange<UInt64>?

    init(_ batch: SpanBatch) {
        self.batch = batch
        if let first = batch.spans.starts.first {
            var low = first
            var high = first
            for start in batch.spans.starts {
                low = min(low, start)
                high = max(high, start)
            }
            startRange = low...high
        } else {
            startRange = nil
        }
    }

    var spanCount: Int { batch.count }

    func search(_ query: TraceQuery) -> SourceMatches {
        var matches = SourceMatches()
        let filter = PreparedFilter(query.filter, for: batch)
        if case .constant(false) = filter { return matches }
        matches.scannedSpans = batch.count
        var starts: [TraceID: UInt64] = [:]
        for row in 0..<batch.count where query.start.contains(batch.spans.starts[row]) {
            let id = batch.spans.traceID(row)
            if starts[id] == nil, filter.matches(row, in: batch) { starts[id] = .max }
        }
        lowerStarts(&starts)
        matches.traces = starts.map { (id: $0.key, start: $0.value) }
        return matches
    }

    func lowerStarts(_ starts: inout [TraceID: UInt64]) {
        if starts.isEmpty { return }
        for row in 0..<batch.count {
            let id = batch.spans.traceID(row)
            if let known = starts[id], batch.spans.starts[row] < known { starts[id] = batch.spans.starts[row] }
        }
    }

    func collect(into traces: inout TraceCollection) {
        var rows: [Int: [Int]] = [:]
        for row in 0..<batch.count {
            if let slot = traces.slots[batch.spans.traceID(row)] { rows[slot, default: []].append(row) }
        }
        for (slot, rows) in rows { traces.add(rows, of: batch, slot: slot) }
    }
}
