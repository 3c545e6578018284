import Synchronization

/// Files in memory: what `--storage memory` keeps its segments in.
final class MemoryFileSystem: FileSystem {
    private enum Content {
        case growing([UInt8])
        // Once read, a file is not appended to any more: its bytes are shared with the readers.
        case frozen(FileBytes)
    }

    private let files = Mutex<[String: Content]>([:])

    func createDirectory(_ path: String) {}

    func list(_ path: String) -> [String] {
        let folder = path + "/"
        return files.withLock { files in
            files.keys.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }.sorted()
        }
    }

    func read(_ path: String) throws(FileError) -> FileBytes {
        let bytes: FileBytes? = files.withLock { files in
            switch files[path] {
            case nil: return nil
            case .frozen(let bytes): return bytes
            case .growing(let array):
                let bytes = FileBytes(array)
                files[path] = .frozen(bytes)
                return bytes
            }
        }
        guard let bytes else { throw Self.missing("open", path) }
        return bytes
    }

    func create(_ path: String) -> any AppendFile {
        files.withLock { $0[path] = .growing([]) }
        return MemoryAppendFile(path: path, system: self)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        let done = files.withLock { files in
            guard let content = files.removeValue(forKey: path) else { return false }
            files[newPath] = content
            return true
        }
        if !done { throw Self.missing("rename", path) }
    }

    func remove(_ path: String) throws(FileError) {
        guard files.withLock({ $0.removeValue(forKey: path) }) != nil else { throw Self.missing("delete", path) }
    }

    func syncDirectory(_ path: String) {}

    func size(_ path: String) throws(FileError) -> Int {
        guard files.withLock({ $0[path] != nil }) else { throw Self.missing("examine", path) }
        return bytes(of: path)
    }

    func space(_ path: String) -> DiskSpace? { nil }

    func reserve(_ path: String, size: Int) {}

    fileprivate func change(_ path: String, _ body: (inout [UInt8]) -> Void) {
        files.withLock { files in
            guard case .growing(var bytes) = files.removeValue(forKey: path) else { return }
            body(&bytes)
            files[path] = .growing(bytes)
        }
    }

    fileprivate func bytes(of path: String) -> Int {
        files.withLock { files in
            switch files[path] {
            case nil: 0
            case .growing(let bytes): bytes.count
            case .frozen(let bytes): bytes.count
            }
        }
    }

    private static func missing(_ action: String, _ path: String) -> FileError {
        FileError(action: action, path: path, code: 2, reason: "No such file")
    }
}

private final class MemoryAppendFile: AppendFile {
    private let path: String
    private let system: MemoryFileSystem

    init(path: String, system: MemoryFileSystem) {
        self.path = path
        self.system = system
    }

    var size: Int { system.bytes(of: path) }
    func append(_ bytes: [UInt8]) { system.change(path) { $0.append(contentsOf: bytes) } }
    func truncate(to size: Int) { system.change(path) { $0.removeLast($0.count - size) } }
    func sync() {}
    func close() {}
}
