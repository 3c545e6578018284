import CSQLite
import SpanStorage

// Safety: the connection and its statements are used by one thread at a time (the catalogue's lock sees to it);
// SQLite copies what is bound, and what a column lends is copied before the next step.

/// What SQLite refused.
struct SQLiteError: Error, CustomStringConvertible {
    /// The code of a disk without space.
    static let full = SQLITE_FULL

    var code: Int32
    var message: String
    var path: String

    var description: String { "\(path): \(message)" }

    /// As the store says it to others: a disk that does not let read is no damage.
    func storeError(_ action: String, to aim: String = "") -> SpanStoreError {
        let text = "cannot \(action) the catalogue\(aim) \(self)"
        switch code & 0xFF {
        case SQLITE_FULL: return .diskFull(path: path)
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_NOMEM, SQLITE_PERM, SQLITE_READONLY, SQLITE_BUSY, SQLITE_LOCKED:
            return .io(text)
        default: return .damaged(text)
        }
    }
}

/// A connection to one database.
final class SQLiteConnection: @unchecked Sendable {
    private var handle: OpaquePointer?
    private let path: String

    /// Opens the database of a file, or makes it; the path `:memory:` keeps it in memory.
    ///
    /// `vfs` names one of SQLite's file systems; nil is the operating system's.
    init(path: String, vfs: String? = nil) throws(SQLiteError) {
        self.path = path
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, vfs)
        guard code == SQLITE_OK else {
            let error = lastError(code)
            sqlite3_close_v2(handle)
            handle = nil
            throw error
        }
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit { close() }

    /// Ends the use of the database.
    func close() {
        sqlite3_close_v2(handle)
        handle = nil
    }

    /// Runs statements without parameters or results.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw lastError(code) }
    }

    /// Runs one statement and returns its rows.
    @discardableResult
    func run(_ sql: String, _ parameters: [SQLiteValue] = []) throws(SQLiteError) -> [[SQLiteValue]] {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard code == SQLITE_OK else { throw lastError(code) }
        defer { sqlite3_finalize(statement) }
        for (index, parameter) in parameters.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch parameter {
                case .integer(let number): sqlite3_bind_int64(statement, place, number)
                case .text(let text): sqlite3_bind_text(statement, place, text, -1, martlet_sqlite_transient())
                case .blob(let bytes):
                    bytes.withUnsafeBytes { buffer in
                        // Without an address SQLite would bind null.
                        buffer.baseAddress == nil
                            ? sqlite3_bind_zeroblob(statement, place, 0)
                            : sqlite3_bind_blob(
                                statement,
                                place,
                                buffer.baseAddress,
                                Int32(clamping: buffer.count),
                                martlet_sqlite_transient()
                            )
                    }
                case .null: sqlite3_bind_null(statement, place)
                }
            guard code == SQLITE_OK else { throw lastError(code) }
        }
        var rows: [[SQLiteValue]] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw lastError(code) }
            rows.append((0..<sqlite3_column_count(statement)).map { Self.value(statement, $0) })
        }
    }

    /// The number that a question has for an answer, or 0.
    func number(_ sql: String) throws(SQLiteError) -> Int64 { try run(sql).first?.first?.number ?? 0 }

    /// Runs `body` as one transaction: all of it is kept, or nothing if it throws.
    func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            // The rollback of a transaction that SQLite has rolled back already fails, and that is fine.
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// Makes what was found in the database's own log as durable as what will be written.
    ///
    /// A process may have died between writing a transaction and syncing it. The next one reads it from the system's
    /// memory and takes it for done, but a power cut could still undo it.
    func syncLog() throws(SQLiteError) {
        do {
            // It syncs the log before anything else; that there is no room for the rest is no harm.
            try run("PRAGMA wal_checkpoint")
        } catch  where error.code == SQLiteError.full {}
    }

    private static func value(_ statement: OpaquePointer?, _ column: Int32) -> SQLiteValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(statement, column) else { return .null }
            return .text(String(cString: text))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(statement, column) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }

    private func lastError(_ code: Int32) -> SQLiteError {
        let message = handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        return SQLiteError(code: code, message: message ?? "SQLite error \(code)", path: path)
    }
}

/// A value that goes into a statement or comes out of one.
enum SQLiteValue: Equatable {
    case integer(Int64)
    case text(String)
    case blob([UInt8])
    case null

    /// The number, or 0.
    var number: Int64 {
        if case .integer(let number) = self { number } else { 0 }
    }

    /// The text, or none.
    var string: String {
        if case .text(let text) = self { text } else { "" }
    }

    /// The bytes, or none.
    var bytes: [UInt8] {
        if case .blob(let bytes) = self { bytes } else { [] }
    }

    /// A number without a sign, bit by bit.
    static func bits(_ bits: UInt64) -> SQLiteValue { .integer(Int64(bitPattern: bits)) }
}
