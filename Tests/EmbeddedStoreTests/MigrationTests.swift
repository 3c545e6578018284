import Foundation
import SpanStorage
import Testing

@testable import EmbeddedStore

/// Data directories that earlier versions wrote, as they wrote them: each has to open and to answer for as long as we
/// say that it does.
@Suite struct MigrationTests {

    /// A copy of a golden data directory.
    private func golden(_ name: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let source = Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
        for part in try FileManager.default.contentsOfDirectory(atPath: source.path) {
            try FileManager.default.copyItem(
                atPath: source.appending(path: part).path,
                toPath: "\(folder.path)/\(part)"
            )
        }
        return folder
    }

    private func version(_ folder: TemporaryFolder) throws -> Int64 {
        let connection = try SQLiteConnection(path: "\(folder.path)/catalogue.sqlite")
        defer { connection.close() }
        return try connection.number("PRAGMA user_version")
    }

    private func open(_ folder: TemporaryFolder) throws -> EmbeddedStore {
        var configuration = EmbeddedStoreConfiguration(directory: folder.path)
        // What is in the log stays there, however long the test takes.
        configuration.headAgeMaxNanoseconds = .max
        return try EmbeddedStore.open(configuration)
    }

    /// The directories, by the version of their blocks, with the version of their catalogue.
    @Test(arguments: [("version-1", 1), ("version-2", 4)])
    func `a data directory of an older version is migrated and answers as it did`(
        name: String,
        catalogue: Int64
    ) async throws {
        let folder = try golden(name)
        #expect(try version(folder) == catalogue)
        let store = try open(folder)
        let expected = String(decoding: try folder.read("spans.txt"), as: UTF8.self).split(separator: "\n")
        let found = try await store.findTraces(.everything)
        #expect(found.traces.flatMap(\.descriptions).sorted() == expected.map(String.init))
        #expect(store.statistics().segments == 3)
        #expect(store.statistics().damagedSegments == 0)
        #expect(try await store.services() == ["service-0", "service-1", "service-2", "service-3"])
        await store.close()
        #expect(try version(folder) == CatalogueSchema.version)
        // And the migrated one opens like any other, and can be merged into blocks of today.
        let again = try open(folder)
        #expect(again.statistics().spans == UInt64(expected.count))
        try await again.compact()
        #expect(again.statistics().segments == 1)
        let merged = try await again.findTraces(.everything)
        #expect(merged.traces.flatMap(\.descriptions).sorted() == expected.map(String.init))
        await again.close()
    }

    @Test func `a migration that cannot end leaves the old version as it was`() throws {
        let folder = try golden("version-1")
        let connection = try SQLiteConnection(path: "\(folder.path)/catalogue.sqlite")
        try connection.execute("CREATE TABLE pin (in_the_way INTEGER)")
        connection.close()
        let error = #expect(throws: SpanStoreError.self) { try open(folder) }
        #expect(error?.description.contains("cannot bring the catalogue to version") == true)
        #expect(try version(folder) == 1)
        let after = try SQLiteConnection(path: "\(folder.path)/catalogue.sqlite")
        #expect(try after.number("SELECT count(*) FROM pragma_table_info('segment') WHERE name = 'merges'") == 0)
        try after.execute("DROP TABLE pin")
        after.close()
        #expect(try Catalogue(path: "\(folder.path)/catalogue.sqlite").segments().count == 3)
    }

    @Test func `a database of another program is not touched`() throws {
        let folder = try TemporaryFolder()
        let connection = try SQLiteConnection(path: "\(folder.path)/catalogue.sqlite")
        try connection.execute("CREATE TABLE precious (value INTEGER)")
        connection.close()
        let error = #expect(throws: SpanStoreError.self) { try open(folder) }
        #expect(error?.description.contains("is not a catalogue of martlet") == true)
        #expect(try version(folder) == 0)
    }
}
