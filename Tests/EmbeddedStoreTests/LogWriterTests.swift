import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct LogWriterTests {
    /// The next file's header says where the file before it ends. When its name could not be synced it is deleted
    /// again; but the power may go before that is durable.
    @Test(arguments: 0..<40)
    func `what is acknowledged after the next file was begun in vain survives a power cut`(seed: UInt64) throws {
        let disk = SimulatedDisk(seed: seed)
        try disk.createDirectory("log")
        try disk.syncDirectory(".")
        var log = try LogWriter(files: disk, folder: "log", number: 1)
        var generator = TraceGenerator(seed: seed)
        let batches = (0..<3).map { _ in generator.batch(spans: 3, traces: 1...9, around: 1_700_000_000_000_000_000) }
        try log.append([batches[0]], sync: true)
        // The file is made and gets its header, and then the folder is not synced.
        disk.begin(SimulatedDisk.Trouble(failure: (after: 2, code: 5)))
        #expect(throws: FileError.self) { try log.rotate() }
        for batch in batches.dropFirst() { try log.append([batch], sync: true) }
        disk.restart(powerCut: true)
        #expect(try spans(disk) == batches.flatMap(\.descriptions).sorted())
    }

    /// The spans that a start finds in the log.
    private func spans(_ disk: SimulatedDisk) throws -> [String] {
        let names = try disk.list("log")
        var found: [String] = []
        for (index, name) in names.enumerated() {
            let next = index + 1 < names.count ? disk.content("log/\(names[index + 1])") : []
            let limit = next.isEmpty ? UInt64.max : LogFile.previousSize(next.span.bytes)
            _ = LogReading(disk.content("log/\(name)").span.bytes, upTo: limit) { found += $0.descriptions }
        }
        return found.sorted()
    }
}
