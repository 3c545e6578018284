import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct RetentionTests {
    private let base: UInt64 = 1_700_000_000_000_000_000
    private let everything = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: TraceQuery.limitMax)

    private func append(_ count: Int, seed: UInt64, to store: EmbeddedStore) async throws {
        var generator = TraceGenerator(seed: seed)
        for _ in 0..<count {
            try await store.append(generator.batch(spans: 100, traces: 1...999, around: base))
            // Each batch is a block, sealed at the time that the test's clock shows.
            await store.settle()
        }
    }

    @Test(arguments: [true, false])
    func `the oldest segments make room for new ones, on disk and in memory`(onDisk: Bool) async throws {
        let folder = try TemporaryFolder()
        var configuration = EmbeddedStoreConfiguration(directory: onDisk ? folder.path : nil)
        configuration.blockSpansMax = 100
        configuration.storeBytesMax = 250_000
        configuration.rollupBytesMax = 20_000
        let store = try EmbeddedStore.open(configuration)
        try await append(40, seed: 1, to: store)
        let statistics = store.statistics()
        await store.close()
        #expect(statistics.diskBytes + statistics.logBytes + statistics.catalogueBytes <= 250_000)
        #expect(statistics.segments >= 3)
        #expect(statistics.evicted.total > 0)
        #expect(statistics.spans + statistics.evicted.total == 4_000)
        let found = try await store.findTraces(everything)
        #expect(found.traces.reduce(0) { $0 + $1.count } == Int(statistics.spans))
        if onDisk { #expect(try folder.files("segments").count == Int(statistics.segments)) }
    }

    @Test func `spans go when they have been here for as long as they may, whatever their clocks said`() async throws {
        let folder = try TemporaryFolder()
        let time = TestClock(base)
        var configuration = EmbeddedStoreConfiguration(directory: folder.path)
        configuration.blockSpansMax = 100
        configuration.ageMaxNanoseconds = 3_600_000_000_000
        configuration.now = { time.now }
        var store = try EmbeddedStore.open(configuration)
        try await append(3, seed: 1, to: store)
        await store.close()
        #expect(store.statistics().spans == 300)
        time.now += 3_000_000_000_000
        store = try EmbeddedStore.open(configuration)
        try await append(2, seed: 2, to: store)
        await store.close()
        #expect(store.statistics().spans == 500)
        time.now += 1_000_000_000_000
        store = try EmbeddedStore.open(configuration)
        try await append(1, seed: 3, to: store)
        await store.close()
        #expect(store.statistics().spans == 300)
        #expect(store.statistics().evicted.age == 300)
    }
}
