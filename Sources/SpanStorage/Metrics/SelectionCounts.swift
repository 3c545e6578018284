import TraceModel

/// How often each value of each attribute is among the spans of a selection, and among all others: TraceQL's
/// `compare()`.
struct SelectionCounts: Sendable {
    /// So many values of all attributes are counted apart; spans with others only count as having the attribute.
    static let entriesMax = 50_000

    /// What is counted beside the attributes.
    private static let fields: [SpanField] =
        [Intrinsic.name, .kind, .status, .statusMessage, .rootName, .rootServiceName, .scopeName, .scopeVersion]
        .map { .intrinsic($0) } + [.service]

    private struct Place: Hashable {
        var field: Int
        var type: AttributeType
        var text: String
    }

    private struct Entry {
        var field: Int
        var value: AttributeValue
        var selected: [Int: UInt64] = [:]
        var others: [Int: UInt64] = [:]
    }

    private struct Totals {
        var selected: [Int: UInt64] = [:]
        var others: [Int: UInt64] = [:]
    }

    private let selection: SpanSelection
    private let steps: MetricSteps
    private var entries: [Entry] = []
    private var places: [Place: Int] = [:]
    private var totals: [Totals] = []
    private var fieldNumbers: [SpanField: Int] = [:]

    init(_ selection: SpanSelection, _ steps: MetricSteps) {
        self.selection = selection
        self.steps = steps
    }

    /// An attribute as a trace stores it: equal ones of one trace are told apart without a look at their texts.
    private struct Stored: Hashable {
        var level: AttributeLevel
        var key: StringRef
        var type: AttributeType
        var bits: UInt64
    }

    /// Where an attribute is counted: the number of its field, and of its value or -1 if there is no room.
    private struct Numbers {
        var field: Int
        var entry: Int
    }

    /// Counts spans of a trace, which the batch holds whole.
    mutating func add(_ trace: borrowing SpanBatch, rows: some Sequence<Int>) {
        let facts = TraceFacts(of: trace)
        let prepared = PreparedFilter(selection.filter, for: trace, trace: facts)
        let readers = Self.fields.map { ($0, FieldValues($0, of: trace, facts)) }
        var knownValues = [[FieldValues.Found: Numbers?]](repeating: [:], count: readers.count)
        var known: [Stored: Numbers?] = [:]
        for row in rows {
            let start = trace.spans.starts[row]
            guard let step = steps.number(of: start) else { continue }
            var isSelected = prepared.matches(row, in: trace)
            if let window = selection.window, start <= window.lowerBound || start > window.upperBound {
                isSelected = false
            }
            for (index, (field, reader)) in readers.enumerated() {
                guard let found = reader.find(row, in: trace) else { continue }
                let numbers = knownValues[index][found] ?? numbers(of: field, found.value(in: trace))
                knownValues[index][found] = .some(numbers)
                count(numbers, step, isSelected)
            }
            let own = trace.spanAttributes
            count(own.range(row).lazy.map { own[$0] }, .span, trace, &known, step, isSelected)
            count(trace.resource(of: row).attributes, .resource, trace, &known, step, isSelected)
            let fields = trace.events.attributes
            for event in trace.events.range(row) {
                count(fields.range(event).lazy.map { fields[$0] }, .event, trace, &known, step, isSelected)
            }
        }
    }

    private mutating func count(
        _ attributes: some Collection<Attribute>,
        _ level: AttributeLevel,
        _ trace: borrowing SpanBatch,
        _ known: inout [Stored: Numbers?],
        _ step: Int,
        _ isSelected: Bool
    ) {
        for attribute in attributes {
            let stored = Stored(level: level, key: attribute.key, type: attribute.type, bits: attribute.value)
            if let numbers = known[stored] {
                count(numbers, step, isSelected)
                continue
            }
            let key = trace.strings.text(attribute.key)
            // The service's name is counted whatever it came in by.
            let isCounted = level == .resource && key == SpanField.serviceKey
            let numbers = isCounted ? nil : numbers(of: .attribute(level, key), trace.value(attribute))
            known[stored] = .some(numbers)
            count(numbers, step, isSelected)
        }
    }

    private mutating func count(_ numbers: Numbers?, _ step: Int, _ isSelected: Bool) {
        guard let numbers else { return }
        if isSelected {
            totals[numbers.field].selected[step, default: 0] += 1
            if numbers.entry >= 0 { entries[numbers.entry].selected[step, default: 0] += 1 }
        } else {
            totals[numbers.field].others[step, default: 0] += 1
            if numbers.entry >= 0 { entries[numbers.entry].others[step, default: 0] += 1 }
        }
    }

    /// Where a value of a field is counted; nil for values that nothing is compared by.
    private mutating func numbers(of field: SpanField, _ value: AttributeValue) -> Numbers? {
        let type: AttributeType
        let text: String
        switch value {
        case .string(let string): (type, text) = (.string, string)
        case .bool(let flag): (type, text) = (.bool, "\(flag)")
        case .int(let number): (type, text) = (.int, "\(number)")
        case .double(let number): (type, text) = (.double, "\(number)")
        case .empty, .bytes, .array, .map: return nil
        }
        let number = fieldNumbers[field] ?? totals.count
        if number == totals.count {
            if number >= Self.entriesMax { return nil }
            fieldNumbers[field] = number
            totals.append(Totals())
        }
        let place = Place(field: number, type: type, text: text)
        if let entry = places[place] { return Numbers(field: number, entry: entry) }
        if entries.count >= Self.entriesMax { return Numbers(field: number, entry: -1) }
        places[place] = entries.count
        entries.append(Entry(field: number, value: value))
        return Numbers(field: number, entry: entries.count - 1)
    }

    /// The most frequent values of each attribute in both sets, and how many spans have the attribute.
    var series: [SpanMetricsSeries] {
        var byField = [[Entry]](repeating: [], count: totals.count)
        for entry in entries { byField[entry.field].append(entry) }
        return fieldNumbers.sorted { $0.key.traceQL < $1.key.traceQL }.flatMap { field, number in
            let (entries, totals) = (byField[number], totals[number])
            return series(field, "baseline", entries.map { ($0.value, $0.others) })
                + series(field, "selection", entries.map { ($0.value, $0.selected) })
                + one(field, "baseline_total", nil, totals.others)
                + one(field, "selection_total", nil, totals.selected)
        }
    }

    private func series(
        _ field: SpanField,
        _ set: String,
        _ values: [(value: AttributeValue, counts: [Int: UInt64])]
    ) -> [SpanMetricsSeries] {
        func sum(_ counts: [Int: UInt64]) -> UInt64 { counts.values.reduce(0) { $0.addingWithoutWrap($1) } }
        let sorted = values.map { ($0.value, $0.counts, sum($0.counts)) }.sorted { left, right in
            left.2 == right.2 ? left.0.jsonText < right.0.jsonText : left.2 > right.2
        }
        return sorted.prefix(selection.values).flatMap { one(field, set, $0.0, $0.1) }
    }

    private func one(
        _ field: SpanField,
        _ set: String,
        _ value: AttributeValue?,
        _ counts: [Int: UInt64]
    ) -> [SpanMetricsSeries] {
        if counts.isEmpty { return [] }
        return [
            SpanMetricsSeries(
                labels: [.init(name: "__meta_type", value: .string(set)), .init(name: field.traceQL, value: value)],
                samples: counts.sorted { $0.key < $1.key }.map { .init(step: $0.key, value: Double($0.value)) }
            )
        ]
    }
}
