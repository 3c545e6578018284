import SpanStorage
import Synchronization
import TraceModel

/// Opens a catalogue that may be damaged: it is compared with its copy, and made again from that if it does not hold.
struct CatalogueRecovery {
    private let place: CatalogueCopy.Place
    /// How SQLite calls the file, and through which of its file systems.
    private let path: String
    private let vfs: String?

    /// The catalogue of a folder; tests may have SQLite's files elsewhere.
    init(files: any FileSystem, root: String, path: String? = nil, vfs: String? = nil) {
        place = CatalogueCopy.Place(files: files, root: root)
        self.path = path ?? "\(root)/catalogue.sqlite"
        self.vfs = vfs
    }

    /// Opens the catalogue, or makes it, and says what a person should know.
    func open() throws(SpanStoreError) -> (catalogue: Catalogue, notes: [String]) {
        let found: (copy: CatalogueCopy?, isDamaged: Bool)
        do {
            found = try place.read()
        } catch {
            throw error.storeError()
        }
        let reason: String
        var salvage = Salvage()
        do throws(SpanStoreError) {
            let catalogue = try Catalogue(path: path, vfs: vfs, copy: place)
            let verdict = try verdict(on: catalogue, found.copy)
            guard let damage = verdict.damage else {
                if !verdict.isCopied { catalogue.writeCopy() }
                // Without a copy nothing is taken in: damage to the catalogue would cost everything.
                if found.copy == nil, !found.isDamaged, let error = catalogue.copyError {
                    catalogue.close()
                    throw error
                }
                let note = "\(place.path): the copy of the catalogue was damaged and has been written anew"
                return (catalogue, found.isDamaged ? [note] : [])
            }
            salvage = Salvage(catalogue)
            catalogue.close()
            reason = damage
        } catch {
            switch error {
            case .damaged(let text): reason = text
            // A newer version says so in both places.
            case .version(let text):
                guard let copy = found.copy, copy.schema <= UInt64(CatalogueSchema.version) else { throw error }
                reason = text
            default: throw error
            }
        }
        let known = found.copy == nil ? try emptyCopy() : found.copy
        guard let copy = known, copy.schema <= UInt64(CatalogueSchema.version) else {
            throw .damaged("\(path): \(reason)")
        }
        return (try rebuild(from: copy, salvage), [note(reason, copy, salvage)])
    }

    /// What is wrong with a catalogue, and whether its copy is as new as it is.
    private func verdict(
        on catalogue: Catalogue,
        _ copy: CatalogueCopy?
    ) throws(SpanStoreError) -> (damage: String?, isCopied: Bool) {
        do throws(SpanStoreError) {
            var content = try catalogue.content()
            _ = try catalogue.rollups()
            _ = try catalogue.openCalls()
            // A crash may have come between a transaction and its copy, but not the other way about.
            guard let copy, content.generation <= copy.generation else { return (nil, false) }
            content.schema = copy.schema
            if content == copy { return (nil, copy.schema == UInt64(CatalogueSchema.version)) }
            if content.generation < copy.generation { return ("the last transactions are missing", false) }
            return ("it is not what was written", false)
        } catch {
            // A disk that does not let read is no reason to begin anew.
            guard case .damaged(let text) = error else { throw error }
            return (text, false)
        }
    }

    /// The copy of a catalogue of nothing, if there is nothing: then the first start has never come to its end.
    private func emptyCopy() throws(SpanStoreError) -> CatalogueCopy? {
        do {
            let logs = try place.files.list("\(place.root)/log")
            let segments = try place.files.list("\(place.root)/segments")
            return logs.isEmpty && segments.isEmpty ? CatalogueCopy() : nil
        } catch {
            throw error.storeError()
        }
    }

    private func note(_ reason: String, _ copy: CatalogueCopy, _ salvage: Salvage) -> String {
        "the catalogue \(place.root)/catalogue.sqlite is damaged (\(reason)): it was set aside in "
            + "\(place.root)/damaged and made again from its copy, with \(copy.segments.count) segments, "
            + "\(salvage.rollups.count) rollups and \(salvage.calls.count) lists of open calls"
    }

    private func rebuild(from copy: CatalogueCopy, _ salvage: Salvage) throws(SpanStoreError) -> Catalogue {
        do {
            try place.files.createDirectory("\(place.root)/damaged")
            let names = try place.files.list(place.root)
            // Its own log first: without the database it must not be found by the next one.
            for name in [
                "catalogue.sqlite-wal", "catalogue.sqlite-journal", "catalogue.sqlite-shm", "catalogue.sqlite",
            ]
            where names.contains(name) {
                try place.files.rename("\(place.root)/\(name)", to: "\(place.root)/damaged/\(name)")
                try place.files.syncDirectory(place.root)
            }
        } catch {
            throw error.storeError()
        }
        let catalogue = try Catalogue(path: path, vfs: vfs, copy: place)
        try catalogue.restore(copy, salvage)
        return catalogue
    }
}

/// What could still be read of the tables that a copy does not have.
struct Salvage: Sendable {
    private(set) var rollups: [[SQLiteValue]] = []
    private(set) var calls: [[SQLiteValue]] = []

    /// Nothing.
    init() {}

    init(_ catalogue: Catalogue) {
        // A row whose minutes make no sense is what made the table unreadable.
        rollups =
            (try? catalogue.rows(
                "SELECT * FROM rollup WHERE minute_min BETWEEN 0 AND minute_max AND minute_max < 4294967296"
            )) ?? []
        calls = (try? catalogue.rows("SELECT * FROM open_calls")) ?? []
    }
}

extension Catalogue {
    /// What a copy has.
    func content() throws(SpanStoreError) -> CatalogueCopy {
        var copy = CatalogueCopy()
        copy.generation = try mark("generation")
        copy.logMark = try logMark()
        copy.segmentMark = try segmentMark()
        copy.segments = try segments()
        copy.pins = try pins()
        copy.operations = try operations().map { CatalogueCopy.Entry(service: $0.service, operation: $0.operation) }
        return copy
    }

    /// Fills an empty catalogue with what a copy has, and what else could be saved, in one transaction.
    func restore(_ copy: CatalogueCopy, _ salvage: Salvage) throws(SpanStoreError) {
        try change { connection throws(SQLiteError) in
            for segment in copy.segments { try Self.insert(segment, connection) }
            for pin in copy.pins { try Self.insert(pin, connection) }
            for entry in copy.operations { try Self.insert(entry.service, entry.operation, connection) }
            for (name, value) in [
                ("log", copy.logMark), ("segment", copy.segmentMark), ("generation", copy.generation),
            ] {
                try connection.run("UPDATE mark SET value = ? WHERE name = ?", [.bits(value), .text(name)])
            }
            for row in salvage.rollups where row.count == 7 {
                try connection.run("INSERT OR IGNORE INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            }
            for row in salvage.calls where row.count == 2 {
                try connection.run("INSERT OR IGNORE INTO open_calls VALUES (?, ?)", row)
            }
        }
    }
}
