import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// A small data directory with one byte of it changed, for every byte: the store starts, serves everything that does
/// not lie where the damage is, and names the damage.
@Suite struct FlippedByteTests {
    private static let parts = 8

    /// A store that has been used and closed, or died.
    private struct Directory {
        let disk: SimulatedDisk
        let number: Int
        /// What is on the disk, to be put back.
        var image: SimulatedDisk.Image
        /// The spans by the file that has them, described.
        var spans: [String: Set<String>] = [:]

        var all: Set<String> { spans.values.reduce(into: []) { $0.formUnion($1) } }
    }

    private static func open(_ directory: Directory, _ threads: SimulatedThreads) throws -> EmbeddedStore {
        var configuration = EmbeddedStoreConfiguration(directory: "data")
        configuration.blockSpansMax = 4
        try StoreOpening.makeFolders(directory.disk, root: "data")
        let path = "\(directory.number):data/catalogue.sqlite"
        let disk = directory.disk
        let recovery = CatalogueRecovery(files: disk, root: "data", path: path, vfs: SimulatedSQLite.name)
        let (catalogue, notes) = try recovery.open()
        return try EmbeddedStore.open(
            configuration,
            StoreOpening(files: disk, root: "data", catalogue: catalogue, notes: notes),
            hasLog: true,
            lock: nil,
            threads: threads.ofStore
        )
    }

    /// Two segments and a log of two frames; the catalogue in its file, or as it lies there after a crash in its log.
    private static func directory(isClosed: Bool) async throws -> Directory {
        let disk = SimulatedDisk(seed: 1)
        let number = try #require(SimulatedSQLite.add(disk))
        var directory = Directory(disk: disk, number: number, image: disk.copy())
        try disk.createDirectory("data")
        // Small pages, so that there are fewer bytes to flip.
        let connection = try SQLiteConnection(
            path: "\(directory.number):data/catalogue.sqlite",
            vfs: SimulatedSQLite.name
        )
        try connection.execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 512; PRAGMA journal_mode = WAL")
        connection.close()
        let threads = SimulatedThreads(seed: 1)
        let store = try open(directory, threads)
        var generator = TraceGenerator(seed: 9)
        for (spans, file) in [
            (4, "data/segments/0000000001.seg"), (4, "data/segments/0000000002.seg"), (2, "log"), (1, "log"),
        ] {
            let batch = generator.batch(spans: spans, traces: 1...4, around: 1_700_000_000_000_000_000)
            directory.spans[file == "log" ? "data/log/0000000003.log" : file, default: []].formUnion(batch.descriptions)
            store.append(batch) { _ in }
            threads.run()
        }
        if isClosed {
            SimulatedTask(threads) { await store.close() }.wait { threads.run() }
        }
        directory.image = disk.copy()
        disk.kill()
        return directory
    }

    private static let everything = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 100)

    /// The figures of all spans.
    private static let rates = RateQuery(
        window: 1_699_999_980_000_000_000..<1_700_000_100_000_000_000,
        step: 60_000_000_000,
        grouping: []
    )

    @Test(arguments: 0..<parts)
    func `a store with one flipped byte serves all the rest and names what is damaged`(part: Int) async throws {
        try await Self.checkEachByte(part, try await Self.directory(isClosed: true)) { _ in true }
    }

    @Test(arguments: 0..<parts)
    func `a flipped byte in the log of the catalogue costs nothing`(part: Int) async throws {
        try await Self.checkEachByte(part, try await Self.directory(isClosed: false)) { $0.hasSuffix("-wal") }
    }

    private static func checkEachByte(_ part: Int, _ directory: Directory, _ isAsked: (String) -> Bool) async throws {
        defer { SimulatedSQLite.remove(directory.number) }
        let disk = directory.disk
        let original = directory.image
        var flips = 0
        disk.restore(original)
        for path in disk.paths where isAsked(path) {
            let size = disk.content(path).count
            for offset in stride(from: part, to: size, by: Self.parts) {
                disk.restart(powerCut: false)
                disk.restore(original)
                disk.flip(path, at: offset, mask: UInt8(truncatingIfNeeded: offset &* 37 | 1))
                try await Self.check(directory, path, offset)
                flips += 1
                if flips % 16 == 0 { await Task.yield() }
            }
        }
        #expect(flips > 500)
    }

    private static func check(_ directory: Directory, _ path: String, _ offset: Int) async throws {
        let threads = SimulatedThreads(seed: 2)
        let store: EmbeddedStore
        do {
            store = try open(directory, threads)
        } catch {
            Issue.record("byte \(offset) of \(path): does not open: \(error)")
            return
        }
        let found = try await store.findTraces(everything)
        let there = Set(found.traces.flatMap(\.descriptions))
        let missing = directory.all.subtracting(there)
        #expect(there.isSubset(of: directory.all), "byte \(offset) of \(path)")
        #expect(missing.isSubset(of: directory.spans[path] ?? []), "byte \(offset) of \(path)")
        let figures = try await store.spanRates(rates).series.reduce(0) {
            $0 + $1.points.values.reduce(0) { $0 + $1.count }
        }
        let names = store.openingNotes + store.statistics().damage
        if figures != UInt64(directory.all.count) {
            let isNamed = !names.isEmpty || store.statistics().rollups.damagedRows > 0
            #expect(isNamed, "byte \(offset) of \(path): figures of \(figures) spans, and nothing says why")
        }
        if !missing.isEmpty { #expect(names.contains { $0.contains(path) }, "byte \(offset) of \(path): \(names)") }
    }
}
