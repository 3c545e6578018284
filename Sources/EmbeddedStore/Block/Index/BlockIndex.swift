import SpanStorage
import TraceModel

/// What can be told about a block's pages without its dictionary and its shapes: which of them can have a span that
/// satisfies a filter.
///
/// It never leaves out a page that has one. It may keep pages that have none: that is found when they are scanned.
struct BlockIndex {
    let file: FileBytes
    let values: ValueFilter
    let keys: Range<Int>
    let directory: BlockDirectory
    /// Whether the value filter has pairs of a service and what its spans have.
    let hasPairs: Bool
    /// The service whose spans alone are asked for, if there is one.
    private var service: String?

    init(file: FileBytes, values: ValueFilter, keys: Range<Int>, directory: BlockDirectory, hasPairs: Bool) {
        self.file = file
        self.values = values
        self.keys = keys
        self.directory = directory
        self.hasPairs = hasPairs
    }

    private var all: PageSet { .all(of: directory.pages.count) }
    private var hash: ValueHash { values.hash }

    /// The pages that can have a span which satisfies the filter.
    func pages(for filter: SpanFilter) -> PageSet {
        switch filter {
        case .everything: return all
        case .and(let parts):
            let index = narrowed(to: parts)
            return parts.reduce(all) { $0.isEmpty ? $0 : $0 & index.pages(for: $1) }
        case .or(let parts): return parts.reduce(PageSet.none) { $0 | pages(for: $1) }
        case .not(let part): return pages(without: part)
        case .service(let name): return values.pages(of: hash.value(.service, text: name))
        case .name(let name): return values.pages(of: hash.value(.name, text: name))
        case .kind(let kind): return pages(of: kind)
        case .status(let status): return pages(of: status)
        case .durationAtLeast(let least): return pages { $0.durationMax >= least }
        case .durationAtMost(let most): return pages { $0.durationMin <= most }
        case .tag(let condition): return pages(for: condition)
        case .field(let condition): return pages(for: condition)
        }
    }

    /// The same for spans that satisfy all of these: a service among them narrows what the others can find.
    private func narrowed(to parts: [SpanFilter]) -> BlockIndex {
        guard hasPairs, service == nil else { return self }
        for case .service(let name) in parts {
            var index = self
            index.service = name
            return index
        }
        return self
    }

    /// The pages that have a span of the service asked for, if one is, together with something else.
    private func pages(ofServiceWith level: ValueHash.Level, _ other: UInt64) -> PageSet {
        guard let service else { return all }
        return values.pages(of: hash.pair(level, other, service: service))
    }

    private func pages(of kind: SpanKind) -> PageSet {
        let bits = UInt64(kind.rawValue)
        return values.pages(of: hash.value(.kind, bits: bits)) & pages(ofServiceWith: .kindOfService, bits)
    }

    private func pages(of status: StatusCode) -> PageSet {
        let bits = UInt64(status.rawValue)
        return values.pages(of: hash.value(.status, bits: bits)) & pages(ofServiceWith: .statusOfService, bits)
    }

    private func pages(where isPossible: (BlockDirectory.Page) -> Bool) -> PageSet {
        var set = PageSet.none
        for (number, page) in directory.pages.enumerated() where isPossible(page) {
            set.insert(number, of: directory.pages.count)
        }
        return set
    }

    private func pages(without filter: SpanFilter) -> PageSet {
        switch filter {
        case .everything: .none
        case .durationAtLeast(let least): pages { $0.durationMin < least }
        case .durationAtMost(let most): pages { $0.durationMax > most }
        case .and(let parts): parts.reduce(PageSet.none) { $0 | pages(without: $1) }
        case .or(let parts): parts.reduce(all) { $0 & pages(without: $1) }
        case .not(let part): pages(for: part)
        default: all
        }
    }

    /// The entries of a key; nil if the section is damaged, and then any page may have anything.
    private func entries(of key: UInt64) -> [KeyIndex.Entry]? {
        let file = self.file
        let entries = KeyIndex.entries(of: key, in: file.bytes.extracting(keys), pages: directory.pages.count)
        guard service != nil, let entries else { return entries }
        // What resources, scopes and events have is not told of each service.
        let pages = pages(ofServiceWith: .keyOfService, key)
        return entries.map { entry in
            guard entry.level == .span else { return entry }
            var entry = entry
            entry.narrow(to: pages)
            return entry
        }
    }
}

// Jaeger's tags: the value is text, and is compared with values of every type.
extension BlockIndex {
    private func pages(for condition: TagCondition) -> PageSet {
        let special = SpecialTag(condition)
        var found = PageSet.none
        if let kind = special.kind { found = found | pages(of: kind) }
        for status in special.statuses { found = found | pages(of: status) }
        if special.asksScopeName { found = found | values.pages(of: hash.value(.scopeName, text: condition.text)) }
        if special.asksScopeVersion {
            found = found | values.pages(of: hash.value(.scopeVersion, text: condition.text))
        }
        if condition.key == "event" { found = found | values.pages(of: hash.value(.eventName, text: condition.text)) }
        found = found | pages(key: condition.key, text: condition.text)
        if let inner = SpecialTag.resourceKey(condition) {
            found = found | pages(key: inner, text: condition.text, level: .resource)
        }
        return found
    }

    private func pages(key: String, text: String, level: ValueHash.Level? = nil) -> PageSet {
        let keyHash = hash.key(key)
        guard let entries = entries(of: keyHash) else { return all }
        var found = PageSet.none
        for entry in entries where level == nil || entry.level == level {
            found = found | pages(of: entry, text: text)
        }
        return found
    }

    private func pages(of entry: KeyIndex.Entry, text: String) -> PageSet {
        switch entry.type {
        case .string: return pages(of: entry, string: text)
        case .int: return Int64(text).map { pages(of: entry, int: $0) } ?? .none
        case .double: return Double(text) == nil ? .none : entry.pages
        case .bool: return text == "true" || text == "false" ? entry.pages : .none
        case .empty: return text.isEmpty ? entry.pages : .none
        case .array, .map: return text.first == "[" || text.first == "{" ? entry.pages : .none
        case .bytes: return entry.pages
        }
    }

    private func pages(of entry: KeyIndex.Entry, string text: String) -> PageSet {
        guard entry.isFiltered else { return entry.pages }
        return entry.pages & pages(of: entry, value: hash.value(entry.level, key: entry.key, text: text))
    }

    /// The pages that can have a value of an entry whose values are in the filter.
    private func pages(of entry: KeyIndex.Entry, value: UInt64) -> PageSet {
        let found = values.pages(of: value)
        return entry.isPaired && !found.isEmpty ? found & pages(ofServiceWith: .valueOfService, value) : found
    }

    private func pages(of entry: KeyIndex.Entry, int number: Int64) -> PageSet {
        let bits = UInt64(bitPattern: number)
        let rank = KeyIndex.rank(.int, bits)
        let found = entry.pages(overlapping: rank...rank)
        guard entry.isFiltered else { return found }
        return found & pages(of: entry, value: hash.value(entry.level, key: entry.key, bits: bits))
    }
}

// Typed conditions on fields.
extension BlockIndex {
    private func pages(for condition: FieldCondition) -> PageSet {
        switch condition.field {
        case .intrinsic(let intrinsic):
            guard case .compare(.equal, let value) = condition.test else { return all }
            switch (intrinsic, value) {
            case (.name, .string(let text)): return values.pages(of: hash.value(.name, text: text))
            case (.eventName, .string(let text)): return values.pages(of: hash.value(.eventName, text: text))
            case (.scopeName, .string(let text)): return values.pages(of: hash.value(.scopeName, text: text))
            case (.scopeVersion, .string(let text)): return values.pages(of: hash.value(.scopeVersion, text: text))
            case (.kind, .kind(let kind)): return pages(of: kind)
            case (.status, .status(let status)): return pages(of: status)
            default: return all
            }
        case .attribute(let level, let key):
            // The service's name stands for an attribute that spans of Jaeger's and Zipkin's do not have.
            if key == "service.name", level == .any || level == .resource { return all }
            guard let entries = entries(of: hash.key(key)) else { return all }
            return entries.reduce(PageSet.none) { found, entry in
                isAsked(entry.level, level) ? found | pages(of: entry, condition.test) : found
            }
        }
    }

    private func isAsked(_ level: ValueHash.Level, _ asked: AttributeLevel) -> Bool {
        switch (asked, level) {
        case (.any, _), (.span, .span), (.resource, .resource), (.event, .event), (.link, .link), (.scope, .scope): true
        default: false
        }
    }

    private func pages(of entry: KeyIndex.Entry, _ test: FieldTest) -> PageSet {
        switch test {
        case .exists, .matches, .matchesNot: return entry.pages
        case .isOneOf(let wanted):
            return wanted.reduce(PageSet.none) { $0 | pages(of: entry, .equal, $1) }
        case .compare(let comparison, let value): return pages(of: entry, comparison, value)
        }
    }

    private func pages(of entry: KeyIndex.Entry, _ comparison: Comparison, _ value: FilterValue) -> PageSet {
        // An array satisfies a test of its elements.
        if entry.type == .array { return entry.pages }
        switch value {
        case .string(let text):
            guard entry.type == .string else { return .none }
            return comparison == .equal ? pages(of: entry, string: text) : entry.pages
        case .int(let number), .duration(let number):
            guard entry.type == .int else { return entry.type == .double ? entry.pages : .none }
            if comparison == .equal { return pages(of: entry, int: number) }
            return bounds(comparison, number).map { entry.pages(overlapping: $0) } ?? .none
        case .double: return entry.type == .int || entry.type == .double ? entry.pages : .none
        case .bool: return entry.type == .bool ? entry.pages : .none
        case .status, .kind: return .none
        }
    }

    /// Where the ranks of the ints lie that stand in a relation to a number; nil if there are none.
    private func bounds(_ comparison: Comparison, _ number: Int64) -> ClosedRange<UInt64>? {
        let rank = KeyIndex.rank(.int, UInt64(bitPattern: number))
        switch comparison {
        case .equal: return rank...rank
        case .notEqual: return 0...UInt64.max
        case .less: return rank == 0 ? nil : 0...rank - 1
        case .lessOrEqual: return 0...rank
        case .greater: return rank == .max ? nil : rank + 1...UInt64.max
        case .greaterOrEqual: return rank...UInt64.max
        }
    }
}
