import SpanStorage
import Synchronization
import TraceModel

/// What there is: the segments, how far they reach into the log, and the services' operations.
///
/// In SQLite, because each seal must change all of it at once or nothing.
final class Catalogue: Sendable {
    /// One segment, as the catalogue knows it.
    struct SegmentRow: Sendable, Equatable {
        var number: UInt64
        var spans: Int
        var bytes: Int
        var startMin: UInt64
        var startMax: UInt64
        var origin: Segment.Origin
    }

    private let lock = Mutex(())
    private let connection: SQLiteConnection
    private let path: String
    /// What cannot be worked out anew, a second time; nil for nowhere.
    private let copies: CatalogueCopying?

    /// Opens the catalogue of a file, or makes it; `:memory:` keeps it in memory.
    ///
    /// `vfs` names one of SQLite's file systems; nil is the operating system's. Throws `.version` if a newer version
    /// or another program made it, `.damaged` if it does not hold together.
    init(path: String, vfs: String? = nil, copy place: CatalogueCopy.Place? = nil) throws(SpanStoreError) {
        self.path = path
        copies = place.map(CatalogueCopying.init)
        do {
            let connection = try SQLiteConnection(path: path, vfs: vfs)
            // The folder's lock keeps other processes out; without them the WAL needs no memory that is shared.
            try connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            try connection.execute("PRAGMA journal_mode = WAL")
            try connection.execute("PRAGMA synchronous = FULL")
            try CatalogueSchema.migrate(connection, path: path)
            try connection.syncLog()
            self.connection = connection
        } catch let error as SpanStoreError {
            throw error
        } catch let error as SQLiteError {
            throw error.storeError("open")
        } catch {
            throw .damaged("cannot open the catalogue \(path): \(error)")
        }
    }

    /// The number of the last log file whose spans are all in segments; 0 if there is none.
    func logMark() throws(SpanStoreError) -> UInt64 { try mark("log") }

    /// The highest number that a segment ever had; no number is used twice.
    func segmentMark() throws(SpanStoreError) -> UInt64 { try mark("segment") }

    /// A number that is kept under a name.
    func mark(_ name: String) throws(SpanStoreError) -> UInt64 {
        let found = try rows("SELECT value FROM mark WHERE name = ?", [.text(name)])
        return found.first.map { UInt64(bitPattern: $0[0].number) } ?? 0
    }

    /// All segments, oldest first.
    func segments() throws(SpanStoreError) -> [SegmentRow] {
        let columns = "number, spans, bytes, start_min, start_max, sealed_at, merges, is_kept"
        return try rows("SELECT \(columns) FROM segment ORDER BY number").map { row in
            SegmentRow(
                number: UInt64(bitPattern: row[0].number),
                spans: Int(row[1].number),
                bytes: Int(row[2].number),
                startMin: UInt64(bitPattern: row[3].number),
                startMax: UInt64(bitPattern: row[4].number),
                origin: Segment.Origin(
                    sealedAt: UInt64(bitPattern: row[5].number),
                    merges: Int(row[6].number),
                    isKept: row[7].number != 0
                )
            )
        }
    }

    /// All operations.
    func operations() throws(SpanStoreError) -> [(service: String, operation: Operation)] {
        try rows("SELECT service, name, kind FROM operation").map { row in
            let kind = SpanKind(rawValue: UInt8(clamping: row[2].number)) ?? .unspecified
            return (row[0].string, Operation(name: row[1].string, kind: kind))
        }
    }

    /// A seal: the segment is there, the log up to `logMark` is not needed any more, and these operations are known.
    func add(
        _ segment: SegmentRow?,
        logMark: UInt64,
        operations: [(service: String, operation: Operation)],
        rollups: SealedRollups
    ) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in
            if let segment { try Self.insert(segment, connection) }
            try Self.insert(rollups, connection)
            try connection.run("UPDATE mark SET value = ? WHERE name = 'log'", [.bits(logMark)])
            for entry in operations { try Self.insert(entry.service, entry.operation, connection) }
        }
    }

    static func insert(
        _ service: String,
        _ operation: Operation,
        _ connection: SQLiteConnection
    ) throws(SQLiteError) {
        try connection.run(
            "INSERT OR IGNORE INTO operation VALUES (?, ?, ?)",
            [.text(service), .text(operation.name), .integer(Int64(operation.kind.rawValue))]
        )
    }

    static func insert(_ segment: SegmentRow, _ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.run(
            "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .bits(segment.number), .integer(Int64(segment.spans)), .integer(Int64(segment.bytes)),
                .bits(segment.startMin), .bits(segment.startMax), .bits(segment.origin.sealedAt),
                .integer(Int64(segment.origin.merges)), .integer(segment.origin.isKept ? 1 : 0),
            ]
        )
        try connection.run(
            "UPDATE mark SET value = max(value, ?) WHERE name = 'segment'",
            [.bits(segment.number)]
        )
    }

    /// Puts segments in the place of others, and takes pins away, at once.
    func replace(
        _ old: [UInt64],
        by new: [SegmentRow],
        unpinning pins: some Sequence<TraceID> = []
    ) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in
            for number in old { try connection.run("DELETE FROM segment WHERE number = ?", [.bits(number)]) }
            for segment in new { try Self.insert(segment, connection) }
            for id in pins { try Self.unpin(id, connection) }
        }
    }

    /// The pinned traces, and when each was pinned.
    func pins() throws(SpanStoreError) -> [PinnedTrace] {
        try rows("SELECT trace_high, trace_low, pinned_at FROM pin ORDER BY pinned_at, trace_high, trace_low").map {
            PinnedTrace(
                id: TraceID(high: UInt64(bitPattern: $0[0].number), low: UInt64(bitPattern: $0[1].number)),
                pinnedAt: UInt64(bitPattern: $0[2].number)
            )
        }
    }

    /// Remembers that a trace is pinned.
    func pin(_ pin: PinnedTrace) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in try Self.insert(pin, connection) }
    }

    static func insert(_ pin: PinnedTrace, _ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.run(
            "INSERT OR IGNORE INTO pin VALUES (?, ?, ?)",
            [.bits(pin.id.high), .bits(pin.id.low), .bits(pin.pinnedAt)]
        )
    }

    /// Forgets that a trace is pinned.
    func unpin(_ id: TraceID) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in try Self.unpin(id, connection) }
    }

    private static func unpin(_ id: TraceID, _ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.run("DELETE FROM pin WHERE trace_high = ? AND trace_low = ?", [.bits(id.high), .bits(id.low)])
    }

    /// Writes a copy of the whole catalogue, as it is at one moment, into a new file.
    func copy(to path: String) throws(SpanStoreError) {
        do {
            try lock.withLock { _ throws(SQLiteError) in
                _ = try connection.run("VACUUM INTO ?", [.text(path)])
            }
        } catch {
            if error.code == SQLiteError.full { throw .diskFull(path: path) }
            throw .io("cannot copy the catalogue to \(path): \(error.message)")
        }
    }

    /// What SQLite finds wrong with the database's file.
    func integrityProblems() throws(SpanStoreError) -> [String] {
        try rows("PRAGMA integrity_check").map(\.[0].string).filter { $0 != "ok" }.map { "\(path): \($0)" }
    }

    /// Bytes of the database's file, without its own log.
    func byteCount() throws(SpanStoreError) -> Int {
        let sizes = try rows("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return Int(sizes.first?.first?.number ?? 0)
    }

    /// Ends the use of the catalogue.
    func close() {
        lock.withLock { _ in connection.close() }
    }

    func rows(_ sql: String, _ parameters: [SQLiteValue] = []) throws(SpanStoreError) -> [[SQLiteValue]] {
        do {
            return try lock.withLock { _ throws(SQLiteError) in try connection.run(sql, parameters) }
        } catch {
            throw error.storeError("read")
        }
    }

    /// Changes what there is in one transaction, and then its copy.
    ///
    /// After an error nothing has changed for this process; but whether the next one finds it done nobody knows, unless
    /// the error is `.diskFull`. A copy that cannot be written is no error: see `whenCopied`.
    func change(_ body: (SQLiteConnection) throws(SQLiteError) -> Void) throws(SpanStoreError) {
        do {
            guard let copies else { return try transaction(body) }
            // No other transaction comes between this one and its copy, which is read in several steps.
            try copies.change({ () throws(SQLiteError) in try transaction(body) }, content: { try? content() })
        } catch {
            if error.code == SQLiteError.full { throw .diskFull(path: path) }
            throw .io("cannot write to the catalogue \(error)")
        }
    }

    private func transaction(_ body: (SQLiteConnection) throws(SQLiteError) -> Void) throws(SQLiteError) {
        try lock.withLock { _ throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try body(connection)
                try connection.run("UPDATE mark SET value = value + 1 WHERE name = 'generation'")
            }
        }
    }
}

// The copy.
extension Catalogue {
    /// Why the copy is not what the catalogue is; nil if it is, or if there is to be none.
    var copyError: SpanStoreError? { copies?.error }

    /// Does something that only the copy may still stand in the way of: at once, or when the copy says what the
    /// catalogue says now. The process may end before that.
    ///
    /// As long as the copy is behind it must be as good as the catalogue: what it names stays.
    func whenCopied(_ body: @escaping @Sendable () -> Void) {
        guard let copies else { return body() }
        copies.whenWritten(body)
    }

    /// Writes the copy if it is behind; throws why it cannot be.
    func catchUp() throws(SpanStoreError) {
        if copyError != nil { writeCopy() }
        if let copyError { throw copyError }
    }

    /// Writes the copy, if there is to be one.
    func writeCopy() { copies?.write { try? content() } }
}
