/// A set of Unicode scalars, as ranges: what a class such as `[a-z]` stands for.
struct ScalarSet: Hashable, Sendable {
    /// The largest scalar there is.
    static let last: UInt32 = 0x10FFFF

    /// In order, apart from each other.
    private(set) var ranges: [ClosedRange<UInt32>]

    /// The set of some ranges, which may overlap.
    init(_ ranges: [ClosedRange<UInt32>] = []) {
        self.ranges = Self.tidied(ranges)
    }

    static let everything = ScalarSet([0...last])
    static let newline = ScalarSet([0x0A...0x0A])
    static let digits = ScalarSet([0x30...0x39])
    static let wordCharacters = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let spaces = ScalarSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

    /// The scalars that are not in the set.
    var negated: ScalarSet {
        var others: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { others.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= Self.last { others.append(next...Self.last) }
        return ScalarSet(others)
    }

    /// The scalars of either set.
    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    /// How many scalars beyond ASCII a set may have for their other case to be looked up one by one.
    private static let foldedMax: UInt32 = 4_096

    /// The set with the other case of each of its letters.
    ///
    /// ASCII always; beyond it each letter's own upper and lower case, in sets of no more than a few thousand letters.
    var ignoringCase: ScalarSet {
        var more = ranges
        var left = Self.foldedMax
        for range in ranges {
            for letter in range.clamped(to: 0...0x7F) where range.contains(letter) {
                if (0x41...0x5A).contains(letter) { more.append(letter + 32...letter + 32) }
                if (0x61...0x7A).contains(letter) { more.append(letter - 32...letter - 32) }
            }
            guard range.upperBound >= 0x80 else { continue }
            for value in max(range.lowerBound, 0x80)...range.upperBound {
                if left == 0 { break }
                left -= 1
                guard let scalar = Unicode.Scalar(value) else { continue }
                for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    let scalars = text.unicodeScalars
                    if scalars.count == 1, let other = scalars.first { more.append(other.value...other.value) }
                }
            }
        }
        return ScalarSet(more)
    }

    func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

    private static func tidied(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var tidy: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = tidy.last, range.lowerBound <= last.upperBound &+ 1 {
                tidy[tidy.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                tidy.append(range)
            }
        }
        return tidy
    }
}
