import TraceModel

/// Whole traces that are being put together from several sources.
struct TraceCollection {
    private(set) var slots: [TraceID: Int] = [:]
    /// Whether its traces have more bytes than they may; then they are not whole, and nothing more is added.
    private(set) var isOverfull = false
    /// Bytes of all spans so far.
    private(set) var byteCount = 0
    private let bytesMax: Int
    private var parts: [SpanBatch] = []
    private var indexes: [ResourceIndex] = []

    init(_ ids: some Sequence<TraceID>, bytesMax: Int = .max) {
        self.bytesMax = bytesMax
        for id in ids where slots[id] == nil {
            slots[id] = parts.count
            parts.append(SpanBatch())
            indexes.append(ResourceIndex())
        }
    }

    /// Adds some spans of `batch` to one trace.
    mutating func add(_ rows: some Sequence<Int>, of batch: borrowing SpanBatch, slot: Int) {
        if isOverfull { return }
        var copy = BatchCopy(from: batch)
        byteCount -= parts[slot].byteCount
        for row in rows { copy.append(row, of: batch, to: &parts[slot], index: &indexes[slot]) }
        byteCount += parts[slot].byteCount
        isOverfull = byteCount > bytesMax
    }

    /// The trace's spans in the order of their start, those that start together by span id; nil if it has none.
    ///
    /// A span that was reported before it ended is one.
    func trace(_ id: TraceID) -> SpanBatch? {
        guard let slot = slots[id], !parts[slot].isEmpty else { return nil }
        let batch = parts[slot].withoutOutdatedReports()
        let rows = (0..<batch.count).sorted { left, right in
            let one = batch.spans.starts[left]
            let two = batch.spans.starts[right]
            return one == two ? batch.spans.spanIDs[left] < batch.spans.spanIDs[right] : one < two
        }
        let isSorted = rows.enumerated().allSatisfy { $0.offset == $0.element }
        return isSorted ? batch : batch.selecting(rows)
    }
}
