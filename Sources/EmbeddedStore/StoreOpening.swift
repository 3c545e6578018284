import SpanStorage
import TraceModel

/// What it takes to open a store: the folders, the lock, the catalogue, the segments it names, and the log.
struct StoreOpening {
    let files: any FileSystem
    let root: String
    let catalogue: Catalogue
    let cache = BlockMetaCache(bytesMax: 64 << 20)
    let view = StoreView()
    let rollupNumbers = RollupNumbers()
    /// What a person who watches the start should know.
    private(set) var notes: [String]
    /// Operations from the log, which the catalogue does not have yet.
    private(set) var newOperations: [(service: String, operation: Operation)] = []
    private(set) var lastLogNumber: UInt64 = 0
    /// The highest number that a segment ever had, or a file that is still to be swept away.
    private(set) var lastSegmentNumber: UInt64 = 0
    /// How much of the last log file holds; the rest must not count later either.
    private(set) var lastLogSize = UInt64.max

    init(files: any FileSystem, root: String, catalogue: Catalogue, notes: [String] = []) {
        self.notes = notes
        self.files = files
        self.root = root
        self.catalogue = catalogue
    }

    /// Makes the folders of a store.
    static func makeFolders(_ files: any FileSystem, root: String) throws(SpanStoreError) {
        do {
            for folder in [root, "\(root)/log", "\(root)/segments"] { try files.createDirectory(folder) }
            // A power cut must not leave a log that was synced in a folder that was not.
            try files.syncDirectory(folder(of: root))
            try files.syncDirectory(root)
        } catch {
            throw error.storeError()
        }
    }

    /// The folder that a path is in.
    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Opens the segments that the catalogue names and sweeps away what it does not name.
    mutating func openSegments() throws(SpanStoreError) {
        let rows = try catalogue.segments()
        var segments: [Segment] = []
        var damaged = 0
        for row in rows {
            let name = Segment.fileName(row.number)
            let path = "\(root)/segments/\(name)"
            do {
                let file = try files.read(path)
                let reader = try BlockReader(file, path: path, cache: cache)
                reader.letPagesGo()
                segments.append(
                    Segment(number: row.number, block: reader, byteCount: file.count, origin: row.origin)
                )
            } catch let error as SpanStoreError {
                if case .version = error { throw error }
                damaged += 1
                notes.append("set aside: \(error); \(row.spans) spans are missing until it is mended")
                setAside(name)
            } catch {
                damaged += 1
                notes.append("missing: \(error); \(row.spans) spans are not there")
            }
        }
        lastSegmentNumber = try catalogue.segmentMark()
        view.restore(segments: segments, damaged: damaged)
        view.restore(operations: try catalogue.operations())
        try openRollups()
        sweep(named: Set(rows.map { Segment.fileName($0.number) }))
    }

    private mutating func openRollups() throws(SpanStoreError) {
        var damaged = 0
        let rows = try catalogue.rollups()
        let calls = try catalogue.openCalls()
        view.restore(RollupState(rows: rows, calls: calls.map(\.change), damaged: &damaged))
        rollupNumbers.raise(to: max(rows.last?.number ?? 0, calls.last?.number ?? 0))
        if damaged > 0 {
            notes.append(
                "the catalogue's list of calls without a caller is damaged in \(damaged) places: edges between "
                    + "services may miss some calls"
            )
        }
    }

    /// Puts the log back into the head.
    mutating func replayLog() throws(SpanStoreError) {
        let mark = try catalogue.logMark()
        lastLogNumber = mark
        var spans = 0
        var fileCount = 0
        do {
            let names = try files.list("\(root)/log").filter { LogFile.number(ofName: $0) != nil }
            for (index, name) in names.enumerated() {
                guard let number = LogFile.number(ofName: name) else { continue }
                lastLogNumber = max(lastLogNumber, number)
                if number <= mark {
                    // Done with; if it cannot be deleted now, the next seal or start will.
                    catalogue.whenCopied { [files, root] in try? files.remove("\(root)/log/\(name)") }
                    continue
                }
                let next = index + 1 < names.count ? names[index + 1] : nil
                spans += try replay(name, upTo: try limit(ofLog: number, next: next), isLast: next == nil)
                fileCount += 1
            }
        } catch {
            throw error.storeError()
        }
        if spans > 0 { notes.append("read \(spans) spans back from \(fileCount) log files") }
    }

    /// How many bytes of a log file count: the next file tells.
    private func limit(ofLog number: UInt64, next: String?) throws(FileError) -> UInt64 {
        guard let next, LogFile.number(ofName: next) == number + 1 else { return .max }
        let file = try files.read("\(root)/log/\(next)")
        return LogFile.previousSize(file.bytes)
    }

    private mutating func replay(_ name: String, upTo limit: UInt64, isLast: Bool) throws(FileError) -> Int {
        let file = try files.read("\(root)/log/\(name)")
        var spans = 0
        var operations: [(service: String, operation: Operation)] = []
        let view = self.view
        let reading = LogReading(file.bytes, upTo: limit) { batch in
            spans += batch.count
            operations += view.replay(batch)
        }
        newOperations += operations
        lastLogSize = UInt64(reading.end)
        describe(reading, of: "\(root)/log/\(name)", size: file.count, limit: limit, isLast: isLast)
        return spans
    }

    /// Notes what of a log file does not count.
    private mutating func describe(_ log: LogReading, of path: String, size: Int, limit: UInt64, isLast: Bool) {
        for range in log.damaged {
            notes.append("\(path): \(range.count) bytes from byte \(range.lowerBound) on are damaged and were left out")
        }
        if log.ignoresLimit { notes.append("\(path): the file after it does not tell where it ends") }
        let whole = log.ignoresLimit ? size : min(size, Int(clamping: limit))
        if log.end < whole, whole > LogFile.headerSize || !isLast {
            let what = isLast ? "an unfinished write" : "damaged data"
            notes.append("\(path): the last \(whole - log.end) bytes are \(what) and were left out")
        }
    }

    private func setAside(_ name: String) {
        // If it cannot be moved it stays where it is: the catalogue still names it, so it is not swept away.
        try? files.createDirectory("\(root)/damaged")
        try? files.rename("\(root)/segments/\(name)", to: "\(root)/damaged/\(name)")
    }

    private mutating func sweep(named: Set<String>) {
        // A file that no row names is of a seal that a crash cut off; its spans are in the log.
        guard let names = try? files.list("\(root)/segments") else { return }
        lastSegmentNumber = names.reduce(lastSegmentNumber) { max($0, Segment.number(ofName: $1) ?? 0) }
        for name in names where !named.contains(name) {
            catalogue.whenCopied { [files, root] in try? files.remove("\(root)/segments/\(name)") }
        }
    }
}
