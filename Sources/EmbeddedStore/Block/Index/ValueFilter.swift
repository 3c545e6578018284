import TraceModel

/// The section `value filter`: in which pages of a block a value may stand.
///
///     u64      seed of the hashes (`ValueHash`)
///     u32      n values in the table
///     u32      p positions of the filter, a multiple of 256
///     n × u32  the upper halves of their hashes, ascending
///     n × set  in which pages each of them is: exact
///     p × set  the filter: the bits of the pages, position by position
///
/// A *set* has a bit for each page (`PageSet`), in 1, 2, 4 or 8 bytes. Values that are in many pages stand in the
/// table; the others in the filter, which is a Bloom filter for each page, laid out so that all pages are asked at
/// once: a value sets the bit of its page at six positions, all within 256 that stand together, and whoever looks for
/// it joins six words of one kilobyte.
struct ValueFilter: Sendable {
    static let headerBytes = 16
    static let regionPositions = 256
    static let probes = 6

    let hash: ValueHash
    private let file: FileBytes
    private let tableOffset: Int
    private let tableCount: Int
    private let setBytes: Int
    private let positions: Int

    /// The filter in a section of the file, of a block with so many pages; nil if the section has not its size.
    init?(_ file: FileBytes, _ section: Range<Int>, pages: Int) {
        guard section.count >= Self.headerBytes else { return nil }
        let bytes = file.bytes.extracting(section)
        self.file = file
        hash = ValueHash(seed: UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)))
        tableCount = Int(UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        positions = Int(UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 12, as: UInt32.self)))
        tableOffset = section.lowerBound + Self.headerBytes
        setBytes = Self.setBytes(pages)
        guard positions % Self.regionPositions == 0,
            section.count == Self.headerBytes + tableCount * (4 + setBytes) + positions * setBytes
        else { return nil }
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
        var found: UInt64 = 0
        while first < tableCount, word(tableOffset + 4 * first) == short {
            found |= set(tableOffset + 4 * tableCount + setBytes * first)
            first += 1
        }
        return PageSet(bits: found | filtered(value))
    }

    private func filtered(_ value: UInt64) -> UInt64 {
        guard positions > 0 else { return 0 }
        let base = tableOffset + (4 + setBytes) * tableCount
        let places = Places(value, of: positions)
        var bits = UInt64.max
        for probe in 0..<Self.probes where bits != 0 { bits &= set(base + setBytes * places[probe]) }
        return bits
    }

    /// The positions of a value.
    struct Places {
        private let region: Int
        private let offsets: UInt64

        init(_ value: UInt64, of positions: Int) {
            let regions = UInt64(positions / ValueFilter.regionPositions)
            region = Int(((value & 0xFFFF_FFFF) &* regions) >> 32) * ValueFilter.regionPositions
            offsets = ValueHash.fold(value, 0xE703_7ED1_A0B4_28DB)
        }

        subscript(probe: Int) -> Int { region + Int(offsets >> UInt64(8 * probe) & 0xFF) }
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
    /// A value in so many pages costs less in the table than in the filter.
    private static let tablePagesMin = 7
    /// Positions of the filter for each value of the page that has most: one look-up in a hundred finds a page in vain.
    private static let positionsPerValue = 10

    private let hash: ValueHash
    private let pages: Int
    private var rare: [(hash: UInt64, pages: UInt64)] = []
    private var common: [(hash: UInt64, pages: UInt64)] = []
    private var perPage = [Int](repeating: 0, count: PageSet.bitsMax)

    init(_ hash: ValueHash, pages: Int) {
        self.hash = hash
        self.pages = pages
    }

    /// Adds a value; each is added once.
    mutating func add(_ value: UInt64, _ pages: UInt64) {
        if pages.nonzeroBitCount >= Self.tablePagesMin {
            common.append((value, pages))
            return
        }
        rare.append((value, pages))
        var left = pages
        while left != 0 {
            perPage[left.trailingZeroBitCount] += 1
            left &= left - 1
        }
    }

    /// The bytes of the section.
    func encode() -> [UInt8] {
        let fullest = perPage.max() ?? 0
        let region = ValueFilter.regionPositions
        let positions = (fullest * Self.positionsPerValue + region - 1) / region * region
        var filter = [UInt64](repeating: 0, count: positions)
        for value in rare {
            let places = ValueFilter.Places(value.hash, of: positions)
            for probe in 0..<ValueFilter.probes { filter[places[probe]] |= value.pages }
        }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: hash.seed)
        bytes.append(littleEndian: UInt32(common.count))
        bytes.append(littleEndian: UInt32(positions))
        let table = common.sorted { ($0.hash, $0.pages) < ($1.hash, $1.pages) }
        for value in table { bytes.append(littleEndian: UInt32(truncatingIfNeeded: value.hash >> 32)) }
        append(table.map(\.pages), to: &bytes)
        append(filter, to: &bytes)
        return bytes
    }

    private func append(_ sets: [UInt64], to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 8 * sets.count)
        switch ValueFilter.setBytes(pages) {
        case 1: for set in sets { bytes.append(UInt8(truncatingIfNeeded: set)) }
        case 2: for set in sets { bytes.append(littleEndian: UInt16(truncatingIfNeeded: set)) }
        case 4: for set in sets { bytes.append(littleEndian: UInt32(truncatingIfNeeded: set)) }
        default: for set in sets { bytes.append(littleEndian: set) }
        }
    }
}
