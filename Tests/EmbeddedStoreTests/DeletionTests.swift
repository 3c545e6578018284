import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct DeletionTests {
    private let base: UInt64 = 1_700_000_000_000_000_000

    /// A store with some segments, and some spans that are in no segment yet.
    private func fill(_ folder: TemporaryFolder) async throws -> (EmbeddedStore, BruteForce) {
        var configuration = EmbeddedStoreConfiguration(directory: folder.path)
        configuration.blockSpansMax = 100
        // Nothing is merged meanwhile, however long the test takes.
        configuration.upkeepMilliseconds = 3_600_000
        let store = try EmbeddedStore.open(configuration)
        var generator = TraceGenerator(seed: 11)
        var model = BruteForce()
        for count in [100, 100, 100, 100, 100, 60] {
            let batch = generator.batch(spans: count, traces: 1...200, around: base)
            model.append(batch)
            try await store.append(batch)
            await store.settle()
        }
        return (store, model)
    }

    private func descriptions(_ store: EmbeddedStore) async throws -> [String] {
        try await store.findTraces(.everything).traces.flatMap(\.descriptions).sorted()
    }

    /// All bytes of all files of a folder's segments and log.
    private func contains(_ text: [UInt8], _ folder: TemporaryFolder) throws -> Bool {
        for part in ["segments", "log"] {
            for file in try folder.files(part) {
                let bytes = try folder.read("\(part)/\(file)")
                if bytes.indices.contains(where: { bytes[$0...].starts(with: text) }) { return true }
            }
        }
        return false
    }

    @Test func `a trace that was deleted is gone from the log, from the segments and after a restart`() async throws {
        let folder = try TemporaryFolder()
        let (store, model) = try await fill(folder)
        let id = try #require(model.traceIDs.min())
        let expected = model.descriptions.filter { !$0.hasPrefix("\(id)/") }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: id.low)
        #expect(try contains(bytes, folder))
        let before = store.statistics().spans
        let deleted = try await store.delete(.traces([id]))
        #expect(deleted.traces == 1)
        #expect(deleted.spans == model.trace(id).count)
        #expect(try await store.trace(id) == nil)
        #expect(try await descriptions(store) == expected)
        #expect(store.statistics().evicted.deleted == UInt64(deleted.spans))
        #expect(store.statistics().spans + UInt64(deleted.spans) == before)
        #expect(try !contains(bytes, folder))
        #expect(try await store.delete(.traces([id])) == DeletedTraces())
        await store.close()
        let again = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: folder.path))
        #expect(try await descriptions(again) == expected)
        await again.close()
    }

    @Test func `all that a question matches is deleted, and nothing else`() async throws {
        let folder = try TemporaryFolder()
        let (store, model) = try await fill(folder)
        let filter = SpanFilter.all([.service("service-1"), .name("operation-3")])
        let window = base...base + 700_000_000
        let doomed = Set(model.find(TraceQuery(filter: filter, start: window, limit: 1)))
        #expect(!doomed.isEmpty && doomed.count < model.traceIDs.count)
        let deleted = try await store.delete(.matches(.filter(filter), start: window))
        #expect(deleted.traces == doomed.count)
        let prefixes = Set(doomed.map { "\($0)" })
        let expected = model.descriptions.filter { !prefixes.contains(String($0.prefix { $0 != "/" })) }
        #expect(try await descriptions(store) == expected)
        await store.close()
    }

    @Test func `a question about whole traces decides on whole traces`() async throws {
        let folder = try TemporaryFolder()
        let (store, model) = try await fill(folder)
        let expression = try SpansetExpression(traceQL: "{ } | count() > 3")
        let doomed = model.traceIDs.filter { model.trace($0).count > 3 }
        #expect(!doomed.isEmpty && doomed.count < model.traceIDs.count)
        let deleted = try await store.delete(.matches(expression, start: 0...UInt64.max))
        #expect(deleted.traces == doomed.count)
        #expect(try await store.findTraces(.everything).traces.allSatisfy { $0.count <= 3 })
        #expect(store.statistics().spans == UInt64(model.descriptions.count - deleted.spans))
        await store.close()
    }

    @Test func `what comes after a deletion stays, of the same trace too`() async throws {
        let folder = try TemporaryFolder()
        let (store, model) = try await fill(folder)
        _ = try await store.delete(.matches(.filter(.everything), start: 0...UInt64.max))
        #expect(store.statistics().spans == 0)
        #expect(try folder.files("segments").isEmpty)
        let batch = try #require(model.batches.first)
        try await store.append(batch)
        #expect(try await descriptions(store) == batch.descriptions)
        await store.close()
    }

    @Test func `a store that is closed deletes nothing and says so`() async throws {
        let folder = try TemporaryFolder()
        let (store, _) = try await fill(folder)
        await store.close()
        await #expect(throws: SpanStoreError.closed) { try await store.delete(.traces([TraceID(high: 0, low: 1)])) }
    }
}
