import SpanStorage
import TraceModel

/// Whether the files of a data directory hold what was written to them: every checksum of every section, every page
/// decoded, every frame of the log, and the catalogue against the files.
public struct StoreCheck: Sendable {
    /// Segments that the catalogue names.
    public private(set) var segments = 0
    /// Spans in those that can be read.
    public private(set) var segmentSpans = 0
    /// Bytes of these files.
    public private(set) var segmentBytes = 0
    /// Files of the log.
    public private(set) var logFiles = 0
    /// Spans in it that are in no segment.
    public private(set) var logSpans = 0
    /// What is damaged or missing, in words that begin with a path.
    public private(set) var problems: [String] = []
    /// What is unusual and does no harm.
    public private(set) var notes: [String] = []

    private let directory: String
    private let files = PosixFileSystem()
    private let cache = BlockMetaCache(bytesMax: 0)

    /// Checks a directory that no server uses; nothing in it is changed, but that an older catalogue is migrated.
    public static func run(_ directory: String) throws(SpanStoreError) -> StoreCheck {
        try DataDirectory.require(directory)
        let lock = try FolderLock(directory)
        defer { withExtendedLifetime(lock) {} }
        let catalogue = try Catalogue(path: "\(directory)/catalogue.sqlite")
        defer { catalogue.close() }
        var check = StoreCheck(directory: directory)
        check.problems += try catalogue.integrityProblems()
        for row in try catalogue.segments() { check.checkSegment(row) }
        check.lookForStrangers(Set(try catalogue.segments().map { Segment.fileName($0.number) }))
        check.checkLog(mark: try catalogue.logMark())
        return check
    }

    private init(directory: String) {
        self.directory = directory
    }

    private mutating func checkSegment(_ row: Catalogue.SegmentRow) {
        segments += 1
        let path = "\(directory)/segments/\(Segment.fileName(row.number))"
        do {
            let file = try files.read(path)
            let block = try BlockReader(file, path: path, cache: cache)
            if file.count != row.bytes {
                problems.append("\(path): it has \(file.count) bytes, the catalogue says \(row.bytes)")
            }
            let damaged = block.damagedSections()
            if !damaged.isEmpty {
                problems.append("\(path): \(damaged.joined(separator: ", ")) (of \(row.spans) spans)")
                return
            }
            let segment = Segment(number: row.number, block: block, byteCount: file.count, origin: row.origin)
            let spans = try segment.spans { _ in true }.reduce(0) { $0 + $1.count }
            if spans != row.spans {
                problems.append("\(path): it has \(spans) spans, the catalogue says \(row.spans)")
            }
            segmentSpans += spans
            segmentBytes += file.count
        } catch {
            problems.append("\(error) (of \(row.spans) spans)")
        }
    }

    private mutating func lookForStrangers(_ named: Set<String>) {
        for name in (try? files.list("\(directory)/segments")) ?? [] where !named.contains(name) {
            notes.append("\(directory)/segments/\(name) belongs to nothing; the next start deletes it")
        }
        for name in (try? files.list("\(directory)/damaged")) ?? [] {
            notes.append("\(directory)/damaged/\(name) was set aside by an earlier start")
        }
    }

    private mutating func checkLog(mark: UInt64) {
        let names = ((try? files.list("\(directory)/log")) ?? []).filter { (LogFile.number(ofName: $0) ?? 0) > mark }
        for (index, name) in names.enumerated() {
            logFiles += 1
            let path = "\(directory)/log/\(name)"
            let next = index + 1 < names.count ? names[index + 1] : nil
            do {
                let file = try files.read(path)
                let limit = try limit(ofLog: name, next: next)
                var spans = 0
                let reading = LogReading(file.bytes, upTo: limit) { spans += $0.count }
                logSpans += spans
                for range in reading.damaged {
                    problems.append("\(path): bytes \(range.lowerBound) to \(range.upperBound) do not hold")
                }
                let left = Int(clamping: min(UInt64(file.count), limit)) - reading.end
                if left <= 0 { continue }
                // At the end of the log that is what a crash leaves, and nobody was told that it is there.
                if next == nil {
                    notes.append("\(path): the last \(left) bytes are an unfinished write")
                } else {
                    problems.append("\(path): the last \(left) bytes do not hold")
                }
            } catch {
                problems.append("\(error)")
            }
        }
    }

    private func limit(ofLog name: String, next: String?) throws(FileError) -> UInt64 {
        guard let next, let number = LogFile.number(ofName: name), LogFile.number(ofName: next) == number + 1 else {
            return .max
        }
        let file = try files.read("\(directory)/log/\(next)")
        return LogFile.previousSize(file.bytes)
    }
}

/// A folder that somebody says is a data directory.
public enum DataDirectory {
    /// Throws `.io`, with words, if it is none.
    public static func require(_ directory: String) throws(SpanStoreError) {
        guard (try? PosixFileSystem().size("\(directory)/catalogue.sqlite")) != nil else {
            throw .io("\(directory) is no data directory of martlet: there is no catalogue.sqlite in it")
        }
    }

    /// Whether a process has it open.
    public static func isInUse(_ directory: String) -> Bool {
        (try? PosixFileSystem().size("\(directory)/LOCK")) != nil && (try? FolderLock(directory)) == nil
    }
}
