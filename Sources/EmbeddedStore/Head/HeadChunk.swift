import SpanStorage
import Synchronization
import TraceModel

/// A piece of the head: spans in memory, not in a block yet. Immutable, but for what it works out once on demand.
final class HeadChunk: SpanSource {
    let batch: SpanBatch
    /// The earliest and the latest start of its spans; nil when it has none.
    let startRange: ClosedRange<UInt64>?
    // Made by the first question, so that ingest does not pay for it.
    private let index = Mutex<HeadTraces?>(nil)
    private let rollup = Mutex<RollupPart?>(nil)
    private let partialReportKey = Mutex<StringRef??>(nil)

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

    var holdsPartialReports: Bool { partialReportRef != nil }

    /// What tells spans that were reported before they ended; nil if there are none.
    var partialReportRef: StringRef? {
        partialReportKey.withLock { known in
            if let known { return known }
            let key = batch.partialReportRef
            known = .some(key)
            return key
        }
    }

    /// Which traces it has.
    var traces: HeadTraces {
        index.withLock { known in
            if let known { return known }
            let traces = HeadTraces(batch)
            known = traces
            return traces
        }
    }

    /// Its figures, and its calls.
    func rollupPart() -> RollupPart {
        rollup.withLock { known in
            if let known { return known }
            let part = RollupPart(SpanFacts(batch))
            known = part
            return part
        }
    }

    func parts(for query: TraceQuery) -> [any SearchPart] {
        guard let startRange, startRange.overlaps(query.start) else { return [] }
        let filter = PreparedFilter(query.filter, for: batch)
        if case .constant(false) = filter { return [] }
        return [Part(chunk: self, filter: filter, window: query.start)]
    }

    func lowerStarts(_ starts: inout [TraceID: UInt64]) {
        let traces = traces
        for (id, number) in found(starts.keys, traces) {
            let own = traces.measures[number].start
            if let start = starts[id], own < start { starts[id] = own }
        }
    }

    func measure(_ measures: inout TraceMeasures) {
        let traces = traces
        for (id, number) in found(measures.slots.keys, traces) {
            if let slot = measures.slots[id] { measures.add(traces.measures[number], slot: slot) }
        }
    }

    func collect(into collection: inout TraceCollection) {
        let traces = traces
        for (id, number) in found(collection.slots.keys, traces) {
            guard let slot = collection.slots[id] else { continue }
            collection.add(traces.rows(number).lazy.map { Int($0) }, of: batch, slot: slot)
        }
    }

    /// The numbers of those of some traces that it has spans of.
    private func found(_ ids: some Sequence<TraceID>, _ traces: HeadTraces) -> [(id: TraceID, number: Int)] {
        ids.compactMap { id in traces.number(of: id).map { (id: id, number: $0) } }
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
            let rows = filter.rows(in: chunk.batch)
            var found: Set<TraceID> = []
            var last: TraceID?
            for row in rows.indices where rows[row] && window.contains(spans.starts[row]) {
                let id = spans.traceID(row)
                if id == last { continue }
                found.insert(id)
                last = id
            }
            if found.isEmpty { return matches }
            let traces = chunk.traces
            for id in found {
                guard let number = traces.number(of: id) else { continue }
                matches.traces.append((id: id, start: traces.measures[number].start))
            }
            return matches
        }
    }
}
