import Glibc
import Synchronization

// Safety: the only pointers are those of arrays, lent to `write` for the length of the call.

/// The files of the operating system.
struct PosixFileSystem: FileSystem {
    func createDirectory(_ path: String) throws(FileError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += part
            if !made.isEmpty, mkdir(made, 0o755) != 0, errno != EEXIST { throw .last("make the folder", path) }
            made += "/"
        }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        guard let folder = opendir(path) else { throw .last("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func read(_ path: String) throws(FileError) -> FileBytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { Glibc.close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .last("examine", path) }
        guard let bytes = FileBytes(mapping: descriptor, count: Int(information.st_size)) else {
            throw .last("map", path)
        }
        return bytes
    }

    func create(_ path: String) throws(FileError) -> any AppendFile {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last("create", path) }
        return PosixAppendFile(descriptor: descriptor, path: path)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        guard Glibc.rename(path, newPath) == 0 else { throw .last("rename", path) }
    }

    /// Gives a file a second name; false if the disk does not let it.
    func link(_ path: String, _ newPath: String) -> Bool { Glibc.link(path, newPath) == 0 }

    func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 else { throw .last("delete", path) }
    }

    func syncDirectory(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("sync", path) }
    }

    func size(_ path: String) throws(FileError) -> Int {
        var information = stat()
        guard stat(path, &information) == 0 else { throw .last("examine", path) }
        return Int(information.st_size)
    }

    func space(_ path: String) -> DiskSpace? {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return nil }
        let unit = UInt64(information.f_frsize)
        return DiskSpace(
            free: Int(clamping: UInt64(information.f_bavail) * unit),
            total: Int(clamping: UInt64(information.f_blocks) * unit)
        )
    }

    func reserve(_ path: String, size: Int) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last("create", path) }
        defer { Glibc.close(descriptor) }
        let code = posix_fallocate(descriptor, 0, off_t(size))
        if code != 0 {
            errno = code
            throw .last("reserve space in", path)
        }
    }
}

/// A file of the operating system that is appended to.
final class PosixAppendFile: AppendFile {
    private let descriptor: Int32
    private let path: String
    private let written = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close() }

    var size: Int { written.load(ordering: .relaxed) }

    func append(_ bytes: [UInt8]) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("write to", path)
            }
            offset += count
            written.add(count, ordering: .relaxed)
        }
    }

    func truncate(to size: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) == off_t(size) else {
            throw .last("cut", path)
        }
        written.store(size, ordering: .relaxed)
    }

    func sync() throws(FileError) {
        guard fdatasync(descriptor) == 0 else { throw .last("sync", path) }
    }

    func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { _ = Glibc.close(descriptor) }
    }
}

extension FileError {
    /// The error that the last system call left in `errno`.
    static func last(_ action: String, _ path: String) -> FileError {
        let code = errno
        return FileError(action: action, path: path, code: code, reason: String(cString: strerror(code)))
    }
}

/// The time of the system's clock: nanoseconds since 1970.
@Sendable func wallClock() -> UInt64 { nanoseconds(of: CLOCK_REALTIME) }

/// Processor time of the thread that asks, in nanoseconds.
func threadClock() -> UInt64 { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

private func nanoseconds(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
}

extension EmbeddedStore {
    /// Bytes of the disk that a folder is on, or would be on if it were made; nil if the system does not say.
    public static func diskSize(near folder: String) -> Int? {
        var path = folder
        while true {
            if let space = PosixFileSystem().space(path) { return space.total }
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { break }
            path = String(path[..<slash])
        }
        return PosixFileSystem().space(folder.hasPrefix("/") ? "/" : ".")?.total
    }
}
