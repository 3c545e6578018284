import TraceModel

/// The section `key index`: which attribute keys a block has, at which level and with which types, in which pages, and
/// between which bounds their numbers lie.
///
///     varint   how many entries; for each:
///         u64      hash of the key (`ValueHash`)
///         u8       level (`ValueHash.Level`)
///         u8       type of the values, +0x80 if the value filter has all of them, +0x40 if it also has each of them
///             together with each service whose spans have it
///         varint   bytes of the rest
///         set      the pages (`PageSet`, in the width of the value filter)
///         if numbers: varint the least of all; then for each bit of the set varint the least above that, and
///             varint the greatest above the least
///
/// Numbers stand in an order of unsigned ones: ints with the sign flipped, doubles by their bits likewise, bools as 0
/// and 1.
struct KeyIndex {
    /// One key with one type at one level.
    struct Entry: Equatable {
        var key: UInt64
        var level: ValueHash.Level
        var type: AttributeType
        /// Whether the value filter has its values: one that is not in there is nowhere.
        var isFiltered: Bool
        /// Whether the value filter also has the pairs of a service and a value.
        var isPaired = false
        var pages: PageSet
        /// By bit of `pages`, in ascending order: between which numbers the values lie. Empty unless they are numbers.
        var ranges: [ClosedRange<UInt64>] = []

        /// The pages with a value within bounds.
        func pages(overlapping bounds: ClosedRange<UInt64>) -> PageSet {
            guard !ranges.isEmpty else { return pages }
            var found = PageSet.none
            var left = pages.bits
            for range in ranges {
                if range.overlaps(bounds) { found.bits |= left & (~left + 1) }
                left &= left - 1
            }
            return found
        }

        /// Forgets all pages but these.
        mutating func narrow(to set: PageSet) {
            if !ranges.isEmpty {
                var left = pages.bits
                ranges.removeAll { _ in
                    let bit = left & (~left + 1)
                    left &= left - 1
                    return set.bits & bit == 0
                }
            }
            pages.bits &= set.bits
        }
    }

    /// Whether values of the type are kept as bounds.
    static func hasRanges(_ type: AttributeType) -> Bool { type == .int || type == .double || type == .bool }

    /// A number in the order of the ranges.
    static func rank(_ type: AttributeType, _ bits: UInt64) -> UInt64 {
        switch type {
        case .int: bits ^ 1 << 63
        case .double: bits >> 63 == 0 ? bits ^ 1 << 63 : ~bits
        default: bits
        }
    }

    static func encode(_ entries: [Entry], pages: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(entries.count))
        let width = ValueFilter.setBytes(pages)
        for entry in entries {
            bytes.append(littleEndian: entry.key)
            bytes.append(entry.level.rawValue)
            bytes.append(entry.type.rawValue | (entry.isFiltered ? 0x80 : 0) | (entry.isPaired ? 0x40 : 0))
            var rest: [UInt8] = []
            for index in 0..<width { rest.append(UInt8(truncatingIfNeeded: entry.pages.bits >> UInt64(8 * index))) }
            if let least = entry.ranges.map(\.lowerBound).min() {
                rest.append(varint: least)
                for range in entry.ranges {
                    rest.append(varint: range.lowerBound - least)
                    rest.append(varint: range.upperBound - range.lowerBound)
                }
            }
            bytes.append(varint: UInt64(rest.count))
            bytes.append(contentsOf: rest)
        }
        return bytes
    }

    /// The entries of a key; nil if the section does not hold together.
    static func entries(of key: UInt64, in bytes: RawSpan, pages: Int) -> [Entry]? {
        try? decode(bytes, pages: pages) { $0 == key }
    }

    /// All entries; nil if the section does not hold together.
    static func entries(in bytes: RawSpan, pages: Int) -> [Entry]? {
        try? decode(bytes, pages: pages) { _ in true }
    }

    private static func decode(
        _ bytes: RawSpan,
        pages: Int,
        where isWanted: (UInt64) -> Bool
    ) throws(ByteError) -> [Entry]? {
        var reader = ByteReader(bytes)
        let count = try reader.varint()
        var entries: [Entry] = []
        // Each entry takes at least its key: a count that is damaged ends with the bytes.
        for _ in 0..<count {
            let key: UInt64 = try reader.littleEndian()
            let level = ValueHash.Level(rawValue: try reader.byte())
            let form = try reader.byte()
            let type = AttributeType(rawValue: form & 0x3F)
            let rest = try reader.delimited()
            guard isWanted(key) else { continue }
            guard let level, let type else { return nil }
            var entry = Entry(key: key, level: level, type: type, isFiltered: form & 0x80 != 0, pages: .none)
            entry.isPaired = form & 0x40 != 0
            var inner = ByteReader(rest)
            for index in 0..<ValueFilter.setBytes(pages) {
                entry.pages.bits |= UInt64(try inner.byte()) << UInt64(8 * index)
            }
            if hasRanges(type), !inner.isAtEnd {
                let least = try inner.varint()
                for _ in 0..<entry.pages.bits.nonzeroBitCount {
                    let low = least &+ (try inner.varint())
                    let high = low &+ (try inner.varint())
                    guard low >= least, high >= low else { return nil }
                    entry.ranges.append(low...high)
                }
            }
            entries.append(entry)
        }
        return entries
    }
}
