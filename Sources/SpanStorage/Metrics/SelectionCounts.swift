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
        var field: SpanField
        var type: AttributeType
        var text: String
    }

    private struct Entry {
        var field: SpanField
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
    private var totals: [SpanField: Totals] = [:]

    init(_ selection: SpanSelection, _ steps: MetricSteps) {
        self.selection = selection
        self.steps = steps
    }

    /// Counts spans of a trace, which the batch holds whole.
    mutating func add(_ trace: borrowing SpanBatch, rows: some Sequence<Int>) {
        let facts = TraceFacts(of: trace)
        let prepared = PreparedFilter(selection.filter, for: trace, trace: facts)
        let readers = Self.fields.map { ($0, FieldValues($0, of: trace, facts)) }
        for row in rows {
            let start = trace.spans.starts[row]
            guard let step = steps.number(of: start) else { continue }
            var isSelected = prepared.matches(row, in: trace)
            if let window = selection.window, start <= window.lowerBound || start > window.upperBound {
                isSelected = false
            }
            for (field, reader) in readers {
                if let found = reader.find(row, in: trace) { count(field, found.value(in: trace), step, isSelected) }
            }
            for index in trace.spanAttributes.range(row) {
                count(trace.spanAttributes[index], .span, trace, step, isSelected)
            }
            for attribute in trace.resource(of: row).attributes {
                if trace.strings.text(attribute.key) != SpanField.serviceKey {
                    count(attribute, .resource, trace, step, isSelected)
                }
            }
            for event in trace.events.range(row) {
                for index in trace.events.attributes.range(event) {
                    count(trace.events.attributes[index], .event, trace, step, isSelected)
                }
            }
        }
    }

    private mutating func count(
        _ attribute: Attribute,
        _ level: AttributeLevel,
        _ trace: borrowing SpanBatch,
        _ step: Int,
        _ isSelected: Bool
    ) {
        let key = trace.strings.text(attribute.key)
        count(.attribute(level, key), trace.value(attribute), step, isSelected)
    }

    private mutating func count(_ field: SpanField, _ value: AttributeValue, _ step: Int, _ isSelected: Bool) {
        let type: AttributeType
        let text: String
        switch value {
        case .string(let string): (type, text) = (.string, string)
        case .bool(let flag): (type, text) = (.bool, "\(flag)")
        case .int(let number): (type, text) = (.int, "\(number)")
        case .double(let number): (type, text) = (.double, "\(number)")
        case .empty, .bytes, .array, .map: return
        }
        if isSelected {
            totals[field, default: Totals()].selected[step, default: 0] += 1
        } else {
            totals[field, default: Totals()].others[step, default: 0] += 1
        }
        let place = Place(field: field, type: type, text: text)
        var number = places[place] ?? -1
        if number < 0 {
            if entries.count >= Self.entriesMax { return }
            number = entries.count
            places[place] = number
            entries.append(Entry(field: field, value: value))
        }
        if isSelected {
            entries[number].selected[step, default: 0] += 1
        } else {
            entries[number].others[step, default: 0] += 1
        }
    }

    /// The most frequent values of each attribute in both sets, and how many spans have the attribute.
    var series: [SpanMetricsSeries] {
        var byField: [SpanField: [Entry]] = [:]
        for entry in entries { byField[entry.field, default: []].append(entry) }
        return byField.sorted { $0.key.traceQL < $1.key.traceQL }.flatMap { field, entries in
            let totals = totals[field] ?? Totals()
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
