import TraceModel

/// Finds the attribute columns of a block that need not be stored.
struct DerivedColumns {
    /// A column of fewer values is stored as it is.
    private static let valuesMin = 64
    /// Pairs that a derived column has at the most for each of the values that it saves.
    private static let pairShare = 8

    private let attributes: AttributeColumns
    /// By column: what determines it; values are refs as in `AttributeColumns`.
    private(set) var found: [UInt32: DerivedColumn] = [:]

    init(_ attributes: AttributeColumns, strings: Int) {
        self.attributes = attributes
        findByShape()
        findByColumn(strings: strings)
    }

    /// By column: the shapes that have it; nil if one of them has it twice.
    private func holders() -> [[UInt32]?] {
        var holders = [[UInt32]?](repeating: [], count: attributes.columns.count)
        for (number, shape) in attributes.shapes.enumerated() {
            for column in shape.columns {
                if holders[Int(column)]?.last == UInt32(number) {
                    holders[Int(column)] = nil
                } else {
                    holders[Int(column)]?.append(UInt32(number))
                }
            }
        }
        return holders
    }

    private mutating func findByShape() {
        for (number, shapes) in holders().enumerated() where attributes.isOfShape[number] {
            let count = attributes.range(number).count
            guard let shapes, count >= Self.valuesMin, shapes.count * Self.pairShare <= count else { continue }
            var column = DerivedColumn(source: .shape, keys: [], values: [])
            for shape in shapes {
                let own = attributes.shapes[Int(shape)].columns
                let first = shape == 0 ? 0 : attributes.shapeEnds[Int(shape) - 1]
                guard let place = own.firstIndex(of: UInt32(number)) else { continue }
                column.keys.append(UInt64(shape))
                column.values.append(attributes.firstValues[first + place])
            }
            found[UInt32(number)] = column
        }
    }

    private mutating func findByColumn(strings: Int) {
        var groups: [[UInt32]: [Int]] = [:]
        for (number, shapes) in holders().enumerated() where found[UInt32(number)] == nil {
            guard let shapes, attributes.range(number).count >= Self.valuesMin else { continue }
            groups[shapes, default: []].append(number)
        }
        var pairing = Pairing(strings: strings)
        for group in groups.values where group.count > 1 {
            // Strings first: their refs are small, so that a table of them is fast.
            let sources = group.sorted { one, two in
                let isOneText = attributes.columns[one].type.isReference
                let isTwoText = attributes.columns[two].type.isReference
                return isOneText == isTwoText ? one < two : isOneText
            }
            for source in sources where found[UInt32(source)] == nil {
                for number in group where number != source && found[UInt32(number)] == nil && !isSource(number) {
                    let isText = attributes.columns[source].type.isReference
                    let from = attributes.values[attributes.range(source)]
                    let to = attributes.values[attributes.range(number)]
                    guard let pairs = pairing.pairs(from, to, areRefs: isText, max: from.count / Self.pairShare) else {
                        continue
                    }
                    found[UInt32(number)] = DerivedColumn(
                        source: .column(UInt32(source)),
                        keys: pairs.map(\.key),
                        values: pairs.map(\.value)
                    )
                }
            }
        }
    }

    private func isSource(_ number: Int) -> Bool {
        found.values.contains { $0.source == .column(UInt32(number)) }
    }

    /// Looks whether each value of one column always comes with the same value of another.
    private struct Pairing {
        // By ref: the value it came with first, and in which attempt that was.
        private var partners: [UInt64]
        private var attempts: [UInt32]
        private var attempt: UInt32 = 0

        init(strings: Int) {
            partners = [UInt64](repeating: 0, count: strings)
            attempts = [UInt32](repeating: 0, count: strings)
        }

        mutating func pairs(
            _ from: ArraySlice<UInt64>,
            _ to: ArraySlice<UInt64>,
            areRefs: Bool,
            max: Int
        ) -> [(key: UInt64, value: UInt64)]? {
            let pairs = areRefs ? refPairs(from, to, max) : numberPairs(from, to, max)
            return pairs?.sorted { $0.key < $1.key }
        }

        private mutating func refPairs(
            _ from: ArraySlice<UInt64>,
            _ to: ArraySlice<UInt64>,
            _ max: Int
        ) -> [(key: UInt64, value: UInt64)]? {
            attempt += 1
            var keys: [UInt64] = []
            for (key, value) in zip(from, to) {
                let place = Int(key)
                if attempts[place] != attempt {
                    attempts[place] = attempt
                    partners[place] = value
                    keys.append(key)
                    if keys.count > max { return nil }
                } else if partners[place] != value {
                    return nil
                }
            }
            return keys.map { ($0, partners[Int($0)]) }
        }

        private func numberPairs(
            _ from: ArraySlice<UInt64>,
            _ to: ArraySlice<UInt64>,
            _ max: Int
        ) -> [(key: UInt64, value: UInt64)]? {
            var known: [UInt64: UInt64] = [:]
            for (key, value) in zip(from, to) {
                if let partner = known[key] {
                    if partner != value { return nil }
                } else {
                    known[key] = value
                    if known.count > max { return nil }
                }
            }
            return known.map { ($0.key, $0.value) }
        }
    }
}
