import TraceModel

/// A Bloom filter in buckets of 32 bytes: a hash sets one bit in each of the eight words of one bucket, so that asking
/// costs one line of the processor's cache. It is read where it lies in the mapped file.
struct BucketFilter: Sendable {
    static let bucketBytes = 32

    private let file: FileBytes
    private let offset: Int
    private let bucketCount: Int

    /// The filter in a range of the file; nil if that is no multiple of a bucket.
    init?(_ file: FileBytes, _ range: Range<Int>) {
        guard range.count % Self.bucketBytes == 0 else { return nil }
        self.file = file
        offset = range.lowerBound
        bucketCount = range.count / Self.bucketBytes
    }

    /// Appends the filter of some hashes, with at least so many bits for each.
    static func append(_ hashes: some Collection<UInt64>, bitsPerHash: Int, to bytes: inout [UInt8]) {
        let buckets = (hashes.count * bitsPerHash + 255) / 256
        var words = [UInt32](repeating: 0, count: buckets * 8)
        for hash in hashes {
            let first = 8 * bucket(hash, of: buckets)
            for word in 0..<8 { words[first + word] |= bit(hash, word) }
        }
        bytes.reserveCapacity(bytes.count + 4 * words.count)
        for word in words { bytes.append(littleEndian: word) }
    }

    /// False only if the hash was not among those that the filter was made of.
    func mayContain(_ hash: UInt64) -> Bool {
        guard bucketCount > 0 else { return false }
        let first = offset + Self.bucketBytes * Self.bucket(hash, of: bucketCount)
        for word in 0..<8 {
            let own = file.bytes.unsafeLoadUnaligned(fromByteOffset: first + 4 * word, as: UInt32.self)
            if UInt32(littleEndian: own) & Self.bit(hash, word) == 0 { return false }
        }
        return true
    }

    /// By the hash's upper half; the lower half chooses the bits.
    private static func bucket(_ hash: UInt64, of count: Int) -> Int {
        Int(((hash >> 32) &* UInt64(count)) >> 32)
    }

    private static func bit(_ hash: UInt64, _ word: Int) -> UInt32 {
        // Odd multipliers, one a word, as Parquet's filters have them.
        let odd: UInt32 =
            switch word {
            case 0: 0x47B6_137B
            case 1: 0x4497_4D91
            case 2: 0x8824_AD5B
            case 3: 0xA2B7_289D
            case 4: 0x7054_95C7
            case 5: 0x2DF1_424B
            case 6: 0x9EFC_4947
            default: 0x5C6B_FB31
            }
        return 1 << ((UInt32(truncatingIfNeeded: hash) &* odd) >> 27)
    }
}
