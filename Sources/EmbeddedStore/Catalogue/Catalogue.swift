import SpanStorage
import Synchronization
import TraceModel

/// What there is: the segments, how far they reach into the log, and the services' operations. In SQLite, because
/// each seal must change all of it at once or nothing.
final class Catalogue: Sendable {
    /// The version of the schema, in `PRAGMA user_version`.
    static let version: Int64 = 1
    /// Marks the database as ours, in `PRAGMA application_id` ("MRTL").
    static let applicationID: Int64 = 0x4D52_544C

    /// One segment, as the catalogue knows it.
    struct SegmentRow: Sendable, Equatable {
        var number: UInt64
        var spans: Int
        var bytes: Int
        var startMin: UInt64
        var startMax: UInt64
        /// When it was sealed: nanoseconds since 1970.
        var sealedAt: UInt64
    }

    private let lock = Mutex(())
    private let connection: SQLiteConnection
    private let path: String

    /// Opens the catalogue of a file, or makes it; `:memory:` keeps it in memory.
    ///
    /// Throws `.version` if a newer version made it, `.damaged` if it is no such database.
    init(path: String) throws(SpanStoreError) {
        self.path = path
        do {
            let connection = try SQLiteConnection(path: path)
            try connection.execute("PRAGMA journal_mode = WAL")
            try connection.execute("PRAGMA synchronous = FULL")
            let version = try connection.run("PRAGMA user_version").first?.first?.number ?? 0
            let application = try connection.run("PRAGMA application_id").first?.first?.number ?? 0
            let tables = try connection.run("SELECT count(*) FROM sqlite_master").first?.first?.number ?? 0
            if version > Self.version {
                throw SpanStoreError.version(
                    "\(path) was written by a newer version of martlet (catalogue version \(version), this one reads "
                        + "up to \(Self.version)): use that version, or another --data-dir"
                )
            }
            if tables > 0, application != Self.applicationID {
                throw SpanStoreError.damaged("\(path) is not a catalogue of martlet: choose another --data-dir")
            }
            if version == 0 { try Self.create(connection) }
            self.connection = connection
        } catch let error as SpanStoreError {
            throw error
        } catch let error as SQLiteError {
            throw .damaged("cannot open the catalogue \(error)")
        } catch {
            throw .damaged("cannot open the catalogue \(path): \(error)")
        }
    }

    private static func create(_ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.transaction { () throws(SQLiteError) in
            try connection.execute(
                """
                CREATE TABLE segment (
                    number INTEGER PRIMARY KEY, spans INTEGER NOT NULL, bytes INTEGER NOT NULL,
                    start_min INTEGER NOT NULL, start_max INTEGER NOT NULL, sealed_at INTEGER NOT NULL
                );
                CREATE TABLE operation (
                    service TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
                    PRIMARY KEY (service, name, kind)
                ) WITHOUT ROWID;
                CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
                INSERT INTO mark VALUES ('log', 0), ('segment', 0);
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(version);
                """
            )
        }
    }

    /// The number of the last log file whose spans are all in segments; 0 if there is none.
    func logMark() throws(SpanStoreError) -> UInt64 {
        try rows("SELECT value FROM mark WHERE name = 'log'").first.map { UInt64(bitPattern: $0[0].number) } ?? 0
    }

    /// The highest number that a segment ever had; no number is used twice.
    func segmentMark() throws(SpanStoreError) -> UInt64 {
        try rows("SELECT value FROM mark WHERE name = 'segment'").first.map { UInt64(bitPattern: $0[0].number) } ?? 0
    }

    /// All segments, oldest first.
    func segments() throws(SpanStoreError) -> [SegmentRow] {
        try rows("SELECT number, spans, bytes, start_min, start_max, sealed_at FROM segment ORDER BY number").map {
            row in
            SegmentRow(
                number: UInt64(bitPattern: row[0].number),
                spans: Int(row[1].number),
                bytes: Int(row[2].number),
                startMin: UInt64(bitPattern: row[3].number),
                startMax: UInt64(bitPattern: row[4].number),
                sealedAt: UInt64(bitPattern: row[5].number)
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
        _ segment: SegmentRow,
        logMark: UInt64,
        operations: [(service: String, operation: Operation)]
    ) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in
            try connection.run(
                "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .bits(segment.number), .integer(Int64(segment.spans)), .integer(Int64(segment.bytes)),
                    .bits(segment.startMin), .bits(segment.startMax), .bits(segment.sealedAt),
                ]
            )
            try connection.run("UPDATE mark SET value = ? WHERE name = 'log'", [.bits(logMark)])
            try connection.run("UPDATE mark SET value = ? WHERE name = 'segment'", [.bits(segment.number)])
            for entry in operations {
                try connection.run(
                    "INSERT OR IGNORE INTO operation VALUES (?, ?, ?)",
                    [
                        .text(entry.service), .text(entry.operation.name),
                        .integer(Int64(entry.operation.kind.rawValue)),
                    ]
                )
            }
        }
    }

    /// Forgets segments.
    func remove(segments: [UInt64]) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in
            for number in segments { try connection.run("DELETE FROM segment WHERE number = ?", [.bits(number)]) }
        }
    }

    /// Ends the use of the catalogue.
    func close() {
        lock.withLock { _ in connection.close() }
    }

    private func rows(_ sql: String) throws(SpanStoreError) -> [[SQLiteValue]] {
        do {
            return try lock.withLock { _ throws(SQLiteError) in try connection.run(sql) }
        } catch {
            throw .damaged("cannot read the catalogue \(error)")
        }
    }

    private func change(_ body: (SQLiteConnection) throws(SQLiteError) -> Void) throws(SpanStoreError) {
        do {
            try lock.withLock { _ throws(SQLiteError) in
                try connection.transaction { () throws(SQLiteError) in try body(connection) }
            }
        } catch {
            if error.code == SQLiteError.full { throw .diskFull(path: path) }
            throw .io("cannot write to the catalogue \(error)")
        }
    }
}
