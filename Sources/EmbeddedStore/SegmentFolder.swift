import SpanStorage
import Synchronization
import TraceModel

/// The folder of the segment files: writes new ones, whole and durable, and deletes old ones.
final class SegmentFolder: Sendable {
    private let files: any FileSystem
    private let path: String
    private let cache: BlockMetaCache
    private let lastNumber: Mutex<UInt64>

    /// The folder below the store's root.
    init(_ opening: StoreOpening) {
        files = opening.files
        path = "\(opening.root)/segments"
        cache = opening.cache
        lastNumber = Mutex(opening.lastSegmentNumber)
    }

    /// Writes the spans of some batches, at least one, into a segment that no row names yet.
    func write(_ batches: [SpanBatch], as origin: Segment.Origin) throws(SpanStoreError) -> Segment {
        try write(BlockDraft(batches), as: origin)
    }

    /// Writes the spans of a draft, at least one, into a segment that no row names yet.
    ///
    /// When this returns the file is on the disk and has been opened: what follows cannot fail for its sake.
    func write(_ draft: BlockDraft, as origin: Segment.Origin) throws(SpanStoreError) -> Segment {
        let block = BlockWriter.write(draft)
        let number = lastNumber.withLock { last in
            last += 1
            return last
        }
        let file = "\(path)/\(Segment.fileName(number))"
        do {
            try write(block.bytes, to: file)
            let reader = try BlockReader(try files.read(file), path: file, cache: cache)
            return Segment(number: number, block: reader, byteCount: block.bytes.count, origin: origin)
        } catch {
            // A file that is half there is in nobody's way, but it takes space that may be short.
            try? files.remove(file + ".tmp")
            try? files.remove(file)
            throw (error as? FileError)?.storeError() ?? error as? SpanStoreError ?? .io("\(error)")
        }
    }

    /// Deletes the files of segments that no row names any more; what cannot be deleted now the next start sweeps away.
    ///
    /// Readers that still hold a mapping go on; the space is free when the last of them is done.
    func remove(_ segments: [Segment]) {
        for segment in segments { try? files.remove("\(path)/\(Segment.fileName(segment.number))") }
        if !segments.isEmpty { try? files.syncDirectory(path) }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = try files.create(path + ".tmp")
        defer { file.close() }
        try file.append(bytes)
        try file.sync()
        try files.rename(path + ".tmp", to: path)
        try files.syncDirectory(self.path)
    }
}
