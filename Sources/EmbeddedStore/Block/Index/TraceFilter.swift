import TraceModel

/// The section `trace filter`: a Bloom filter over the ids of a block's traces, so that a look-up by id opens only the
/// blocks that have the trace.
///
///     u64      seed of the hash
///     buckets  (`BucketFilter`)
///
/// It is copied into memory when the segment is opened, because every look-up asks every block. About 16 bits a trace:
/// one in a thousand look-ups of an id that is not there opens the block in vain.
struct TraceFilter: Sendable {
    private static let bitsPerTrace = 16
    private static let headerBytes = 8

    private let buckets: BucketFilter
    private let seed: UInt64

    /// The filter in a section of the file; nil if the section has no size of one.
    init?(_ file: FileBytes, _ section: Range<Int>) {
        guard section.count > Self.headerBytes else { return nil }
        var copy: [UInt8] = []
        copy.append(copying: file.bytes.extracting(section.lowerBound + Self.headerBytes..<section.upperBound))
        guard let buckets = BucketFilter(FileBytes(copy), 0..<copy.count) else { return nil }
        self.buckets = buckets
        seed = UInt64(littleEndian: file.bytes.unsafeLoadUnaligned(fromByteOffset: section.lowerBound, as: UInt64.self))
    }

    /// The bytes that `init` reads.
    static func encode(_ ids: some Collection<TraceID>, seed: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: seed)
        BucketFilter.append(ids.map { hash($0, seed) }, bitsPerHash: bitsPerTrace, to: &bytes)
        return bytes
    }

    /// False only if the block has no span of the trace.
    func mayContain(_ id: TraceID) -> Bool { buckets.mayContain(Self.hash(id, seed)) }

    private static func hash(_ id: TraceID, _ seed: UInt64) -> UInt64 {
        // Whoever sends spans chooses the ids: without the seed they could make all of them meet in one bucket.
        ValueHash.fold(id.low ^ seed, 0x9E37_79B9_7F4A_7C15 ^ (id.high &* 2 | 1)) &* 0xD6E8_FEB8_6659_FD93
    }
}
