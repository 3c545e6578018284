import Synchronization

@testable import EmbeddedStore

/// A disk in memory that obeys as little as a real one may: it fails, tears writes, and forgets in a power cut what was
/// not synced, names included.
final class SimulatedDisk: FileSystem {
    fileprivate struct File {
        var bytes: [UInt8] = []
        // How many of the bytes a power cut leaves.
        var synced = 0
    }

    private struct State {
        var random: SplitMix
        var files: [Int: File] = [:]
        var names: [String: Int] = [:]
        // What a power cut leaves of the names.
        var durableNames: [String: Int] = [:]
        var nextFile = 0
        /// One in so many operations fails; 0 for none.
        var failureRate: UInt64 = 0
        /// After so many operations the process is dead: nothing works any more.
        var operationsLeft: Int?
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(random: SplitMix(state: seed))) }

    /// From now on one in `rate` operations fails, and after `operations` the process is dead.
    func trouble(rate: UInt64, deadAfter operations: Int?) {
        state.withLock { state in
            state.failureRate = rate
            state.operationsLeft = operations
        }
    }

    /// Whether the process has died.
    var isDead: Bool { state.withLock { $0.operationsLeft == 0 } }

    /// What the next process finds: everything that was written, or after a power cut what was synced and some of the
    /// rest.
    func restart(powerCut: Bool) {
        state.withLock { state in
            state.failureRate = 0
            state.operationsLeft = nil
            guard powerCut else { return }
            state.names = state.durableNames
            for number in state.files.keys.sorted() {
                guard var file = state.files[number] else { continue }
                let kept = Int.random(in: file.synced...file.bytes.count, using: &state.random)
                file.bytes.removeLast(file.bytes.count - kept)
                // A page that was being written may hold anything.
                if kept > file.synced, Bool.random(using: &state.random) { file.bytes[kept - 1] ^= 0x55 }
                file.synced = file.bytes.count
                state.files[number] = file
            }
        }
    }

    func createDirectory(_ path: String) throws(FileError) {}

    func list(_ path: String) throws(FileError) -> [String] {
        let folder = path + "/"
        return state.withLock { state in
            state.names.keys.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }.sorted()
        }
    }

    func read(_ path: String) throws(FileError) -> FileBytes {
        let bytes = state.withLock { state in state.names[path].flatMap { state.files[$0]?.bytes } }
        guard let bytes else { throw Self.error("open", path, 2) }
        return FileBytes(bytes)
    }

    func create(_ path: String) throws(FileError) -> any AppendFile {
        try attempt("create", path)
        let number = state.withLock { state in
            state.nextFile += 1
            state.files[state.nextFile] = File()
            state.names[path] = state.nextFile
            return state.nextFile
        }
        return SimulatedFile(self, number, path)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try attempt("rename", path)
        state.withLock { $0.names[newPath] = $0.names.removeValue(forKey: path) }
    }

    func remove(_ path: String) throws(FileError) {
        try attempt("delete", path)
        state.withLock { _ = $0.names.removeValue(forKey: path) }
    }

    func syncDirectory(_ path: String) throws(FileError) {
        try attempt("sync", path)
        let folder = path + "/"
        state.withLock { state in
            state.durableNames = state.durableNames.filter { !$0.key.hasPrefix(folder) }
            for (name, file) in state.names where name.hasPrefix(folder) { state.durableNames[name] = file }
        }
    }

    fileprivate func file<Result: Sendable>(_ number: Int, _ body: (inout File, inout SplitMix) -> Result) -> Result {
        state.withLock { body(&$0.files[number, default: File()], &$0.random) }
    }

    /// Throws if the operation is one that fails, or the process is dead.
    fileprivate func attempt(_ action: String, _ path: String) throws(FileError) {
        let code: Int32 = state.withLock { state in
            if state.operationsLeft == 0 { return 5 }
            if let left = state.operationsLeft { state.operationsLeft = left - 1 }
            guard state.failureRate > 0, state.random.next() % state.failureRate == 0 else { return 0 }
            return Bool.random(using: &state.random) ? 28 : 5
        }
        if code != 0 { throw Self.error(action, path, code) }
    }

    private static func error(_ action: String, _ path: String, _ code: Int32) -> FileError {
        FileError(action: action, path: path, code: code, reason: "simulated error \(code)")
    }
}

private final class SimulatedFile: AppendFile {
    private let disk: SimulatedDisk
    private let number: Int
    private let path: String

    init(_ disk: SimulatedDisk, _ number: Int, _ path: String) {
        self.disk = disk
        self.number = number
        self.path = path
    }

    var size: Int { disk.file(number) { file, _ in file.bytes.count } }

    func append(_ bytes: [UInt8]) throws(FileError) {
        do {
            try disk.attempt("write to", path)
            disk.file(number) { file, _ in file.bytes.append(contentsOf: bytes) }
        } catch {
            // A write that fails may have written part.
            disk.file(number) { file, random in
                file.bytes.append(contentsOf: bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            }
            throw error
        }
    }

    func truncate(to size: Int) throws(FileError) {
        try disk.attempt("cut", path)
        disk.file(number) { file, _ in
            file.bytes.removeLast(file.bytes.count - size)
            file.synced = min(file.synced, size)
        }
    }

    func sync() throws(FileError) {
        try disk.attempt("sync", path)
        disk.file(number) { file, _ in file.synced = file.bytes.count }
    }

    func close() {}
}
