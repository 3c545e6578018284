import SpanStorage
import TraceModel

/// Something that holds spans and can be asked about them: a piece of the head, a sealed block.
///
/// A trace may have spans in several sources; a span is in exactly one.
protocol SpanSource: Sendable {
    /// How many spans it holds.
    var spanCount: Int { get }

    /// The earliest and the latest start of its spans: nanoseconds since 1970. Nil when it holds none.
    var startRange: ClosedRange<UInt64>? { get }

    /// The traces of which a span of this source satisfies the query, in any order and each once.
    func search(_ query: TraceQuery) throws(SpanStoreError) -> SourceMatches

    /// Lowers the values of `starts` to the earliest start that this source has of their keys' traces.
    func lowerStarts(_ starts: inout [TraceID: UInt64]) throws(SpanStoreError)

    /// Adds this source's spans of the collection's traces to it.
    func collect(into traces: inout TraceCollection) throws(SpanStoreError)
}

/// What a search found in one source.
struct SourceMatches {
    /// The traces, with the earliest start that this source knows of each.
    var traces: [(id: TraceID, start: UInt64)] = []
    /// How many spans were compared with the filter.
    var scannedSpans = 0
}

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
