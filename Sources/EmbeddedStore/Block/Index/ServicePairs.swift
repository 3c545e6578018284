import TraceModel

/// What the spans of each service have: keys of attributes, kinds, statuses, and the values of those columns that
/// have few.
///
/// A value that only other services' spans have would otherwise let a question about one service read every block.
struct ServicePairs {
    /// In blocks of more services than this values are not told apart by them: it would take too much memory.
    private static let servicesMax = 256

    private let draft: BlockDraft
    private let pages: [Range<Int>]
    private let hash: ValueHash
    /// By shape: the number of its service among those of the block.
    private var shapeServices: [Int] = []
    private var services: [StringRef] = []

    init(_ draft: BlockDraft, pages: [Range<Int>], hash: ValueHash) {
        self.draft = draft
        self.pages = pages
        self.hash = hash
        var numbers: [StringRef: Int] = [:]
        for shape in draft.meta.shapes {
            let number = numbers[shape.service] ?? services.count
            if number == services.count {
                numbers[shape.service] = number
                services.append(shape.service)
            }
            shapeServices.append(number)
        }
    }

    /// Whether pairs of values are to be had.
    var areFew: Bool { services.count <= Self.servicesMax }

    private struct Pair: Hashable {
        var service: Int
        var level: ValueHash.Level
        var other: UInt64
    }

    /// The hashes of all pairs, and the pages each is in. `shapePages` has the pages of each shape; `paired` are the
    /// columns whose values count, each of at most `BlockIndexDraft.pairedValuesMax`.
    func all(_ shapePages: [UInt64], paired: [Int]) -> [(hash: UInt64, pages: UInt64)] {
        var pairs: [Pair: UInt64] = [:]
        let strings = draft.meta.strings
        let keys = draft.meta.columns.map { hash.key(strings.bytes($0.key)) }
        for (number, shape) in draft.meta.shapes.enumerated() {
            let pages = shapePages[number]
            func add(_ level: ValueHash.Level, _ other: UInt64) {
                pairs[Pair(service: shapeServices[number], level: level, other: other), default: 0] |= pages
            }
            add(.kindOfService, UInt64(shape.kind.rawValue))
            add(.statusOfService, UInt64(shape.status.rawValue))
            for column in shape.columns { add(.keyOfService, keys[Int(column)]) }
        }
        for column in paired {
            addValues(of: column, key: keys[column], to: &pairs)
        }
        return pairs.map { pair, pages in
            (hash.pair(pair.level, pair.other, service: strings.bytes(services[pair.service])), pages)
        }
    }

    /// One look at each value of a column. What a service has is a short list, mostly with what is looked for in front.
    private func addValues(of column: Int, key: UInt64, to pairs: inout [Pair: UInt64]) {
        let most = BlockIndexDraft.pairedValuesMax
        let perShape = draft.meta.shapes.map { shape in shape.columns.count { $0 == UInt32(column) } }
        var counts = [Int](repeating: 0, count: services.count)
        var known = [UInt64](repeating: 0, count: services.count * most)
        var sets = known
        let values = draft.values(of: column)
        let shapes = draft.shapes
        var next = values.startIndex
        for (page, rows) in pages.enumerated() {
            let bit = PageSet.bit(page, of: pages.count)
            for row in rows {
                let shape = Int(shapes[row])
                for _ in 0..<perShape[shape] {
                    let value = values[next]
                    next += 1
                    let service = shapeServices[shape]
                    let first = service * most
                    var place = first
                    let end = first + counts[service]
                    while place < end, known[place] != value { place += 1 }
                    if place == end {
                        counts[service] += 1
                        known[place] = value
                    }
                    sets[place] |= bit
                }
            }
        }
        let type = draft.meta.columns[column].type
        for service in services.indices {
            for place in service * most..<service * most + counts[service] {
                let bits = known[place]
                let value =
                    type == .string
                    ? hash.value(
                        .span,
                        key: key,
                        string: draft.batch.strings.bytes(StringRef(truncatingIfNeeded: bits))
                    )
                    : hash.value(.span, key: key, bits: bits)
                pairs[Pair(service: service, level: .valueOfService, other: value), default: 0] |= sets[place]
            }
        }
    }
}
