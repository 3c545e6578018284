import SpanStorage
import Synchronization
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct PinTests {
    private let base: UInt64 = 1_700_000_000_000_000_000
    private let hour: UInt64 = 3_600_000_000_000

    private func open(_ folder: TemporaryFolder, _ time: TestClock) throws -> EmbeddedStore {
        var configuration = EmbeddedStoreConfiguration(directory: folder.path)
        configuration.blockSpansMax = 100
        configuration.ageMaxNanoseconds = hour
        configuration.now = { time.now }
        return try EmbeddedStore.open(configuration)
    }

    private func append(_ batches: [SpanBatch], to store: EmbeddedStore) async throws {
        for batch in batches {
            try await store.append(batch)
            await store.settle()
        }
    }

    @Test func `pinned traces outlive their segments, whole and once, through restarts`() async throws {
        let folder = try TemporaryFolder()
        let time = TestClock(base)
        var generator = TraceGenerator(seed: 3)
        var model = BruteForce()
        let batches = (0..<4).map { _ in generator.batch(spans: 100, traces: 1...150, around: base) }
        for batch in batches { model.append(batch) }
        var store = try open(folder, time)
        try await append(batches, to: store)
        let pinned = Set(model.traceIDs.sorted().prefix(5))
        for id in pinned { #expect(try await store.pin(id)) }
        let first = try #require(pinned.first)
        #expect(try await store.pin(first) == false)
        let expected = pinned.flatMap { model.trace($0) }.sorted()
        for _ in 0..<3 {
            time.now += 2 * hour
            await store.close()
            store = try open(folder, time)
            await store.settle()
            #expect(try await store.findTraces(.everything).traces.flatMap(\.descriptions).sorted() == expected)
            #expect(Set(await store.pinnedTraces().map(\.id)) == pinned)
        }
        #expect(store.statistics().pinnedTraces == 5)
        // Without its pin a trace goes the way of all others.
        #expect(try await store.unpin(first))
        #expect(try await store.unpin(first) == false)
        time.now += 1
        await store.close()
        store = try open(folder, time)
        await store.settle()
        #expect(try await store.trace(first) == nil)
        let left = pinned.subtracting([first]).flatMap { model.trace($0) }.sorted()
        #expect(try await store.findTraces(.everything).traces.flatMap(\.descriptions).sorted() == left)
        await store.close()
    }

    @Test func `spans of a pinned trace that come later are kept too`() async throws {
        let folder = try TemporaryFolder()
        let time = TestClock(base)
        var generator = TraceGenerator(seed: 4)
        let batches = (0..<3).map { _ in generator.batch(spans: 100, traces: 1...20, around: base) }
        var model = BruteForce()
        for batch in batches { model.append(batch) }
        let store = try open(folder, time)
        try await append([batches[0]], to: store)
        let id = batches[0].spans.traceID(0)
        _ = try await store.pin(id)
        time.now += 2 * hour
        try await append([batches[1]], to: store)
        time.now += 2 * hour
        try await append([batches[2]], to: store)
        time.now += 2 * hour
        try await append([generator.batch(spans: 100, traces: 100...200, around: base)], to: store)
        #expect(try await store.trace(id)?.descriptions == model.trace(id))
        #expect(store.statistics().evicted.age == UInt64(300 - model.trace(id).count))
        await store.close()
    }

    @Test func `deleting wins over pinning`() async throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(seed: 5)
        let batch = generator.batch(spans: 100, traces: 1...20, around: base)
        let store = try open(folder, TestClock(base))
        try await append([batch], to: store)
        let id = batch.spans.traceID(0)
        _ = try await store.pin(id)
        _ = try await store.delete(.traces([id]))
        #expect(await store.pinnedTraces() == [])
        #expect(try await store.trace(id) == nil)
        await store.close()
        let again = try open(folder, TestClock(base))
        #expect(await again.pinnedTraces() == [])
        await again.close()
    }

    @Test func `a trace that is not there cannot be pinned`() async throws {
        let folder = try TemporaryFolder()
        let store = try open(folder, TestClock(base))
        let error = await #expect(throws: SpanStoreError.self) { try await store.pin(TraceID(high: 0, low: 5)) }
        #expect(error?.description == "there is no trace \(TraceID(high: 0, low: 5)) to pin")
        await store.close()
    }
}
