import SpanStorage

/// Where figures stand in the catalogue.
struct RollupRow: Sendable, Equatable {
    /// No two rows have the same while the store is open.
    var number: UInt64
    /// Whether it was made of others, and holds all of one hour, day or so.
    var isMerged: Bool
    /// The minutes since 1970 that it has figures of.
    var minutes: ClosedRange<UInt32>
    /// When the newest of its figures was sealed: nanoseconds since 1970.
    var sealedAt: UInt64
    /// Bytes of the figures.
    var byteCount: Int
}

/// A row with its figures.
struct RollupRecord: Sendable {
    var row: RollupRow
    /// The figures by the minute (`RollupTable.encode`).
    var minutes: [UInt8]
    /// The same as one sum over all minutes, under the first; nil if there is none.
    var totals: [UInt8]?
}

/// What a seal writes besides its segment.
struct SealedRollups: Sendable {
    var record: RollupRecord?
    /// The number of the row of calls; those before it are not needed any more if it holds all calls.
    var callsNumber: UInt64
    var calls: [UInt8]
    var holdsAllCalls: Bool
    /// What the seal changes about the calls that wait.
    var change: PendingChange
    /// The sealed spans, to look callers up among.
    var indexes: [SpanIndex]
    /// Calls that were given up.
    var droppedCalls: Int
}

extension Catalogue {
    /// Where there are figures, in the order in which they came.
    func rollups() throws(SpanStoreError) -> [RollupRow] {
        let columns =
            "number, is_merged, minute_min, minute_max, sealed_at, length(minutes) + ifnull(length(totals), 0)"
        var found: [RollupRow] = []
        for row in try rows("SELECT \(columns) FROM rollup ORDER BY number") {
            guard let first = UInt32(exactly: row[2].number), let last = UInt32(exactly: row[3].number), first <= last
            else { throw .damaged("the catalogue's table of rollups is damaged: minutes \(row[2]) to \(row[3])") }
            found.append(
                RollupRow(
                    number: UInt64(bitPattern: row[0].number),
                    isMerged: row[1].number != 0,
                    minutes: first...last,
                    sealedAt: UInt64(bitPattern: row[4].number),
                    byteCount: Int(row[5].number)
                )
            )
        }
        return found
    }

    /// The figures of a row by the minute, or their totals; nil if the row is not there.
    func rollup(_ number: UInt64, totals: Bool) throws(SpanStoreError) -> [UInt8]? {
        let column = totals ? "ifnull(totals, minutes)" : "minutes"
        return try rows("SELECT \(column) FROM rollup WHERE number = ?", [.bits(number)]).first.map { $0[0].bytes }
    }

    /// What seals have changed about the calls that wait, in their order, with the numbers of the rows.
    func openCalls() throws(SpanStoreError) -> [(number: UInt64, change: [UInt8])] {
        try rows("SELECT number, change FROM open_calls ORDER BY number").map {
            (UInt64(bitPattern: $0[0].number), $0[1].bytes)
        }
    }

    /// Writes what a seal contributes; for its transaction.
    static func insert(_ sealed: SealedRollups, _ connection: SQLiteConnection) throws(SQLiteError) {
        if let record = sealed.record { try insert(record, connection) }
        if sealed.holdsAllCalls { try connection.run("DELETE FROM open_calls") }
        try connection.run(
            "INSERT INTO open_calls VALUES (?, ?)",
            [.bits(sealed.callsNumber), .blob(sealed.calls)]
        )
    }

    private static func insert(_ record: RollupRecord, _ connection: SQLiteConnection) throws(SQLiteError) {
        let row = record.row
        try connection.run(
            "INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .bits(row.number), .integer(row.isMerged ? 1 : 0), .integer(Int64(row.minutes.lowerBound)),
                .integer(Int64(row.minutes.upperBound)), .bits(row.sealedAt), record.totals.map { .blob($0) } ?? .null,
                .blob(record.minutes),
            ]
        )
    }

    /// Puts figures in the place of others, at once.
    func replaceRollups(_ old: [UInt64], by new: [RollupRecord]) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in
            for number in old { try connection.run("DELETE FROM rollup WHERE number = ?", [.bits(number)]) }
            for record in new { try Self.insert(record, connection) }
        }
    }
}
