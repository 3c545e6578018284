import TraceModel

/// The log that is being written, by one thread at a time.
struct LogWriter: Sendable {
    /// A buffer that a large group has blown up beyond this is let go again.
    private static let bufferKept = 4 << 20

    private let files: any FileSystem
    private let folder: String
    private var file: any AppendFile
    private var goodSize: Int
    private var buffer: [UInt8] = []
    /// The number of the file that is being written.
    private(set) var number: UInt64

    /// Begins the file of `number`.
    init(files: any FileSystem, folder: String, number: UInt64) throws(FileError) {
        self.files = files
        self.folder = folder
        self.number = number
        (file, goodSize) = try Self.begin(files, folder, number)
    }

    private static func begin(
        _ files: any FileSystem,
        _ folder: String,
        _ number: UInt64
    ) throws(FileError) -> (any AppendFile, Int) {
        let file = try files.create("\(folder)/\(LogFile.name(number))")
        try file.append(LogFile.header(number: number))
        try files.syncDirectory(folder)
        return (file, file.size)
    }

    /// Bytes in the current file.
    var size: Int { goodSize }

    /// Writes a group of batches, all or none; with `sync` it returns when they are on the disk.
    ///
    /// After an error nothing of the group is in the log, as far as the disk still obeys: the file is cut back, and
    /// if even that fails, or the disk would not say that it has the data, the log goes on in a new file.
    mutating func append(_ batches: [SpanBatch], sync: Bool) throws(FileError) {
        buffer.removeAll(keepingCapacity: buffer.capacity <= Self.bufferKept)
        for batch in batches { LogFile.appendFrame(batch, to: &buffer) }
        do {
            try file.append(buffer)
        } catch {
            do {
                try file.truncate(to: goodSize)
            } catch {
                try startAfresh()
            }
            throw error
        }
        if sync {
            do {
                try file.sync()
            } catch {
                try? file.truncate(to: goodSize)
                try startAfresh()
                throw error
            }
        }
        goodSize = file.size
    }

    /// Makes what was written durable.
    func sync() throws(FileError) { try file.sync() }

    /// Ends the current file, which is made durable, and begins the next; returns the number of the one that ended.
    mutating func rotate() throws(FileError) -> UInt64 {
        let ended = number
        let next = try Self.begin(files, folder, number + 1)
        file.close()
        number += 1
        (file, goodSize) = next
        return ended
    }

    /// Ends the use of the log.
    func close() {
        try? file.sync()
        file.close()
    }

    private mutating func startAfresh() throws(FileError) { _ = try rotate() }
}
