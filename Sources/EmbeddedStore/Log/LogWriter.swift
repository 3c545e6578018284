import TraceModel

/// The log that is being written, by one thread at a time.
struct LogWriter: Sendable {
    /// A buffer that a large group has blown up beyond this is let go again.
    private static let bufferKept = 4 << 20

    private let files: any FileSystem
    private let folder: String
    private var file: any AppendFile
    // How much of the file is whole groups.
    private var goodSize: Int
    // Whether more than that is in the file, or may be, or a next file may say that it ends there: then nothing can be
    // appended to it.
    private var hasEnded = false
    private var buffer: [UInt8] = []
    /// The number of the file that is being written.
    private(set) var number: UInt64

    /// Begins the file of `number`; the one before it holds so many bytes, or as many as can be read.
    init(
        files: any FileSystem,
        folder: String,
        number: UInt64,
        previousSize: UInt64 = .max
    ) throws(FileError) {
        self.files = files
        self.folder = folder
        self.number = number
        (file, goodSize) = try Self.begin(files, folder, number, previousSize)
    }

    private static func begin(
        _ files: any FileSystem,
        _ folder: String,
        _ number: UInt64,
        _ previousSize: UInt64,
        isVital: Bool = false
    ) throws(FileError) -> (any AppendFile, Int) {
        let path = "\(folder)/\(LogFile.name(number))"
        let file = try files.create(path)
        do {
            try file.append(LogFile.header(number: number, previousSize: previousSize))
            // What was refused must not come back because this was lost.
            if isVital { try file.sync() }
            try files.syncDirectory(folder)
        } catch {
            // A file that was begun in vain: the next attempt makes it anew.
            file.close()
            try? files.remove(path)
            throw error
        }
        return (file, file.size)
    }

    /// Bytes in the current file.
    var size: Int { goodSize }

    /// Writes a group of batches, all or none; with `sync` it returns when they are on the disk.
    ///
    /// After an error nothing of the group counts: the file is cut back, or if the disk refuses even that, or would not
    /// say that it has the data, the log goes on in a new file that tells where this one ends. Until one of the two
    /// succeeds nothing more is taken.
    mutating func append(_ batches: [SpanBatch], sync: Bool) throws(FileError) {
        if hasEnded { _ = try rotate() }
        buffer.removeAll(keepingCapacity: buffer.capacity <= Self.bufferKept)
        for batch in batches { LogFile.appendFrame(batch, to: &buffer) }
        do {
            try file.append(buffer)
        } catch {
            cutBack()
            throw error
        }
        if sync {
            do {
                try file.sync()
            } catch {
                // What the system could not write it may have dropped: the file is not to be synced again.
                hasEnded = true
                throw error
            }
        }
        goodSize = file.size
    }

    private mutating func cutBack() {
        do {
            try file.truncate(to: goodSize)
        } catch {
            hasEnded = true
        }
    }

    /// Ends the current file and begins the next; returns the number of the one that ended.
    mutating func rotate() throws(FileError) -> UInt64 {
        let ended = number
        let next: (file: any AppendFile, size: Int)
        do {
            next = try Self.begin(files, folder, number + 1, UInt64(goodSize), isVital: hasEnded)
        } catch {
            // Even if it could be deleted, a power cut may bring the next file back, and it tells where this one ends.
            hasEnded = true
            throw error
        }
        file.close()
        number += 1
        hasEnded = false
        (file, goodSize) = next
        return ended
    }

    /// Ends the use of the log, what was written being made durable.
    func close() {
        // Whoever chose a weaker durability than fsync gets this on top; nobody waits for it.
        try? file.sync()
        file.close()
    }
}
