import TraceModel

/// The section `trace filter`: a Bloom filter over the ids of a block's traces, so that a look-up by id opens only the
/// blocks that have the trace.
///
///     u64      seed of the hash
///     n × 32 bytes: buckets of eight u32 words; an id sets one bit in each word of one bucket
///
/// About 16 bits a trace: one in a thousand look-ups of an id that is not there opens the block in vain.
struct TraceFilter: Sendable {
    private static let bitsPerTrace = 16
    private static let bucketBytes = 32
    private static let headerBytes = 8

    private let file: FileBytes
    private let offset: Int
    private let bucketCount: Int
    private let seed: UInt64

    /// The filter in a section of the file; nil if the section has no size of one.
    init?(_ file: FileBytes, _ section: Range<Int>) {
        guard section.count > Self.headerBytes, (section.count - Self.headerBytes) % Self.bucketBytes == 0 else {
            return nil
        }
        self.file = file
        offset = section.lowerBound + Self.headerBytes
        bucketCount = (section.count - Self.headerBytes) / Self.bucketBytes
        seed = UInt64(littleEndian: file.bytes.unsafeLoadUnaligned(fromByteOffset: section.lowerBound, as: UInt64.self))
    }

    /// The bytes that `init` reads.
    static func encode(_ ids: some Collection<TraceID>, seed: UInt64) -> [UInt8] {
        let buckets = max(1, (ids.count * bitsPerTrace + 255) / 256)
        var words = [UInt32](repeating: 0, count: buckets * 8)
        for id in ids {
            let hash = Self.hash(id, seed)
            let first = 8 * bucket(hash, of: buckets)
            for word in 0..<8 { words[first + word] |= bit(hash, word) }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerBytes + 4 * words.count)
        bytes.append(littleEndian: seed)
        for word in words { bytes.append(littleEndian: word) }
        return bytes
    }

    /// False only if the block has no span of the trace.
    func mayContain(_ id: TraceID) -> Bool {
        let hash = Self.hash(id, seed)
        let first = offset + Self.bucketBytes * Self.bucket(hash, of: bucketCount)
        for word in 0..<8 {
            let own = file.bytes.unsafeLoadUnaligned(fromByteOffset: first + 4 * word, as: UInt32.self)
            if UInt32(littleEndian: own) & Self.bit(hash, word) == 0 { return false }
        }
        return true
    }

    private static func hash(_ id: TraceID, _ seed: UInt64) -> UInt64 {
        // Whoever sends spans chooses the ids: without the seed they could make all of them meet in one bucket.
        let product = (id.low ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ (id.high &* 2 | 1))
        return (product.high ^ product.low) &* 0xD6E8_FEB8_6659_FD93
    }

    private static func bucket(_ hash: UInt64, of count: Int) -> Int {
        Int(((hash >> 32) &* UInt64(count)) >> 32)
    }

    private static let odds: [UInt32] = [
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
    ]

    private static func bit(_ hash: UInt64, _ word: Int) -> UInt32 {
        1 << ((UInt32(truncatingIfNeeded: hash) &* odds[word]) >> 27)
    }
}
