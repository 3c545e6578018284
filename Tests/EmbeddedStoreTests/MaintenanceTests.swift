import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct MaintenanceTests {
    private let base: UInt64 = 1_700_000_000_000_000_000

    private func configuration(_ path: String) -> EmbeddedStoreConfiguration {
        var configuration = EmbeddedStoreConfiguration(directory: path)
        configuration.blockSpansMax = 100
        // What is in the log stays there, however long the test takes.
        configuration.headAgeMaxNanoseconds = .max
        configuration.upkeepMilliseconds = 3_600_000
        return configuration
    }

    /// A store with three segments and fifty spans in the log.
    private func fill(_ path: String) async throws -> (EmbeddedStore, BruteForce) {
        let store = try EmbeddedStore.open(configuration(path))
        var generator = TraceGenerator(seed: 41)
        var model = BruteForce()
        for count in [100, 100, 100, 50] {
            let batch = generator.batch(spans: count, traces: 1...40, around: base)
            model.append(batch)
            try await store.append(batch)
            await store.settle()
        }
        return (store, model)
    }

    @Test func `a sound directory has no problems, and a flipped byte anywhere in a segment is one`() async throws {
        let folder = try TemporaryFolder()
        let (store, _) = try await fill(folder.path)
        await store.close()
        let check = try StoreCheck.run(folder.path)
        #expect(check.problems == [])
        #expect(check.segments == 3)
        #expect(check.segmentSpans == 300)
        #expect(check.logSpans == 50)
        let name = try #require(try folder.files("segments").first)
        let sound = try folder.read("segments/\(name)")
        for offset in stride(from: 0, to: sound.count, by: 31) {
            var bytes = sound
            bytes[offset] ^= 0x10
            try folder.write(bytes, to: "segments/\(name)")
            let problems = try StoreCheck.run(folder.path).problems
            #expect(problems.count == 1, "offset \(offset): \(problems)")
            #expect(problems.allSatisfy { $0.contains(name) })
        }
    }

    @Test func `what is missing, what is damaged in the log and what belongs to nothing is named`() async throws {
        let folder = try TemporaryFolder()
        let (store, _) = try await fill(folder.path)
        await store.close()
        try folder.write([1, 2, 3], to: "segments/0000000099.seg")
        let log = try #require(try folder.files("log").last)
        var bytes = try folder.read("log/\(log)")
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: "log/\(log)")
        try PosixFileSystem().remove("\(folder.path)/segments/0000000002.seg")
        let check = try StoreCheck.run(folder.path)
        #expect(check.problems.contains { $0.contains("0000000002.seg") && $0.contains("100 spans") })
        #expect(check.logSpans == 0)
        #expect((check.problems + check.notes).contains { $0.contains(log) })
        #expect(check.notes.contains { $0.contains("0000000099.seg belongs to nothing") })
    }

    @Test func `a directory that is in use, or none, is not checked`() async throws {
        let folder = try TemporaryFolder()
        let none = #expect(throws: SpanStoreError.self) { try StoreCheck.run(folder.path) }
        #expect(none?.description.contains("is no data directory of martlet") == true)
        let (store, _) = try await fill(folder.path)
        #expect(DataDirectory.isInUse(folder.path))
        let used = #expect(throws: SpanStoreError.self) { try StoreCheck.run(folder.path) }
        #expect(used?.description.contains("is in use") == true)
        await store.close()
        #expect(!DataDirectory.isInUse(folder.path))
    }

    @Test func `the parts of the files add up to the files`() async throws {
        let folder = try TemporaryFolder()
        let (store, _) = try await fill(folder.path)
        let parts = try StoreBreakdown(folder.path)
        await store.close()
        #expect(parts.spans == 300)
        #expect(parts.segments == 3)
        #expect(parts.sections.reduce(0) { $0 + $1.bytes } == parts.segmentBytes)
        let pages = parts.sections.first { $0.name == "page" }?.bytes ?? 0
        let columns = (parts.columns + parts.attributes).reduce(0) { $0 + $1.bytes }
        #expect(columns > pages / 2 && columns < pages)
        #expect(parts.services.map(\.name).sorted() == ["service-0", "service-1", "service-2", "service-3"])
        #expect(parts.services.reduce(0) { $0 + $1.count } == 300)
        #expect(parts.attributes.contains { $0.name == "http.status_code (int)" && $0.count > 0 })
        #expect(parts.logBytes > 0 && parts.catalogueBytes > 0)
        #expect(parts.problems == [])
    }

    @Test func `a backup of a store at work has all that was acknowledged before, and can be restored`() async throws {
        let folder = try TemporaryFolder()
        let (store, model) = try await fill("\(folder.path)/data")
        var generator = TraceGenerator(seed: 42)
        let backup = try await store.backup(to: "\(folder.path)/backup")
        #expect(backup.spans == 350)
        // The original goes on, and what becomes of it is nothing to the backup.
        try await store.append(generator.batch(spans: 100, traces: 50...60, around: base))
        _ = try await store.delete(.matches(.filter(.everything), start: 0...UInt64.max))
        await store.close()
        #expect(try StoreCheck.run("\(folder.path)/backup").problems == [])
        let restored = try EmbeddedStore.restore("\(folder.path)/backup", to: "\(folder.path)/restored")
        #expect(restored.spans == 350)
        let again = try EmbeddedStore.open(configuration("\(folder.path)/restored"))
        #expect(try await again.findTraces(.everything).traces.flatMap(\.descriptions).sorted() == model.descriptions)
        await again.close()
        let error = #expect(throws: SpanStoreError.self) {
            try EmbeddedStore.restore("\(folder.path)/backup", to: "\(folder.path)/restored")
        }
        #expect(error?.description.contains("is not empty") == true)
    }
}
