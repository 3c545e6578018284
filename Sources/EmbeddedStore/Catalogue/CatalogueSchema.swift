import SpanStorage

/// How the catalogue's tables came to be: one step for each version, from an empty database on.
///
/// A database of version n has had the first n steps. A step that was released is never changed: what is wrong with it
/// the next one mends.
enum CatalogueSchema {
    /// Marks the database as ours, in `PRAGMA application_id` ("MRTL").
    static let applicationID: Int64 = 0x4D52_544C

    /// The steps in their order; the number of them is the version.
    private static let steps: [String] = [
        // 1: segments, operations, and how far the segments reach.
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
        """,
        // 2: how often a segment's spans were merged, segments that are kept for their pinned traces, and the pins.
        """
        ALTER TABLE segment ADD COLUMN merges INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE segment ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE pin (
            trace_high INTEGER NOT NULL, trace_low INTEGER NOT NULL, pinned_at INTEGER NOT NULL,
            PRIMARY KEY (trace_high, trace_low)
        ) WITHOUT ROWID;
        """,
        // 3: figures of spans by the minute, and the calls whose caller has not come yet.
        """
        CREATE TABLE rollup (
            number INTEGER PRIMARY KEY, is_merged INTEGER NOT NULL, minute_min INTEGER NOT NULL,
            minute_max INTEGER NOT NULL, sealed_at INTEGER NOT NULL, totals BLOB, minutes BLOB NOT NULL
        );
        CREATE TABLE open_calls (number INTEGER PRIMARY KEY, change BLOB NOT NULL);
        """,
        // 4: how many transactions there have been, to tell the catalogue from an older copy of it.
        """
        INSERT INTO mark VALUES ('generation', 0);
        """,
    ]

    /// The version that this program makes and reads, in `PRAGMA user_version`.
    static var version: Int64 { Int64(steps.count) }

    /// Brings the database of a file to the present version, in one transaction.
    ///
    /// Throws `.version` if a newer martlet or another program made it.
    static func migrate(_ connection: SQLiteConnection, path: String) throws(SpanStoreError) {
        do {
            let found = try connection.number("PRAGMA user_version")
            if found > version {
                throw SpanStoreError.version(
                    "\(path) was written by a newer version of martlet (catalogue version \(found), this one reads "
                        + "up to \(version)): use that version, or another --data-dir"
                )
            }
            let tables = try connection.number("SELECT count(*) FROM sqlite_master")
            let application = try connection.number("PRAGMA application_id")
            guard found >= 0, tables == 0 || application == applicationID else {
                throw SpanStoreError.version("\(path) is not a catalogue of martlet: choose another --data-dir")
            }
            if found == version { return }
            try connection.transaction { () throws(SQLiteError) in
                for step in steps[Int(found)...] { try connection.execute(step) }
                try connection.execute("PRAGMA user_version = \(version)")
            }
        } catch let error as SpanStoreError {
            throw error
        } catch let error as SQLiteError {
            throw error.storeError("bring", to: " to version \(version):")
        } catch {
            throw .damaged("cannot bring the catalogue \(path) to version \(version): \(error)")
        }
    }
}
