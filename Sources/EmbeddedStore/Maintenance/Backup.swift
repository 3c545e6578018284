import SpanStorage
import TraceModel

// Copies of a data directory. Segments never change, so that a backup on the same disk shares their bytes.
extension EmbeddedStore {
    /// What a backup holds.
    public struct Backup: Sendable {
        /// Segment files.
        public var segments = 0
        /// Spans in them.
        public var spans = 0
        /// Bytes of the files.
        public var bytes = 0
    }

    /// Makes a data directory at a path where there is nothing yet, with every span that was acknowledged before the
    /// call, while the store goes on.
    ///
    /// What is in the log is sealed first, so that the backup needs no log.
    public func backup(to path: String) async throws(SpanStoreError) -> Backup {
        try await afterSealing { upkeep, answer in upkeep.backUp(to: path, completion: answer) }
    }

    /// Copies a backup to a path where there is nothing yet, or an empty folder.
    public static func restore(_ backup: String, to path: String) throws(SpanStoreError) -> Backup {
        try DataDirectory.require(backup)
        if DataDirectory.isInUse(backup) { throw .io("\(backup) is in use by a running martlet: it is no backup") }
        let files = PosixFileSystem()
        var result = Backup()
        do throws(FileError) {
            try DirectoryCopy.makeEmpty(path, files)
            for folder in ["segments", "log"] {
                try files.createDirectory("\(path)/\(folder)")
                for name in (try? files.list("\(backup)/\(folder)")) ?? [] {
                    let file = "\(folder)/\(name)"
                    result.bytes += try DirectoryCopy.copy("\(backup)/\(file)", "\(path)/\(file)", files)
                }
                try files.syncDirectory("\(path)/\(folder)")
            }
            // Last, because a folder without it is no data directory.
            for name in try files.list(backup) where name.hasPrefix("catalogue.") {
                result.bytes += try DirectoryCopy.copy("\(backup)/\(name)", "\(path)/\(name)", files)
            }
            try files.syncDirectory(path)
        } catch {
            throw error.storeError()
        }
        let catalogue = try Catalogue(path: "\(path)/catalogue.sqlite")
        defer { catalogue.close() }
        for row in try catalogue.segments() {
            result.segments += 1
            result.spans += row.spans
        }
        return result
    }
}

extension Upkeep {
    /// Copies the catalogue and the segments; nothing takes a segment away meanwhile, for this thread would do it.
    func backUp(
        to path: String,
        completion: @escaping @Sendable (Result<EmbeddedStore.Backup, SpanStoreError>) -> Void
    ) {
        perform {
            do throws(SpanStoreError) {
                completion(.success(try self.backUp(to: path)))
            } catch {
                completion(.failure(error))
            }
        }
    }

    private func backUp(to path: String) throws(SpanStoreError) -> EmbeddedStore.Backup {
        let files = PosixFileSystem()
        guard let source = configuration.directory else {
            throw .query("the store is in memory: there are no files to back up")
        }
        var result = EmbeddedStore.Backup()
        do {
            try DirectoryCopy.makeEmpty(path, files)
            for folder in ["segments", "log"] { try files.createDirectory("\(path)/\(folder)") }
            // The copy of the catalogue first: all segments that it names are there then, and perhaps a newer one.
            try catalogue.copy(to: "\(path)/catalogue.sqlite")
            for row in try catalogue.segments() {
                let name = Segment.fileName(row.number)
                try DirectoryCopy.link("\(source)/segments/\(name)", "\(path)/segments/\(name)", files)
                result.segments += 1
                result.spans += row.spans
                result.bytes += row.bytes
            }
            for folder in ["\(path)/segments", path] { try files.syncDirectory(folder) }
        } catch {
            throw (error as? FileError)?.storeError() ?? error as? SpanStoreError ?? .io("\(error)")
        }
        return result
    }
}

/// The copying of files.
enum DirectoryCopy {
    private static let exists: Int32 = 17
    private static let chunk = 1 << 20

    /// Makes a folder, which must not be there or be empty.
    static func makeEmpty(_ path: String, _ files: PosixFileSystem) throws(FileError) {
        if let names = try? files.list(path), !names.isEmpty {
            throw FileError(action: "write to", path: path, code: exists, reason: "it is not empty; name a new folder")
        }
        try files.createDirectory(path)
    }

    /// Gives a file a second name, or on another disk copies it.
    static func link(_ path: String, _ newPath: String, _ files: PosixFileSystem) throws(FileError) {
        if !files.link(path, newPath) { _ = try copy(path, newPath, files) }
    }

    /// Copies a file and returns its bytes.
    static func copy(_ path: String, _ newPath: String, _ files: PosixFileSystem) throws(FileError) -> Int {
        let source = try files.read(path)
        let target = try files.create(newPath)
        defer { target.close() }
        var offset = 0
        while offset < source.count {
            var part: [UInt8] = []
            part.append(copying: source.bytes.extracting(offset..<min(offset + chunk, source.count)))
            try target.append(part)
            offset += part.count
        }
        try target.sync()
        return source.count
    }
}
