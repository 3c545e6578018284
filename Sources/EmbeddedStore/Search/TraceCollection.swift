import TraceModel

/// Whole traces that are being put together from several sources.
struct TraceCollection {
    private(set) var slots: [TraceID: Int] = [:]
    private var parts: [SpanBatch] = []
    private var indexes: [ResourceIndex] = []

    init(_ ids: some Sequence<TraceID>) {
        for id in ids where slots[id] == nil {
            slots[id] = parts.count
            parts.append(SpanBatch())
            indexes.append(ResourceIndex())
        }
    }

    /// Adds some spans of `batch` to one trace.
    mutating func add(_ rows: some Sequence<Int>, of batch: borrowing SpanBatch, slot: Int) {
        var copy = BatchCopy(from: batch)
        for row in rows { copy.append(row, of: batch, to: &parts[slot], index: &indexes[slot]) }
    }

    /// The trace's spans in the order of their start, those that start together by span id; nil if it has none.
    func trace(_ id: TraceID) -> SpanBatch? {
        guard let slot = slots[id], !parts[slot].isEmpty else { return nil }
        let batch = parts[slot]
        let rows = (0..<batch.count).sorted { left, right in
            let one = batch.spans.starts[left]
            let two = batch.spans.starts[right]
            return one == two ? batch.spans.spanIDs[left] < batch.spans.spanIDs[right] : one < two
        }
        let isSorted = rows.enumerated().allSatisfy { $0.offset == $0.element }
        return isSorted ? batch : batch.selecting(rows)
    }
}
