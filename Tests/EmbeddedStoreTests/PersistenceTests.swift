import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct PersistenceTests {
    private let base: UInt64 = 1_700_000_000_000_000_000

    private func configuration(_ folder: TemporaryFolder, blockSpans: Int) -> EmbeddedStoreConfiguration {
        var configuration = EmbeddedStoreConfiguration(directory: folder.path)
        configuration.blockSpansMax = blockSpans
        // Nothing is merged behind a test's back, however long it takes.
        configuration.upkeepMilliseconds = 3_600_000
        return configuration
    }

    private func expect(_ store: EmbeddedStore, holds model: BruteForce) async throws {
        let query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: TraceQuery.limitMax)
        let found = try await store.findTraces(query)
        #expect(found.traces.flatMap(\.descriptions).sorted() == model.descriptions)
        #expect(found.traces.map { $0.spans.traceID(0) } == model.find(query))
    }

    @Test(arguments: [40, 100_000])
    func `what was acknowledged is there after a restart and after a crash`(blockSpans: Int) async throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(seed: 1)
        var model = BruteForce()
        for round in 0..<4 {
            let store = try EmbeddedStore.open(configuration(folder, blockSpans: blockSpans))
            try await expect(store, holds: model)
            for _ in 0..<10 {
                let batch = generator.batch(spans: 13, traces: 1...50, around: base)
                model.append(batch)
                try await store.append(batch)
            }
            try await expect(store, holds: model)
            // Every other time the store is dropped as a crash would drop it, but for its threads: a process that dies
            // takes them along. Crashes at any moment are for the simulation.
            if round % 2 == 0 { await store.close() } else { await store.settle() }
        }
        let store = try EmbeddedStore.open(configuration(folder, blockSpans: blockSpans))
        try await expect(store, holds: model)
        #expect(try await store.services().count == 4)
        #expect(try await store.operations(of: "service-1", kind: nil).count > 20)
        if blockSpans == 40 { #expect(store.statistics().segments > 4) }
        await store.close()
    }

    @Test func `a log that was cut anywhere gives back each whole batch before the cut`() async throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(seed: 2)
        var ends: [Int] = []
        var batches: [SpanBatch] = []
        var log = try LogWriter(files: PosixFileSystem(), folder: folder.path, number: 1)
        for _ in 0..<5 {
            let batch = generator.batch(spans: 3, traces: 1...5, around: base)
            try log.append([batch], sync: false)
            batches.append(batch)
            ends.append(log.size)
        }
        log.close()
        let bytes = try folder.read(LogFile.name(1))
        #expect(bytes.count == ends.last)
        for cut in stride(from: 0, through: bytes.count, by: 7) {
            let part = Array(bytes[..<cut])
            var read: [SpanBatch] = []
            let good = LogReading(part.span.bytes) { read.append($0) }.end
            let whole = ends.filter { $0 <= cut }.count
            #expect(read.count == whole)
            #expect(good == (cut < LogFile.headerSize ? 0 : whole == 0 ? LogFile.headerSize : ends[whole - 1]))
            for (one, two) in zip(read, batches) { #expect(one.descriptions == two.descriptions) }
        }
    }

    @Test func `a flipped byte in the log takes one frame at the most`() throws {
        var generator = TraceGenerator(seed: 3)
        var bytes = LogFile.header(number: 1)
        var sent: [[String]] = []
        var ends: [Int] = []
        for _ in 0..<4 {
            let batch = generator.batch(spans: 2, traces: 1...5, around: base)
            sent.append(batch.descriptions)
            LogFile.appendFrame(batch, to: &bytes)
            ends.append(bytes.count)
        }
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= UInt8(truncatingIfNeeded: position | 1)
            var read: [[String]] = []
            let reading = LogReading(damaged.span.bytes) { read.append($0.descriptions) }
            let frame = ends.firstIndex { $0 > position } ?? 0
            let expected = position < LogFile.headerSize ? sent : sent.filter { $0 != sent[frame] }
            #expect(read == expected, "byte \(position)")
            // The number and the size of the file before are not this file's own content.
            let isNamed = !reading.damaged.isEmpty || reading.end < bytes.count
            #expect(isNamed || (LogFile.magic.count..<LogFile.headerSize).contains(position), "byte \(position)")
        }
    }

    @Test func `a log counts up to where the next one says, if that is the end of a frame`() throws {
        var generator = TraceGenerator(seed: 4)
        var bytes = LogFile.header(number: 1)
        var ends = [bytes.count]
        for _ in 0..<3 {
            LogFile.appendFrame(generator.batch(spans: 2, traces: 1...5, around: base), to: &bytes)
            ends.append(bytes.count)
        }
        for limit in 0...UInt64(bytes.count) + 1 {
            var read = 0
            let reading = LogReading(bytes.span.bytes, upTo: limit) { _ in read += 1 }
            let frames = ends.firstIndex(of: Int(limit)) ?? 3
            #expect(read == frames)
            #expect(reading.ignoresLimit == (!ends.contains(Int(limit)) && limit < UInt64(bytes.count)))
        }
    }

    @Test func `two stores cannot have one folder`() async throws {
        let folder = try TemporaryFolder()
        let first = try EmbeddedStore.open(configuration(folder, blockSpans: 100))
        #expect(throws: SpanStoreError.self) { try EmbeddedStore.open(configuration(folder, blockSpans: 100)) }
        await first.close()
        let second = try EmbeddedStore.open(configuration(folder, blockSpans: 100))
        await second.close()
    }

    @Test func `a catalogue of a newer version is refused with words`() async throws {
        let folder = try TemporaryFolder()
        let store = try EmbeddedStore.open(configuration(folder, blockSpans: 100))
        await store.close()
        let connection = try SQLiteConnection(path: "\(folder.path)/catalogue.sqlite")
        try connection.execute("PRAGMA user_version = 99")
        connection.close()
        // One number alone may be damage: a newer version says so in the copy as well.
        var copy = CatalogueCopy()
        copy.schema = 99
        try folder.write(copy.encode(), to: "catalogue.copy")
        let error = #expect(throws: SpanStoreError.self) {
            try EmbeddedStore.open(configuration(folder, blockSpans: 100))
        }
        #expect(error?.description.contains("newer version of martlet") == true)
    }

    @Test func `a damaged segment is set aside and the rest is served`() async throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(seed: 4)
        // One at a time: batches that come while a block is being sealed would go into the next one together.
        for _ in 0..<6 {
            let store = try EmbeddedStore.open(configuration(folder, blockSpans: 20))
            try await store.append(generator.batch(spans: 20, traces: 1...9, around: base))
            await store.close()
        }
        let segments = try folder.files("segments")
        #expect(segments.count == 6)
        var bytes = try folder.read("segments/\(segments[2])")
        bytes[bytes.count - 50] ^= 0xFF
        try folder.write(bytes, to: "segments/\(segments[2])")
        let store = try EmbeddedStore.open(configuration(folder, blockSpans: 20))
        #expect(store.statistics().segments == 5)
        #expect(store.statistics().damagedSegments == 1)
        #expect(store.openingNotes.contains { $0.contains(segments[2]) })
        #expect(try folder.files("damaged") == [segments[2]])
        let query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 100)
        #expect(try await store.findTraces(query).traces.reduce(0) { $0 + $1.count } == 100)
        await store.close()
    }

    @Test func `files that no row names are swept away and the log behind the mark is deleted`() async throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(seed: 5)
        for _ in 0..<3 {
            let store = try EmbeddedStore.open(configuration(folder, blockSpans: 20))
            try await store.append(generator.batch(spans: 20, traces: 1...9, around: base))
            await store.close()
        }
        try folder.write([1, 2, 3], to: "segments/0000000099.seg.tmp")
        try folder.write([1, 2, 3], to: "segments/0000000098.seg")
        let store = try EmbeddedStore.open(configuration(folder, blockSpans: 20))
        #expect(try folder.files("segments").count == 3)
        #expect(store.statistics().spans == 60)
        #expect(try folder.files("log").count <= 2)
        await store.close()
    }
}
