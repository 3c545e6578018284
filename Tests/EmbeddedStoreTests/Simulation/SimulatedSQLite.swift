import CSQLite
import Synchronization

@testable import EmbeddedStore

// Safety: SQLite calls these functions with pointers to what it owns, for the length of the call and with their sizes.
// The memory of a file is SQLite's, of the size that `szOsFile` asks for; it holds one number behind SQLite's own part.
// The two tables of functions are made once and never freed.

/// SQLite's own view of simulated disks: its "virtual file system", in which the catalogue's files meet the same fate
/// as all others.
///
/// A path is the number of a disk and then the path on that disk. There is no shared memory, so that a database in WAL
/// mode has to be opened with exclusive locking.
enum SimulatedSQLite {
    /// What SQLite is to open a catalogue by.
    static let name = "martlet-simulation"

    /// SQLite's part of an open file, and ours.
    fileprivate struct File {
        var base: sqlite3_file
        var handle: Int
    }

    fileprivate struct OpenFile {
        var disk: SimulatedDisk
        var number: Int
        var path: String
        /// Whether the name is to be made durable with the first sync.
        var isNew: Bool
        var deletesOnClose: Bool
    }

    private struct Registry {
        var disks: [Int: SimulatedDisk] = [:]
        var files: [Int: OpenFile] = [:]
        var next = 1
    }

    private static let registry = Mutex(Registry())
    private static let isRegistered: Bool = register()

    /// Lets SQLite reach a disk; returns what its paths begin with.
    static func add(_ disk: SimulatedDisk) -> Int? {
        guard isRegistered else { return nil }
        return registry.withLock { registry in
            registry.next += 1
            registry.disks[registry.next] = disk
            return registry.next
        }
    }

    /// Forgets a disk and what is open on it.
    static func remove(_ number: Int) {
        registry.withLock { registry in
            guard let disk = registry.disks.removeValue(forKey: number) else { return }
            registry.files = registry.files.filter { $0.value.disk !== disk }
        }
    }

    fileprivate static func resolve(_ name: UnsafePointer<CChar>?) -> (disk: SimulatedDisk, path: String)? {
        guard let text = name.map({ String(cString: $0) }), let colon = text.firstIndex(of: ":"),
            let number = Int(text[..<colon]), let disk = registry.withLock({ $0.disks[number] })
        else { return nil }
        return (disk, String(text[text.index(after: colon)...]))
    }

    fileprivate static func keep(_ file: OpenFile) -> Int {
        registry.withLock { registry in
            registry.next += 1
            registry.files[registry.next] = file
            return registry.next
        }
    }

    fileprivate static func open(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
        handle(file).flatMap { handle in registry.withLock { $0.files[handle] } }
    }

    fileprivate static func forget(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
        handle(file).flatMap { handle in registry.withLock { $0.files.removeValue(forKey: handle) } }
    }

    fileprivate static func isNamed(_ file: UnsafeMutablePointer<sqlite3_file>?) {
        guard let handle = handle(file) else { return }
        registry.withLock { $0.files[handle]?.isNew = false }
    }

    private static func handle(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int? {
        file.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: File.self).pointee.handle }
    }

    /// Calls the disk and puts its refusal into SQLite's terms.
    fileprivate static func code(_ refusal: Int32, _ body: () throws(FileError) -> Void) -> Int32 {
        do {
            try body()
            return SQLITE_OK
        } catch {
            return error.code == 28 ? SQLITE_FULL : refusal
        }
    }

    private static func register() -> Bool {
        guard sqlite3_initialize() == SQLITE_OK else { return false }
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        let name = UnsafeMutablePointer<CChar>.allocate(capacity: Self.name.utf8.count + 1)
        for (index, character) in Self.name.utf8CString.enumerated() { name[index] = character }
        vfs.initialize(to: sqlite3_vfs())
        vfs.pointee.iVersion = 1
        vfs.pointee.szOsFile = Int32(MemoryLayout<File>.size)
        vfs.pointee.mxPathname = 512
        vfs.pointee.zName = UnsafePointer(name)
        vfs.pointee.xOpen = openFile
        vfs.pointee.xDelete = deleteFile
        vfs.pointee.xAccess = { _, name, _, result in
            guard let (disk, path) = SimulatedSQLite.resolve(name) else { return Refusal.access }
            result?.pointee = disk.file(path) == nil ? 0 : 1
            return SQLITE_OK
        }
        vfs.pointee.xFullPathname = { _, name, size, result in
            guard let name, let result else { return SQLITE_CANTOPEN }
            var index = 0
            while index < Int(size) {
                result[index] = name[index]
                if name[index] == 0 { return SQLITE_OK }
                index += 1
            }
            return SQLITE_CANTOPEN
        }
        // SQLite asks the first file system of the process for the salts of its logs, not this one.
        vfs.pointee.xRandomness = { _, size, result in
            for index in 0..<Int(size) { result?[index] = 0 }
            return size
        }
        vfs.pointee.xSleep = { _, microseconds in microseconds }
        vfs.pointee.xCurrentTime = { _, result in
            result?.pointee = 2_460_000.5
            return SQLITE_OK
        }
        vfs.pointee.xGetLastError = { _, _, _ in 0 }
        return sqlite3_vfs_register(vfs, 0) == SQLITE_OK
    }

    fileprivate nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        methods.pointee.iVersion = 1
        methods.pointee.xClose = closeFile
        methods.pointee.xRead = readFile
        methods.pointee.xWrite = writeFile
        methods.pointee.xTruncate = { file, size in
            guard let file = SimulatedSQLite.open(file) else { return Refusal.truncate }
            return SimulatedSQLite.code(Refusal.truncate) { () throws(FileError) in
                try file.disk.truncate(file.number, file.path, to: Int(size))
            }
        }
        methods.pointee.xSync = syncFile
        methods.pointee.xFileSize = { file, result in
            guard let file = SimulatedSQLite.open(file) else { return Refusal.size }
            result?.pointee = sqlite3_int64(file.disk.size(file.number))
            return SQLITE_OK
        }
        methods.pointee.xLock = { _, _ in SQLITE_OK }
        methods.pointee.xUnlock = { _, _ in SQLITE_OK }
        methods.pointee.xCheckReservedLock = { _, result in
            result?.pointee = 0
            return SQLITE_OK
        }
        methods.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        methods.pointee.xSectorSize = { _ in Int32(SimulatedContent.sector) }
        methods.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        return UnsafePointer(methods)
    }()
}

/// SQLite's extended codes, which Swift does not import.
private enum Refusal {
    static let read = SQLITE_IOERR | 1 << 8
    static let shortRead = SQLITE_IOERR | 2 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let sync = SQLITE_IOERR | 4 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let size = SQLITE_IOERR | 7 << 8
    static let delete = SQLITE_IOERR | 10 << 8
    static let access = SQLITE_IOERR | 13 << 8
    static let deleteMissing = SQLITE_IOERR | 23 << 8
}

private func openFile(
    _: UnsafeMutablePointer<sqlite3_vfs>?,
    _ name: UnsafePointer<CChar>?,
    _ file: UnsafeMutablePointer<sqlite3_file>?,
    _ flags: Int32,
    _ flagsOut: UnsafeMutablePointer<Int32>?
) -> Int32 {
    file?.pointee.pMethods = nil
    guard let file, let (disk, path) = SimulatedSQLite.resolve(name) else { return SQLITE_CANTOPEN }
    let known = disk.file(path)
    guard known != nil || flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
    let journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL
    return SimulatedSQLite.code(SQLITE_CANTOPEN) { () throws(FileError) in
        let number: Int
        if let known { number = known } else { number = try disk.create(path) }
        let open = SimulatedSQLite.OpenFile(
            disk: disk,
            number: number,
            path: path,
            isNew: flags & SQLITE_OPEN_CREATE != 0 && flags & journals != 0,
            deletesOnClose: flags & SQLITE_OPEN_DELETEONCLOSE != 0
        )
        let raw = UnsafeMutableRawPointer(file).assumingMemoryBound(to: SimulatedSQLite.File.self)
        raw.pointee.handle = SimulatedSQLite.keep(open)
        raw.pointee.base.pMethods = SimulatedSQLite.methods
        flagsOut?.pointee = flags
    }
}

private func deleteFile(
    _: UnsafeMutablePointer<sqlite3_vfs>?,
    _ name: UnsafePointer<CChar>?,
    _ syncsFolder: Int32
) -> Int32 {
    guard let (disk, path) = SimulatedSQLite.resolve(name) else { return Refusal.delete }
    if disk.file(path) == nil { return Refusal.deleteMissing }
    return SimulatedSQLite.code(Refusal.delete) { () throws(FileError) in
        try disk.remove(path)
        if syncsFolder != 0 { try disk.syncDirectory(SimulatedNames.folder(of: path)) }
    }
}

private func closeFile(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
    if let file = SimulatedSQLite.forget(file), file.deletesOnClose { try? file.disk.remove(file.path) }
    return SQLITE_OK
}

private func readFile(
    _ file: UnsafeMutablePointer<sqlite3_file>?,
    _ buffer: UnsafeMutableRawPointer?,
    _ count: Int32,
    _ offset: sqlite3_int64
) -> Int32 {
    guard let file = SimulatedSQLite.open(file), let buffer else { return Refusal.read }
    let target = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
    var isShort = false
    let code = SimulatedSQLite.code(Refusal.read) { () throws(FileError) in
        let bytes = try file.disk.read(file.number, file.path, at: Int(offset), count: Int(count))
        target.copyBytes(from: bytes)
        isShort = bytes.count < Int(count)
        if isShort { target[bytes.count...].initializeMemory(as: UInt8.self, repeating: 0) }
    }
    return isShort ? Refusal.shortRead : code
}

private func writeFile(
    _ file: UnsafeMutablePointer<sqlite3_file>?,
    _ buffer: UnsafeRawPointer?,
    _ count: Int32,
    _ offset: sqlite3_int64
) -> Int32 {
    guard let file = SimulatedSQLite.open(file), let buffer else { return Refusal.write }
    let bytes = Array(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
    return SimulatedSQLite.code(Refusal.write) { () throws(FileError) in
        try file.disk.write(bytes, to: file.number, file.path, at: Int(offset))
    }
}

private func syncFile(_ sqlite: UnsafeMutablePointer<sqlite3_file>?, _: Int32) -> Int32 {
    guard let file = SimulatedSQLite.open(sqlite) else { return Refusal.sync }
    do {
        try file.disk.sync(file.number, file.path)
        if file.isNew {
            try file.disk.syncDirectory(SimulatedNames.folder(of: file.path))
            SimulatedSQLite.isNamed(sqlite)
        }
        return SQLITE_OK
    } catch {
        // As SQLite's own: whatever the reason is, it is not that what was written is not there.
        return Refusal.sync
    }
}
