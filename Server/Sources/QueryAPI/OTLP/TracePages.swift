import NIOCore
import SpanStorage
import TraceModel

/// Something that is written piece by piece, as the client takes it.
protocol PieceWriter: Sendable {
    /// Whether all of it has been handed over.
    var isDone: Bool { get }
    /// The next piece, or nil after the last one.
    mutating func next() async throws -> ByteBuffer?
}

/// Traces one after the other; of a trace that is larger than a page, one page after the other.
struct TracePages: Sendable {
    /// So many spans of a trace are in memory at a time.
    static let pageSpans = 20_000

    /// Whether a trace comes in several pages, so that none of them is all there is to know of it.
    let isDivided: Bool

    private var batches: [SpanBatch]
    private var rest: Rest?

    /// What is left of a trace.
    private struct Rest: Sendable {
        var store: any SpanStore
        var id: TraceID
        var place: TracePage.Place
    }

    /// Whole traces.
    init(_ traces: [SpanBatch]) {
        batches = traces.reversed()
        isDivided = false
    }

    /// A trace by its id; nil if there is none.
    init?(_ id: TraceID, in store: any SpanStore) async throws(SpanStoreError) {
        guard let page = try await store.tracePage(id, after: nil, limit: Self.pageSpans) else { return nil }
        batches = [page.spans]
        rest = page.next.map { Rest(store: store, id: id, place: $0) }
        isDivided = page.next != nil
    }

    /// The whole trace if it fits into a page.
    var whole: SpanBatch? { rest == nil && batches.count == 1 ? batches[0] : nil }

    /// The spans that are at hand next.
    var first: SpanBatch? { batches.last }

    /// The next page or trace, or nil after the last one.
    mutating func next() async throws(SpanStoreError) -> SpanBatch? {
        if let batch = batches.popLast() { return batch }
        guard let rest else { return nil }
        self.rest = nil
        // The trace may have been deleted meanwhile.
        guard let page = try await rest.store.tracePage(rest.id, after: rest.place, limit: Self.pageSpans) else {
            return nil
        }
        self.rest = page.next.map { Rest(store: rest.store, id: rest.id, place: $0) }
        return page.spans
    }
}
