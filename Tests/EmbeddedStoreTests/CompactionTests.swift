import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct CompactionTests {
    private let base: UInt64 = 1_700_000_000_000_000_000

    private func open(_ folder: TemporaryFolder, blockSpans: Int) throws -> EmbeddedStore {
        var configuration = EmbeddedStoreConfiguration(directory: folder.path)
        configuration.blockSpansMax = blockSpans
        // Nothing is merged but what the test has merged, however long it takes.
        configuration.upkeepMilliseconds = 3_600_000
        return try EmbeddedStore.open(configuration)
    }

    private func expect(_ store: EmbeddedStore, holds model: BruteForce) async throws {
        let found = try await store.findTraces(.everything)
        #expect(found.traces.flatMap(\.descriptions).sorted() == model.descriptions)
        #expect(found.traces.map { $0.spans.traceID(0) } == model.find(.everything))
        #expect(store.statistics().spans == UInt64(model.descriptions.count))
    }

    /// In how many segments the store has each trace.
    private func homes(_ store: EmbeddedStore) throws -> [TraceID: Int] {
        var homes: [TraceID: Int] = [:]
        for segment in store.upkeep.view.segments {
            for id in try segment.traceIDs() { homes[id, default: 0] += 1 }
        }
        return homes
    }

    @Test func `small segments become one, with the spans of each trace side by side`() async throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(seed: 31)
        var model = BruteForce()
        var store = try open(folder, blockSpans: 10_000)
        for _ in 0..<9 {
            let batch = generator.batch(spans: 120, traces: 1...200, around: base)
            model.append(batch)
            try await store.append(batch)
            // A deletion of nothing seals what is there.
            _ = try await store.delete(.traces([]))
        }
        #expect(store.statistics().segments == 9)
        try await store.compact()
        #expect(store.statistics().segments == 1)
        #expect(store.statistics().mergedSegments >= 9)
        try await expect(store, holds: model)
        await store.close()
        #expect(try folder.files("segments").count == 1)
        store = try open(folder, blockSpans: 10_000)
        try await expect(store, holds: model)
        await store.close()
    }

    @Test func `full segments that share traces change places, and each trace has one home`() async throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(seed: 32)
        var model = BruteForce()
        let store = try open(folder, blockSpans: 500)
        for _ in 0..<4 {
            let batch = generator.batch(spans: 500, traces: 1...300, around: base)
            model.append(batch)
            try await store.append(batch)
            await store.settle()
        }
        #expect(try homes(store).values.contains { $0 > 1 })
        let before = store.upkeep.view.segments.map(\.number)
        try await store.compact()
        #expect(try homes(store).values.allSatisfy { $0 == 1 })
        #expect(store.upkeep.view.segments.allSatisfy { $0.spanCount <= 500 && $0.origin.merges == 1 })
        try await expect(store, holds: model)
        // Once is enough: nobody gains from the same merge again.
        let after = store.upkeep.view.segments.map(\.number)
        try await store.compact()
        #expect(store.upkeep.view.segments.map(\.number) == after)
        #expect(Set(before).isDisjoint(with: after))
        await store.close()
    }

    private func candidate(_ number: UInt64, spans: Int, sealedAt: UInt64? = nil) -> MergePolicy.Candidate {
        MergePolicy.Candidate(
            number: number,
            spans: spans,
            bytes: 50 * spans,
            sealedAt: sealedAt ?? number,
            merges: 0,
            isKept: false
        )
    }

    @Test func `segments are merged when there are enough of about one size`() {
        let policy = MergePolicy()
        let seven = (1...7).map { candidate($0, spans: 1_000) }
        #expect(policy.choose(seven, now: 100) == [])
        #expect(policy.choose(seven + [candidate(8, spans: 8)], now: 100) == [])
        #expect(policy.choose(seven + [candidate(8, spans: 900)], now: 100) == Array(1...8))
        #expect(policy.choose((1...9).map { candidate($0, spans: 60_000) }, now: 100) == [])
    }

    @Test func `no span is rewritten more often than there are sizes`() {
        let policy = MergePolicy()
        var segments: [MergePolicy.Candidate] = []
        var rewritten = 0
        for number in 1...4_000 as ClosedRange<UInt64> {
            segments.append(candidate(number, spans: 100))
            while true {
                let chosen = Set(policy.choose(segments, now: 10_000))
                if chosen.isEmpty { break }
                let spans = segments.filter { chosen.contains($0.number) }.reduce(0) { $0 + $1.spans }
                rewritten += spans
                segments.removeAll { chosen.contains($0.number) }
                segments.append(candidate(1_000_000 + number, spans: spans, sealedAt: number))
            }
        }
        #expect(rewritten <= 4 * 4_000 * 100)
        #expect(segments.count < 40)
        #expect(segments.reduce(0) { $0 + $1.spans } == 400_000)
    }

    @Test func `what is about to be put out is not merged, nor what would keep it from being put out`() {
        var policy = MergePolicy()
        policy.ageMax = 8_000
        let segments = (1...8).map { candidate($0, spans: 1_000) }
        #expect(policy.choose(segments, now: 6_000) == Array(1...8))
        #expect(policy.choose(segments, now: 7_500) == [])
        let spread = (1...8).map { candidate($0, spans: 1_000, sealedAt: $0 * 500) }
        #expect(policy.choose(spread, now: 4_000) == [])
        policy.leavingBytes = 1
        #expect(policy.choose(segments, now: 6_000) == [])
    }

    @Test func `full neighbours are merged once, when they share a quarter of their traces`() {
        var segments = (1...3).map { candidate($0, spans: 60_000) }
        #expect(MergePolicy().choose(segments, now: 10) == [])
        segments[1].sharedWithNext = 0.3
        #expect(MergePolicy().choose(segments, now: 10) == [2, 3])
        segments[2].merges = 1
        #expect(MergePolicy().choose(segments, now: 10) == [])
    }
}
