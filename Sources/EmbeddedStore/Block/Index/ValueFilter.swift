import TraceModel

/// The section `value filter`: whether a block has a value, and in which pages.
///
///     u64      seed of the hashes (`ValueHash`)
///     u32      n values in the table
///     u32      b buckets of the filter
///     n × u32  the upper halves of their hashes, ascending
///     n × set  in which pages each of them is: exact
///     b × 32 bytes: the buckets (`BucketFilter`)
///
/// A *set* has a bit for each page (`PageSet`), in 1, 2, 4 or 8 bytes. Values that are in many pages stand in the
/// table; the others in the filter, which says of the whole block whether it can have them: one look-up in two
/// hundred is answered with yes in vain.
struct ValueFilter: Sendable {
    static let headerBytes = 16

    let hash: ValueHash
    private let file: FileBytes
    private let tableOffset: Int
    private let tableCount: Int
    private let setBytes: Int
    private let buckets: BucketFilter
    private let allPages: PageSet

    /// The filter in a section of the file, of a block with so many pages; nil if the section has not its size.
    init?(_ file: FileBytes, _ section: Range<Int>, pages: Int) {
        guard section.count >= Self.headerBytes else { return nil }
        let bytes = file.bytes.extracting(section)
        self.file = file
        hash = ValueHash(seed: UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)))
        tableCount = Int(UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        let bucketCount = Int(UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 12, as: UInt32.self)))
        tableOffset = section.lowerBound + Self.headerBytes
        setBytes = Self.setBytes(pages)
        allPages = .all(of: pages)
        let begin = tableOffset + tableCount * (4 + setBytes)
        guard section.upperBound == begin + bucketCount * BucketFilter.bucketBytes, begin <= section.upperBound,
            let buckets = BucketFilter(file, begin..<section.upperBound)
        else { return nil }
        self.buckets = buckets
    }

    /// How many bytes a set of pages takes in a block that has so many.
    static func setBytes(_ pages: Int) -> Int {
        switch PageSet.bitCount(pages) {
        case ...8: 1
        case ...16: 2
        case ...32: 4
        default: 8
        }
    }

    /// The pages that can have a value.
    func pages(of value: UInt64) -> PageSet {
        let short = UInt32(truncatingIfNeeded: value >> 32)
        var first = 0
        var end = tableCount
        while first < end {
            let middle = (first + end) / 2
            if word(tableOffset + 4 * middle) < short { first = middle + 1 } else { end = middle }
        }
        var found = PageSet.none
        while first < tableCount, word(tableOffset + 4 * first) == short {
            found.bits |= set(tableOffset + 4 * tableCount + setBytes * first)
            first += 1
        }
        // A value of the filter may have the half of a hash that one of the table has.
        return buckets.mayContain(value) ? allPages : found
    }

    private func word(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: file.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private func set(_ offset: Int) -> UInt64 {
        switch setBytes {
        case 1: UInt64(file.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self))
        case 2: UInt64(UInt16(littleEndian: file.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case 4: UInt64(UInt32(littleEndian: file.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        default: UInt64(littleEndian: file.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }
}

/// The values of a block and the pages they are in, on their way into a `ValueFilter`.
struct ValueFilterDraft {
    /// A value in so many pages is worth a place in the table.
    private static let tablePagesMin = 7
    private static let bitsPerValue = 12

    private let hash: ValueHash
    private let pages: Int
    private var rare: [UInt64] = []
    private var common: [(hash: UInt64, pages: UInt64)] = []

    init(_ hash: ValueHash, pages: Int) {
        self.hash = hash
        self.pages = pages
    }

    /// Adds a value; each is added once.
    mutating func add(_ value: UInt64, _ pages: UInt64) {
        if pages.nonzeroBitCount >= Self.tablePagesMin { common.append((value, pages)) } else { rare.append(value) }
    }

    /// The bytes of the section.
    func encode() -> [UInt8] {
        var filter: [UInt8] = []
        BucketFilter.append(rare, bitsPerHash: Self.bitsPerValue, to: &filter)
        var bytes: [UInt8] = []
        bytes.append(littleEndian: hash.seed)
        bytes.append(littleEndian: UInt32(common.count))
        bytes.append(littleEndian: UInt32(filter.count / BucketFilter.bucketBytes))
        let table = common.sorted { ($0.hash, $0.pages) < ($1.hash, $1.pages) }
        for value in table { bytes.append(littleEndian: UInt32(truncatingIfNeeded: value.hash >> 32)) }
        append(table.map(\.pages), to: &bytes)
        bytes.append(contentsOf: filter)
        return bytes
    }

    private func append(_ sets: [UInt64], to bytes: inout [UInt8]) {
        switch ValueFilter.setBytes(pages) {
        case 1: for set in sets { bytes.append(UInt8(truncatingIfNeeded: set)) }
        case 2: for set in sets { bytes.append(littleEndian: UInt16(truncatingIfNeeded: set)) }
        case 4: for set in sets { bytes.append(littleEndian: UInt32(truncatingIfNeeded: set)) }
        default: for set in sets { bytes.append(littleEndian: set) }
        }
    }
}
