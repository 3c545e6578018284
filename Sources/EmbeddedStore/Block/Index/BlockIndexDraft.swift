import TraceModel

/// Works out what a block's index says, from its draft: which values and keys stand in which pages.
///
/// It costs a look at each value and a hash of each distinct one; nothing is allocated per span.
struct BlockIndexDraft {
    /// An int column of no more values than this has them in the value filter; of others only bounds are kept.
    private static let filteredNumbersMax = 64
    /// A column of no more values than this has them there a second time, together with each service that has them.
    static let pairedValuesMax = 64

    private let draft: BlockDraft
    /// The rows of each page.
    private let pages: [Range<Int>]
    private let hash: ValueHash
    private(set) var values: ValueFilterDraft
    private(set) var keys: [KeyIndex.Entry] = []
    // By string of the batch: the pages it was seen in, while one key is looked at; all zero in between.
    private var stringPages: [UInt64]
    private var touched: [Int] = []
    /// The columns of few values.
    private var paired: [Int] = []

    /// `columnEnds` has for each page where it ends in each attribute column.
    init(_ draft: BlockDraft, pages: [Range<Int>], columnEnds: [[Int]], seed: UInt64) {
        self.draft = draft
        self.pages = pages
        hash = ValueHash(seed: seed)
        values = ValueFilterDraft(hash, pages: pages.count)
        stringPages = [UInt64](repeating: 0, count: draft.batch.strings.count)
        let services = ServicePairs(draft, pages: pages, hash: hash)
        addSpanAttributes(columnEnds, isPaired: services.areFew)
        addShapes(services)
        addResources()
        addEvents()
        addLinks()
        // The same spans and seed make the same bytes, whatever order a dictionary has today.
        keys.sort { one, two in
            if one.key != two.key { return one.key < two.key }
            if one.level != two.level { return one.level.rawValue < two.level.rawValue }
            return one.type.rawValue < two.type.rawValue
        }
    }

    /// The set of one page alone.
    private func bit(_ page: Int) -> UInt64 { PageSet.bit(page, of: pages.count) }

    private mutating func addSpanAttributes(_ columnEnds: [[Int]], isPaired: Bool) {
        for number in draft.meta.columns.indices {
            let column = draft.meta.columns[number]
            let key = hash.key(draft.meta.strings.bytes(column.key))
            let first = draft.values(of: number).startIndex
            let runs = pages.indices.map { page in
                first + (page == 0 ? 0 : columnEnds[page - 1][number])..<first + columnEnds[page][number]
            }
            add(.span, key, column.type, draft.values(of: number), runs, isPaired: isPaired)
            if keys.last?.isPaired == true { paired.append(number) }
        }
    }

    /// Adds the values that one key has with one type: those of each page are a run. If few and `isPaired`, the
    /// entry says that there are pairs of them and the spans' services as well.
    private mutating func add(
        _ level: ValueHash.Level,
        _ key: UInt64,
        _ type: AttributeType,
        _ all: ArraySlice<UInt64>,
        _ runs: [Range<Int>],
        isPaired: Bool = false
    ) {
        var entry = KeyIndex.Entry(key: key, level: level, type: type, isFiltered: false, pages: .none)
        for (page, run) in runs.enumerated() where !run.isEmpty { entry.pages.bits |= bit(page) }
        if KeyIndex.hasRanges(type) { entry.ranges = ranges(type, all, runs, of: entry.pages) }
        switch type {
        case .string:
            entry.isFiltered = true
            for (page, run) in runs.enumerated() {
                let bit = bit(page)
                for value in all[run] { see(Int(value), bit) }
            }
            entry.isPaired = isPaired && touched.count <= Self.pairedValuesMax
            addSeen(level, key)
        case .int:
            entry.isFiltered = addNumbers(level, key, all, runs)
            entry.isPaired = isPaired && entry.isFiltered
        default: break
        }
        keys.append(entry)
    }

    private mutating func see(_ ref: Int, _ bit: UInt64) {
        if stringPages[ref] == 0 { touched.append(ref) }
        stringPages[ref] |= bit
    }

    /// Adds the strings that were seen since the last call.
    private mutating func addSeen(_ level: ValueHash.Level, _ key: UInt64) {
        for ref in touched {
            let value = hash.value(level, key: key, string: draft.batch.strings.bytes(StringRef(ref)))
            let pages = stringPages[ref]
            values.add(value, pages)
            stringPages[ref] = 0
        }
        touched.removeAll(keepingCapacity: true)
    }

    private func ranges(
        _ type: AttributeType,
        _ all: ArraySlice<UInt64>,
        _ runs: [Range<Int>],
        of set: PageSet
    ) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        var last: UInt64 = 0
        for (page, run) in runs.enumerated() where !run.isEmpty {
            var low = UInt64.max
            var high = UInt64.min
            for value in all[run] {
                let rank = KeyIndex.rank(type, value)
                low = min(low, rank)
                high = max(high, rank)
            }
            let bit = bit(page)
            if bit == last, let range = ranges.popLast() {
                ranges.append(min(range.lowerBound, low)...max(range.upperBound, high))
            } else {
                ranges.append(low...high)
            }
            last = bit
        }
        return ranges
    }

    /// Adds the values of an int column if they are few, and says whether it did.
    private mutating func addNumbers(
        _ level: ValueHash.Level,
        _ key: UInt64,
        _ all: ArraySlice<UInt64>,
        _ runs: [Range<Int>]
    ) -> Bool {
        var seen: [UInt64: UInt64] = [:]
        for (page, run) in runs.enumerated() {
            let bit = bit(page)
            var last: UInt64?
            for value in all[run] where value != last {
                last = value
                seen[value, default: 0] |= bit
                if seen.count > Self.filteredNumbersMax { return false }
            }
        }
        for (value, pages) in seen { values.add(hash.value(level, key: key, bits: value), pages) }
        return true
    }

    /// What shapes share: name, service, kind, status, scope; and what a service's spans have.
    private mutating func addShapes(_ pairs: ServicePairs) {
        let shapePages = shapePages()
        var names: [StringRef: UInt64] = [:]
        var services: [StringRef: UInt64] = [:]
        var kinds: [UInt8: UInt64] = [:]
        var statuses: [UInt8: UInt64] = [:]
        var scopes: [UInt32: UInt64] = [:]
        for (number, shape) in draft.meta.shapes.enumerated() {
            let pages = shapePages[number]
            names[shape.name, default: 0] |= pages
            services[shape.service, default: 0] |= pages
            kinds[shape.kind.rawValue, default: 0] |= pages
            statuses[shape.status.rawValue, default: 0] |= pages
            scopes[shape.scope, default: 0] |= pages
        }
        let strings = draft.meta.strings
        for (ref, pages) in names { values.add(hash.value(.name, key: 0, string: strings.bytes(ref)), pages) }
        for (ref, pages) in services { values.add(hash.value(.service, key: 0, string: strings.bytes(ref)), pages) }
        for (kind, pages) in kinds { values.add(hash.value(.kind, bits: UInt64(kind)), pages) }
        for (status, pages) in statuses { values.add(hash.value(.status, bits: UInt64(status)), pages) }
        for pair in pairs.all(shapePages, paired: paired) { values.add(pair.hash, pair.pages) }
        addScopes(scopes)
    }

    /// By shape: the pages it is in.
    private func shapePages() -> [UInt64] {
        var shapePages = [UInt64](repeating: 0, count: draft.meta.shapes.count)
        for (page, rows) in pages.enumerated() {
            let bit = bit(page)
            for shape in draft.shapes[rows] { shapePages[Int(shape)] |= bit }
        }
        return shapePages
    }

    private mutating func addScopes(_ pages: [UInt32: UInt64]) {
        var names: [StringRef: UInt64] = [:]
        var versions: [StringRef: UInt64] = [:]
        var owned: [(attributes: [Attribute], pages: UInt64)] = []
        for (number, pages) in pages where Int(number) < draft.meta.scopes.count {
            let scope = draft.meta.scopes[Int(number)]
            names[scope.name, default: 0] |= pages
            versions[scope.version, default: 0] |= pages
            owned.append((scope.attributes, pages))
        }
        let strings = draft.meta.strings
        for (ref, pages) in names { values.add(hash.value(.scopeName, key: 0, string: strings.bytes(ref)), pages) }
        for (ref, pages) in versions {
            values.add(hash.value(.scopeVersion, key: 0, string: strings.bytes(ref)), pages)
        }
        add(.scope, owned)
    }

    private mutating func addResources() {
        var resourcePages = [UInt64](repeating: 0, count: draft.meta.resources.count + 1)
        for (page, rows) in pages.enumerated() {
            let bit = bit(page)
            for number in draft.batch.spans.resources[rows] {
                resourcePages[min(Int(number), resourcePages.count - 1)] |= bit
            }
        }
        add(.resource, draft.meta.resources.enumerated().map { ($1.attributes, resourcePages[$0]) })
    }

    /// Adds the attributes of what many spans share; their strings are those of the dictionary.
    private mutating func add(_ level: ValueHash.Level, _ owners: [(attributes: [Attribute], pages: UInt64)]) {
        struct Key: Hashable {
            var key: StringRef
            var type: AttributeType
        }
        var seen: [Attribute: UInt64] = [:]
        var entries: [Key: UInt64] = [:]
        for owner in owners where owner.pages != 0 {
            for attribute in owner.attributes {
                seen[attribute, default: 0] |= owner.pages
                entries[Key(key: attribute.key, type: attribute.type), default: 0] |= owner.pages
            }
        }
        let strings = draft.meta.strings
        for (attribute, pages) in seen {
            let key = hash.key(strings.bytes(attribute.key))
            switch attribute.type {
            case .string:
                let bytes = strings.bytes(StringRef(truncatingIfNeeded: attribute.value))
                values.add(hash.value(level, key: key, string: bytes), pages)
            case .int: values.add(hash.value(level, key: key, bits: attribute.value), pages)
            default: break
            }
        }
        for (entry, pages) in entries {
            keys.append(
                KeyIndex.Entry(
                    key: hash.key(strings.bytes(entry.key)),
                    level: level,
                    type: entry.type,
                    isFiltered: entry.type == .string || entry.type == .int,
                    pages: PageSet(bits: pages)
                )
            )
        }
    }

    /// The events' names and attributes, which are put in columns by key and type first, as those of spans are.
    private mutating func addEvents() {
        let events = draft.batch.events
        guard !events.names.isEmpty else { return }
        struct Column {
            var key: StringRef
            var type: AttributeType
            var values: [UInt64] = []
            var ends: [Int]
        }
        var columns: [Column] = []
        var numbers: [UInt64: Int] = [:]
        for (page, rows) in pages.enumerated() {
            let bit = bit(page)
            let range = events.range(rows.lowerBound).lowerBound..<events.range(rows.upperBound - 1).upperBound
            for name in events.names[range] { see(Int(name), bit) }
            for event in range {
                for index in events.attributes.range(event) {
                    let attribute = events.attributes[index]
                    let place = UInt64(attribute.key) << 8 | UInt64(attribute.type.rawValue)
                    if numbers[place] == nil {
                        numbers[place] = columns.count
                        let ends = [Int](repeating: 0, count: page)
                        columns.append(Column(key: attribute.key, type: attribute.type, ends: ends))
                    }
                    columns[numbers[place] ?? 0].values.append(attribute.value)
                }
            }
            for number in columns.indices { columns[number].ends.append(columns[number].values.count) }
        }
        addSeen(.eventName, 0)
        for column in columns {
            let runs = column.ends.indices.map { ($0 == 0 ? 0 : column.ends[$0 - 1])..<column.ends[$0] }
            add(.event, hash.key(draft.batch.strings.bytes(column.key)), column.type, column.values[...], runs)
        }
    }

    /// Of links only the keys: they hardly ever have attributes.
    private mutating func addLinks() {
        let links = draft.batch.links
        guard links.attributes.count > 0 else { return }
        var seen: [UInt64: UInt64] = [:]
        for (page, rows) in pages.enumerated() {
            for link in links.range(rows.lowerBound).lowerBound..<links.range(rows.upperBound - 1).upperBound {
                for index in links.attributes.range(link) {
                    let attribute = links.attributes[index]
                    let place = UInt64(attribute.key) << 8 | UInt64(attribute.type.rawValue)
                    seen[place, default: 0] |= bit(page)
                }
            }
        }
        for (place, pages) in seen {
            let key = hash.key(draft.batch.strings.bytes(StringRef(truncatingIfNeeded: place >> 8)))
            let type = AttributeType(rawValue: UInt8(truncatingIfNeeded: place)) ?? .empty
            keys.append(
                KeyIndex.Entry(key: key, level: .link, type: type, isFiltered: false, pages: PageSet(bits: pages))
            )
        }
    }
}
