import SpanStorage
import TraceModel

/// The counting of attributes, source by source.
struct AttributeCensus {
    /// What is counted.
    enum Subject {
        /// The keys.
        case keys
        /// The values of one key.
        case values(key: String)
    }

    /// So many different keys or values are told apart; what comes then is left out, and the answer says so.
    static let distinctMax = 100_000
    /// A column whose strings hardly repeat is read in so many pages, the newest: its values are a sample.
    static let rawPagesMax = 32

    private struct Entry: Hashable {
        var level: AttributeLevel
        var type: AttributeType
        /// The key, or the bytes of the value.
        var bytes: [UInt8]
        /// The value, if it has no bytes.
        var bits: UInt64
    }

    let query: AttributeQuery
    let subject: Subject
    /// Pages of columns whose strings hardly repeat that have been read.
    var rawPages = 0
    /// False once something has been left out.
    var isExact = true
    private var counts: [Entry: Int] = [:]
    private let prefix: [UInt8]

    init(_ query: AttributeQuery, _ subject: Subject) {
        self.query = query
        self.subject = subject
        prefix = Array(query.prefix.utf8)
    }

    /// Whether attributes of a level count.
    func asks(_ level: AttributeLevel) -> Bool { query.level == .any || query.level == level }

    /// Whether a key has the prefix that is asked for.
    func asks(key: RawSpan) -> Bool { hasPrefix(key) }

    /// Counts a key.
    mutating func count(key: RawSpan, _ type: AttributeType, level: AttributeLevel, times: Int) {
        guard times > 0, hasPrefix(key) else { return }
        var bytes: [UInt8] = []
        bytes.append(copying: key)
        add(Entry(level: level, type: type, bytes: bytes, bits: 0), times)
    }

    /// Counts a value; `bytes` are those behind `bits` if the type has some.
    mutating func count(value bits: UInt64, _ type: AttributeType, bytes: RawSpan, times: Int) {
        guard times > 0 else { return }
        var copy: [UInt8] = []
        if type.isReference { copy.append(copying: bytes) }
        let entry = Entry(level: .any, type: type, bytes: copy, bits: type.isReference ? 0 : bits)
        if type == .string {
            guard hasPrefix(bytes) else { return }
        } else if !prefix.isEmpty {
            guard Self.text(Self.value(entry)).utf8.starts(with: prefix) else { return }
        }
        add(entry, times)
    }

    private func hasPrefix(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= prefix.count && hasBytes(bytes.extracting(0..<prefix.count), prefix)
    }

    private mutating func add(_ entry: Entry, _ times: Int) {
        if counts[entry] == nil, counts.count >= Self.distinctMax {
            isExact = false
            return
        }
        counts[entry, default: 0] += times
    }

    /// The keys, the most frequent first, then by level and name.
    func keys() -> AttributeCounts<AttributeKeyCount> {
        var keys: [Entry: [AttributeKeyCount.TypeCount]] = [:]
        for (entry, count) in counts {
            let key = Entry(level: entry.level, type: .empty, bytes: entry.bytes, bits: 0)
            keys[key, default: []].append(AttributeKeyCount.TypeCount(type: entry.type, count: count))
        }
        let items = keys.map { key, types in
            AttributeKeyCount(
                key: String(decoding: key.bytes, as: UTF8.self),
                level: key.level,
                types: types.sorted { ($1.count, $0.type.rawValue) < ($0.count, $1.type.rawValue) }
            )
        }
        return answer(
            items.sorted { left, right in
                if left.count != right.count { return left.count > right.count }
                return left.key == right.key ? left.level.rawValue < right.level.rawValue : left.key < right.key
            }
        )
    }

    /// The values, the most frequent first, then by their text.
    func values() -> AttributeCounts<AttributeValueCount> {
        let items = counts.map { entry, count in
            (item: AttributeValueCount(value: Self.value(entry), count: count), type: entry.type)
        }
        let texts = items.map { Self.text($0.item.value) }
        let order = items.indices.sorted { left, right in
            if items[left].item.count != items[right].item.count {
                return items[left].item.count > items[right].item.count
            }
            return (texts[left], items[left].type.rawValue) < (texts[right], items[right].type.rawValue)
        }
        return answer(order.map { items[$0].item })
    }

    private func answer<Item>(_ items: [Item]) -> AttributeCounts<Item> {
        var answer = AttributeCounts<Item>()
        answer.items = Array(items.prefix(query.limit))
        answer.isTruncated = items.count > query.limit
        answer.isExact = isExact
        return answer
    }

    private static func value(_ entry: Entry) -> AttributeValue {
        switch entry.type {
        case .empty: return .empty
        case .string: return .string(String(decoding: entry.bytes, as: UTF8.self))
        case .bool: return .bool(entry.bits != 0)
        case .int: return .int(Int64(bitPattern: entry.bits))
        case .double: return .double(Double(bitPattern: entry.bits))
        case .bytes: return .bytes(entry.bytes)
        case .array, .map:
            var reader = ByteReader(entry.bytes.span.bytes)
            return (try? AttributeValue.decode(&reader, depth: 0)) ?? .empty
        }
    }

    /// What a prefix is compared with: a string as it is, anything else as JSON.
    private static func text(_ value: AttributeValue) -> String {
        if case .string(let text) = value { return text }
        return value.jsonText
    }
}

extension AttributeCensus {
    /// Asks all sources, the newest first, as long as the budget lasts.
    mutating func run(_ sources: [any SpanSource], meter: QueryMeter) throws(SpanStoreError) -> PartialAnswer? {
        var meter = meter
        let asked = sources.filter { $0.startRange?.overlaps(query.start) ?? false }
        let spans = asked.reduce(0) { $0 + $1.spanCount }
        var damage: [String] = []
        var stop: PartialAnswer.Reason?
        for source in asked.sorted(by: { $0.latestStart > $1.latestStart }) {
            do {
                stop = try source.count(&self, &meter)
            } catch {
                guard case .damaged(let text) = error else { throw error }
                damage.append(text)
            }
            if stop != nil { break }
        }
        guard let reason = stop ?? (damage.isEmpty ? nil : .damaged(damage)) else { return nil }
        isExact = false
        return PartialAnswer(reason: reason, scannedSpans: meter.scannedSpans, spans: spans)
    }
}
