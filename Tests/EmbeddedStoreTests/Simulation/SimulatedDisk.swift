import Synchronization

@testable import EmbeddedStore

/// A disk in memory that obeys as little as a real one may: any call can fail or be the last of the process, writes
/// tear, a sync that failed has given sectors up, and a power cut leaves any part of what was not synced, names
/// included.
///
/// SQLite's files are on it too: see `SimulatedSQLite`.
final class SimulatedDisk: FileSystem {
    /// What is to go wrong.
    struct Trouble: Sendable {
        /// One in so many calls that change something fails; 0 for none.
        var failureRate: UInt64 = 0
        /// One in so many calls that read fails; 0 for none.
        var readFailureRate: UInt64 = 0
        /// After so many calls the process is dead: nothing works any more.
        var callsLeft: Int?
        /// The call after so many others fails, with this code.
        var failure: (after: Int, code: Int32)?
        /// Nothing more can be written.
        var isFull = false
    }

    private struct State: Sendable {
        var random: SplitMix
        var contents: [SimulatedContent] = []
        var names = SimulatedNames()
        var trouble = Trouble()
        var calls = 0
        /// How many bytes there is room for; nil for any.
        var capacity: Int?
        /// Bytes that files take without having been written.
        var reserved: [Int: Int] = [:]
        /// Whether the disk has refused to take back or to sync something that was written to the log.
        var hasRemains = false

        var used: Int {
            names.files.values.reduce(0) { $0 + contents[$1].bytes.count + (reserved[$1] ?? 0) }
        }
    }

    private enum Code {
        static let missing: Int32 = 2
        static let io: Int32 = 5
        static let full: Int32 = 28
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(random: SplitMix(state: seed))) }

    /// From now on this goes wrong.
    func begin(_ trouble: Trouble) { state.withLock { $0.trouble = trouble } }

    /// Ends the process, at whatever it is.
    func kill() { state.withLock { $0.trouble.callsLeft = 0 } }

    /// Changes what goes wrong.
    func setFull(_ isFull: Bool) { state.withLock { $0.trouble.isFull = isFull } }

    /// How many bytes there is room for, from now on; nil for any.
    func resize(_ capacity: Int?) { state.withLock { $0.capacity = capacity } }

    /// Bytes that all files take.
    var used: Int { state.withLock { $0.used } }

    /// Whether the process has died.
    var isDead: Bool { state.withLock { $0.trouble.callsLeft == 0 } }

    /// How often the disk has been called since it was made.
    var calls: Int { state.withLock { $0.calls } }

    /// Whether, since the last restart, something that a caller was told had failed may be there nevertheless.
    var hasRemains: Bool { state.withLock { $0.hasRemains } }

    /// What the next process finds: everything that was written, or after a power cut what was synced and some of the
    /// rest.
    func restart(powerCut: Bool) {
        state.withLock { state in
            state.trouble = Trouble()
            state.hasRemains = false
            guard powerCut else { return }
            state.names.cutPower(&state.random)
            for file in state.contents.indices { state.contents[file].cutPower(&state.random) }
        }
    }

    // ------------------------------------------------------------------------------------------ for the test itself

    /// The paths of all files.
    var paths: [String] { state.withLock { $0.names.files.keys.sorted() } }

    /// The content of a file.
    func content(_ path: String) -> [UInt8] {
        state.withLock { state in state.names.files[path].map { state.contents[$0].bytes } ?? [] }
    }

    /// All that the disk has.
    struct Image: Sendable {
        fileprivate var contents: [SimulatedContent]
        fileprivate var names: SimulatedNames
    }

    /// Everything, to be put back.
    func copy() -> Image { state.withLock { Image(contents: $0.contents, names: $0.names) } }

    /// Makes the disk what it was.
    func restore(_ image: Image) {
        state.withLock { state in
            state.contents = image.contents
            state.names = image.names
        }
    }

    /// Damages one byte of a file.
    func flip(_ path: String, at offset: Int, mask: UInt8) {
        state.withLock { state in
            if let file = state.names.files[path] { state.contents[file].flip(offset, mask: mask) }
        }
    }

    // ------------------------------------------------------------------------------------------------- `FileSystem`

    func createDirectory(_ path: String) throws(FileError) {
        try change("make the folder", path) { $0.names.makeFolder(path) }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        try look("list", path) { state in state.names.hasFolder(path) ? state.names.list(path) : nil }
    }

    func read(_ path: String) throws(FileError) -> FileBytes {
        FileBytes(try look("open", path) { state in state.names.files[path].map { state.contents[$0].bytes } })
    }

    func create(_ path: String) throws(FileError) -> any AppendFile {
        SimulatedFile(self, try create(path), path)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try change("rename", path) { state in
            if let file = state.names.files[path] { state.names.rename(path, to: newPath, file: file) }
        }
    }

    func remove(_ path: String) throws(FileError) { try change("delete", path) { $0.names.remove(path) } }

    func syncDirectory(_ path: String) throws(FileError) { try change("sync", path) { $0.names.sync(path) } }

    func size(_ path: String) throws(FileError) -> Int {
        try look("examine", path) { state in state.names.files[path].map { state.contents[$0].bytes.count } }
    }

    func space(_ path: String) -> DiskSpace? {
        state.withLock { state in
            if state.trouble.isFull { return DiskSpace(free: 0, total: state.used) }
            return state.capacity.map { DiskSpace(free: max(0, $0 - state.used), total: $0) }
        }
    }

    func reserve(_ path: String, size: Int) throws(FileError) {
        try change("reserve space in", path, space: size) { state in
            state.contents.append(SimulatedContent())
            state.names.set(path, file: state.contents.count - 1)
            state.reserved[state.contents.count - 1] = size
        }
    }

    // ------------------------------------------------------------------------------------------- files by their number

    /// Makes an empty file.
    func create(_ path: String) throws(FileError) -> Int {
        guard state.withLock({ $0.names.hasFolder(SimulatedNames.folder(of: path)) }) else {
            throw Self.error("create", path, Code.missing)
        }
        return try change("create", path, space: 0) { state in
            state.contents.append(SimulatedContent())
            state.names.set(path, file: state.contents.count - 1)
            return state.contents.count - 1
        }
    }

    /// The number of the file of a path, if there is one.
    func file(_ path: String) -> Int? { state.withLock { $0.names.files[path] } }

    func size(_ file: Int) -> Int { state.withLock { $0.contents[file].bytes.count } }

    /// Up to so many bytes from a place.
    func read(_ file: Int, _ path: String, at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        try look("read", path) { Array($0.contents[file].bytes.dropFirst(offset).prefix(count)) }
    }

    /// Writes at a place, or at the end; a write that fails may have written part.
    func write(_ bytes: [UInt8], to file: Int, _ path: String, at offset: Int? = nil) throws(FileError) {
        do {
            try change("write to", path, space: bytes.count) { state in
                state.contents[file].write(bytes, at: offset ?? state.contents[file].bytes.count)
            }
        } catch {
            state.withLock { state in
                // For want of space never all of it.
                let most = error.code == Code.full ? bytes.count - 1 : bytes.count
                let part = bytes.prefix(Int.random(in: 0...max(0, most), using: &state.random))
                state.contents[file].write(part, at: offset ?? state.contents[file].bytes.count)
            }
            throw error
        }
    }

    func truncate(_ file: Int, _ path: String, to size: Int) throws(FileError) {
        do {
            try change("cut", path) { $0.contents[file].truncate(to: size) }
        } catch {
            state.withLock { $0.hasRemains = $0.hasRemains || path.hasSuffix(".log") }
            throw error
        }
    }

    func sync(_ file: Int, _ path: String) throws(FileError) {
        do {
            try change("sync", path) { $0.contents[file].sync() }
        } catch {
            state.withLock { state in
                state.hasRemains = state.hasRemains || path.hasSuffix(".log")
                state.contents[file].failSync(&state.random)
            }
            throw error
        }
    }

    // ------------------------------------------------------------------------------------------------------ faults

    private func change<Result: Sendable>(
        _ action: String,
        _ path: String,
        space: Int? = nil,
        _ body: (inout State) -> Result
    ) throws(FileError) -> Result {
        try attempt(action, path) { state in
            var code = Self.count(&state)
            if code == 0, let space, Self.lacks(space, state) { code = Code.full }
            if code == 0, state.trouble.failureRate > 0, state.random.next() % state.trouble.failureRate == 0 {
                code = Bool.random(using: &state.random) ? Code.full : Code.io
            }
            return code == 0 ? (0, body(&state)) : (code, nil)
        }
    }

    private func look<Result: Sendable>(
        _ action: String,
        _ path: String,
        _ body: (inout State) -> Result?
    ) throws(FileError) -> Result {
        try attempt(action, path) { state in
            // Only changes count towards the call that is to fail.
            var code: Int32 = state.trouble.callsLeft == 0 ? Code.io : 0
            let rate = state.trouble.readFailureRate
            if code == 0, rate > 0, state.random.next() % rate == 0 { code = Code.io }
            if code != 0 { return (code, nil) }
            let result = body(&state)
            return (result == nil ? Code.missing : 0, result)
        }
    }

    private func attempt<Result: Sendable>(
        _ action: String,
        _ path: String,
        _ body: (inout State) -> (Int32, Result?)
    ) throws(FileError) -> Result {
        let (code, result) = state.withLock { body(&$0) }
        guard let result else { throw Self.error(action, path, code) }
        return result
    }

    private static func lacks(_ bytes: Int, _ state: State) -> Bool {
        state.trouble.isFull || state.capacity.map { state.used + bytes > $0 } ?? false
    }

    /// Counts a call, and says with which code it fails if its number decides that.
    private static func count(_ state: inout State) -> Int32 {
        if state.trouble.callsLeft == 0 { return Code.io }
        state.calls += 1
        if let left = state.trouble.callsLeft { state.trouble.callsLeft = left - 1 }
        guard let failure = state.trouble.failure else { return 0 }
        state.trouble.failure = failure.after == 0 ? nil : (failure.after - 1, failure.code)
        return failure.after == 0 ? failure.code : 0
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

    var size: Int { disk.size(number) }
    func append(_ bytes: [UInt8]) throws(FileError) { try disk.write(bytes, to: number, path) }
    func truncate(to size: Int) throws(FileError) { try disk.truncate(number, path, to: size) }
    func sync() throws(FileError) { try disk.sync(number, path) }
    func close() {}
}
