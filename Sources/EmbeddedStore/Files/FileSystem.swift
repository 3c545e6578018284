import SpanStorage

/// The few things that the store asks of a file system, so that tests can stand a faulty one in its place.
protocol FileSystem: Sendable {
    /// Makes a folder and those above it; nothing happens if it is there.
    func createDirectory(_ path: String) throws(FileError)
    /// The names in a folder, sorted.
    func list(_ path: String) throws(FileError) -> [String]
    /// The whole content of a file, mapped or copied.
    func read(_ path: String) throws(FileError) -> FileBytes
    /// Makes an empty file to append to; an older one of the same path is gone.
    func create(_ path: String) throws(FileError) -> any AppendFile
    /// Gives a file another name at once, in place of one that had it.
    func rename(_ path: String, to newPath: String) throws(FileError)
    /// Deletes a file.
    func remove(_ path: String) throws(FileError)
    /// Makes the names in a folder durable.
    func syncDirectory(_ path: String) throws(FileError)
    /// Bytes of a file.
    func size(_ path: String) throws(FileError) -> Int
    /// Room on the disk that a folder is on; nil if nobody can say.
    func space(_ path: String) -> DiskSpace?
    /// Makes a file of so many bytes, all of which are taken on the disk from then on.
    func reserve(_ path: String, size: Int) throws(FileError)
}

/// Room on a disk, in bytes.
struct DiskSpace: Sendable, Equatable {
    /// For whoever asks, without what the system keeps for itself.
    var free: Int
    var total: Int
}

/// A file that is written front to back by one thread at a time.
protocol AppendFile: AnyObject, Sendable {
    /// Bytes that are in the file.
    var size: Int { get }
    /// Adds all of the bytes, or throws; then part of them may be in the file (see `truncate`).
    func append(_ bytes: [UInt8]) throws(FileError)
    /// Cuts the file to its first `size` bytes.
    func truncate(to size: Int) throws(FileError)
    /// Returns when what was appended is on the disk.
    ///
    /// After it has thrown, the file must not be relied on and not be synced again: the system may have dropped the
    /// pages that it could not write.
    func sync() throws(FileError)
    /// Ends the use of the file.
    func close()
}

/// What the operating system refused.
struct FileError: Error, Equatable, CustomStringConvertible {
    /// What was tried, as in "cannot *open*".
    var action: String
    /// On which file.
    var path: String
    /// The system's number for the reason (`errno`).
    var code: Int32
    /// The system's text for the reason.
    var reason: String

    var description: String { "cannot \(action) \(path): \(reason)" }

    // "No space left on device" and "disk quota exceeded" of Linux.
    private static let spaceCodes: Set<Int32> = [28, 122]

    /// As the store says it to others.
    func storeError() -> SpanStoreError {
        Self.spaceCodes.contains(code) ? .diskFull(path: path) : .io(description)
    }
}
