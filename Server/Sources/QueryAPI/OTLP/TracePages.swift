import NIOCore
import SpanStorage
import TraceAnalysis
import TraceModel

/// Something that is written piece by piece, as the client takes it.
protocol PieceWriter: Sendable {
    /// Whether all of it has been handed over.
    var isDone: Bool { get }
    /// The next piece, or nil after the last one.
    mutating func next() async throws -> ByteBuffer?
}

/// Traces one after the other; of a trace that is larger than a page, one page after the other; set right if asked for.
struct TracePages: Sendable {
    /// So many spans of a trace are in memory at a time.
    static let pageSpans = 20_000

    /// Whether a trace comes in several pages, so that none of them is all there is to know of it.
    let isDivided: Bool

    /// What of a trace could not be set right as asked, in words.
    var warning: String? { paged?.warning }

    private var batches: [SpanBatch]
    private var rest: Rest?
    private var adjuster: TraceAdjuster?
    private var paged: PagedAdjuster?

    /// Some spans, and what was set right in them.
    struct Page: Sendable {
        var spans: SpanBatch
        var notes: TraceAdjuster.Notes
    }

    /// What is left of a trace.
    private struct Rest: Sendable {
        var store: any SpanStore
        var id: TraceID
        var place: TracePage.Place
    }

    /// Whole traces.
    init(_ traces: [SpanBatch], adjuster: TraceAdjuster? = nil) {
        batches = traces.reversed()
        isDivided = false
        self.adjuster = adjuster
    }

    /// A trace by its id; nil if there is none.
    ///
    /// To set one right that comes in pages takes a look at all of them first.
    init?(
        _ id: TraceID,
        in store: any SpanStore,
        adjuster: TraceAdjuster? = nil
    ) async throws(SpanStoreError) {
        guard let page = try await store.tracePage(id, after: nil, limit: Self.pageSpans) else { return nil }
        batches = [page.spans]
        rest = page.next.map { Rest(store: store, id: id, place: $0) }
        isDivided = page.next != nil
        self.adjuster = adjuster
        guard isDivided, let adjuster else { return }
        var paged = PagedAdjuster(adjuster)
        var pages = self
        pages.adjuster = nil
        while let page = try await pages.next() { paged.look(at: page) }
        paged.settle()
        self.paged = paged
    }

    /// The whole trace, as it came, if it fits into a page.
    var whole: SpanBatch? { rest == nil && batches.count == 1 ? batches[0] : nil }

    /// The spans that are at hand next, as they came.
    var first: SpanBatch? { batches.last }

    /// The next page or trace, or nil after the last one.
    mutating func next() async throws(SpanStoreError) -> SpanBatch? { try await nextPage()?.spans }

    /// The next page or trace with what was set right in it, or nil after the last one.
    mutating func nextPage() async throws(SpanStoreError) -> Page? {
        guard var spans = try await stored() else { return nil }
        let notes: TraceAdjuster.Notes
        if isDivided { notes = paged?.adjust(&spans) ?? .init() } else { notes = adjuster?.adjust(&spans) ?? .init() }
        return Page(spans: spans, notes: notes)
    }

    private mutating func stored() async throws(SpanStoreError) -> SpanBatch? {
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
