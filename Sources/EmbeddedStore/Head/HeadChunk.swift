import SpanStorage
import Synchronization
import TraceModel

/// A piece of the head: spans in memory, not in a block yet. Immutable, but for what it works out once on demand.
final class HeadChunk: SpanSource {
    let batch: SpanBatch
    /// The earliest and the latest start of its spans; nil when it has none.
    let startRange: ClosedRange<UInt64>?
    // The earliest start of each trace. Made by the first question, so that ingest does not pay for it.
    private let starts = Mutex<[TraceID: UInt64]?>(nil)

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

    var latestStart: UInt64 { startRange?.upperBound ?? 0 }

    func parts(for query: TraceQuery) -> [any SearchPart] {
        guard let startRange, startRange.overlaps(query.start) else { return [] }
        let filter = PreparedFilter(query.filter, for: batch)
        if case .constant(false) = filter { return [] }
        return [Part(chunk: self, filter: filter, window: query.start)]
    }

    func lowerStarts(_ starts: inout [TraceID: UInt64]) {
        let known = traceStarts()
        for (id, start) in starts {
            if let own = known[id], own < start { starts[id] = own }
        }
    }

    func collect(into traces: inout TraceCollection) {
        let known = traceStarts()
        guard traces.slots.keys.contains(where: { known[$0] != nil }) else { return }
        var rows: [Int: [Int]] = [:]
        for row in 0..<batch.count {
            if let slot = traces.slots[batch.spans.traceID(row)] { rows[slot, default: []].append(row) }
        }
        for (slot, rows) in rows { traces.add(rows, of: batch, slot: slot) }
    }

    private func traceStarts() -> [TraceID: UInt64] {
        starts.withLock { known in
            if let known { return known }
            var starts: [TraceID: UInt64] = [:]
            for row in 0..<batch.count {
                let start = batch.spans.starts[row]
                starts[batch.spans.traceID(row), default: start] = min(start, starts[batch.spans.traceID(row)] ?? start)
            }
            known = starts
            return starts
        }
    }

    private struct Part: SearchPart {
        let chunk: HeadChunk
        let filter: PreparedFilter
        let window: ClosedRange<UInt64>

        var latestStart: UInt64 { chunk.latestStart }

        func search() -> PartMatches {
            var matches = PartMatches()
            let spans = chunk.batch.spans
            matches.scannedSpans = spans.count
            var found: Set<TraceID> = []
            var last: TraceID?
            for row in 0..<spans.count where window.contains(spans.starts[row]) {
                let id = spans.traceID(row)
                if id != last, filter.matches(row, in: chunk.batch) {
                    found.insert(id)
                    last = id
                }
            }
            let starts = chunk.traceStarts()
            matches.traces = found.map { (id: $0, start: starts[$0] ?? 0) }
            return matches
        }
    }
}
