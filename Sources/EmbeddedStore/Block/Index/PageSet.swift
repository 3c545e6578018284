/// Some of a block's pages, as one word: a bit a page, or in a block of more than 64 pages a bit for each run of them.
struct PageSet: Equatable, Sendable {
    static let bitsMax = 64

    /// The bits; those beyond the block's pages are zero.
    var bits: UInt64

    static let none = PageSet(bits: 0)

    /// All pages of a block that has so many.
    static func all(of pages: Int) -> PageSet {
        let count = bitCount(pages)
        return PageSet(bits: count == bitsMax ? .max : (1 << UInt64(count)) - 1)
    }

    /// How many pages share a bit in a block of so many.
    static func pagesPerBit(_ pages: Int) -> Int { max(1, (pages + bitsMax - 1) / bitsMax) }

    /// How many bits the pages of a block take.
    static func bitCount(_ pages: Int) -> Int {
        let share = pagesPerBit(pages)
        return (pages + share - 1) / share
    }

    var isEmpty: Bool { bits == 0 }

    func contains(_ page: Int, of pages: Int) -> Bool { bits >> UInt64(page / Self.pagesPerBit(pages)) & 1 != 0 }

    /// The set of one page alone, of a block that has so many.
    static func bit(_ page: Int, of pages: Int) -> UInt64 { 1 << UInt64(page / pagesPerBit(pages)) }

    mutating func insert(_ page: Int, of pages: Int) { bits |= Self.bit(page, of: pages) }

    static func | (left: PageSet, right: PageSet) -> PageSet { PageSet(bits: left.bits | right.bits) }
    static func & (left: PageSet, right: PageSet) -> PageSet { PageSet(bits: left.bits & right.bits) }
}
