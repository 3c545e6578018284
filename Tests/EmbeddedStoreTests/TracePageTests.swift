import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// Traces page by page, against the whole trace.
@Suite struct TracePageTests {
    private static let base: UInt64 = 1_700_000_000_000_000_000

    @Test(arguments: [150, 6_000, 100_000], [1, 7, 500, 50_000])
    func `the pages of a trace are the trace`(blockSpans: Int, limit: Int) async throws {
        var configuration = EmbeddedStoreConfiguration(directory: nil)
        configuration.blockSpansMax = blockSpans
        let store = try EmbeddedStore.open(configuration)
        var generator = TraceGenerator(seed: UInt64(limit))
        let spans = limit == 1 ? 60 : 700
        for index in 0..<6 {
            var batch = generator.batch(spans: spans, traces: 1...2, around: Self.base + UInt64(index) * 200_000_000)
            // Starts and ids that repeat, within a batch and over all of them.
            for row in 0..<batch.count {
                batch.spans.starts[row] -= batch.spans.starts[row] % 1_000_000
                if row % 3 == 0 { batch.spans.spanIDs[row] = UInt64(row % 11 + 1) }
                if row % 4 == 0 { batch.spans.starts[row] = Self.base + 300_000_000 }
            }
            try await store.append(batch)
        }
        await store.settle()
        let id = TraceID(low: 0x9E37_79B9_7F4A_7C15)
        let whole = try #require(try await store.trace(id))
        var found: [String] = []
        var keys: [TracePage.Place] = []
        var place: TracePage.Place?
        repeat {
            let page = try #require(try await store.tracePage(id, after: place, limit: limit))
            #expect(page.total == whole.count)
            #expect(page.spans.count == min(limit, whole.count - found.count))
            found += page.spans.descriptions
            for row in 0..<page.spans.count {
                keys.append(.init(start: page.spans.spans.starts[row], spanID: SpanID(page.spans.spans.spanIDs[row])))
            }
            place = page.next
        } while place != nil
        #expect(found.sorted() == whole.descriptions.sorted())
        #expect(keys == keys.sorted())
        // Some of them by their ids: the same as looking through all of them.
        for ids in [[], [1, 5], [whole.spans.spanIDs[0], 0xDEAD], whole.spans.spanIDs] as [[UInt64]] {
            let some = try #require(try await store.spans(Set(ids.map { SpanID($0) }), of: id))
            let rows = (0..<whole.count).filter { ids.contains(whole.spans.spanIDs[$0]) }
            #expect(some.descriptions.sorted() == whole.selecting(rows).descriptions.sorted())
            #expect(some.spans.starts == some.spans.starts.sorted())
        }
        #expect(try await store.spans([SpanID(1)], of: TraceID(low: 99)) == nil)
        #expect(try await store.tracePage(TraceID(low: 99), after: nil, limit: 5) == nil)
        await #expect(throws: SpanStoreError.query("a page has between 1 and 100000 spans, not 0")) {
            try await store.tracePage(id, after: nil, limit: 0)
        }
        await store.close()
    }
}
