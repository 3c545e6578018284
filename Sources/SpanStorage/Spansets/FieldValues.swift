import TraceModel

/// The first value of a field, span by span, for aggregates and groups.
struct FieldValues {
    private let field: SpanField
    private let key: StringRef?
    private let facts: TraceFacts
    // Of fields that say where a span stands: the number by row.
    private let places: [Int64]

    init(_ field: SpanField, of trace: borrowing SpanBatch, _ facts: TraceFacts) {
        self.field = field
        self.facts = facts
        if case .intrinsic(let intrinsic) = field, intrinsic.isOfPlace {
            places = NestedSets(trace).values(intrinsic)
        } else {
            places = []
        }
        if case .attribute(_, let text) = field { key = trace.strings.firstRef(of: text) } else { key = nil }
    }

    /// A value of which equality is quickly told.
    enum Found: Hashable {
        case stored(AttributeType, UInt64)
        case text(String)
    }

    /// The value in a row; nil if it has none.
    func find(_ row: Int, in trace: borrowing SpanBatch) -> Found? {
        switch field {
        case .attribute(let level, let text):
            attribute(level, text, row, trace).map { .stored($0.type, $0.value) }
        case .intrinsic(let intrinsic): intrinsicValue(intrinsic, row, trace)
        }
    }

    /// The value in a row if it is a number.
    func number(_ row: Int, in trace: borrowing SpanBatch) -> Double? {
        switch find(row, in: trace) {
        case .stored(.int, let bits): Double(Int64(bitPattern: bits))
        case .stored(.double, let bits): Double(bitPattern: bits)
        default: nil
        }
    }

    private func attribute(
        _ level: AttributeLevel,
        _ text: String,
        _ row: Int,
        _ trace: borrowing SpanBatch
    ) -> Attribute? {
        func asks(_ other: AttributeLevel) -> Bool { level == .any || level == other }
        if asks(.span), let key {
            for index in trace.spanAttributes.range(row) where trace.spanAttributes.keys[index] == key {
                return trace.spanAttributes[index]
            }
        }
        if asks(.resource) {
            let resource = trace.resource(of: row)
            if text == SpanField.serviceKey { return Self.string(resource.service) }
            if let key, let found = resource.attributes.first(where: { $0.key == key }) { return found }
        }
        guard let key else { return nil }
        if asks(.event) {
            for event in trace.events.range(row) {
                for index in trace.events.attributes.range(event) where trace.events.attributes.keys[index] == key {
                    return trace.events.attributes[index]
                }
            }
        }
        if asks(.link) {
            for link in trace.links.range(row) {
                for index in trace.links.attributes.range(link) where trace.links.attributes.keys[index] == key {
                    return trace.links.attributes[index]
                }
            }
        }
        return asks(.scope) ? trace.scope(of: row)?.attributes.first { $0.key == key } : nil
    }

    private func intrinsicValue(_ intrinsic: Intrinsic, _ row: Int, _ trace: borrowing SpanBatch) -> Found? {
        let spans = trace.spans
        switch intrinsic {
        case .name: return .stored(.string, UInt64(spans.names[row]))
        case .statusMessage: return Self.text(spans.statusMessages[row])
        case .duration: return Self.int(spans.durations[row])
        case .status: return .text(spans.statuses[row].word)
        case .kind: return .text(spans.kinds[row].word)
        case .rootName: return facts.root.map { .stored(.string, UInt64(spans.names[$0])) }
        case .rootServiceName: return facts.root.map { .stored(.string, UInt64(trace.resource(of: $0).service)) }
        case .traceDuration: return Self.int(facts.duration)
        case .traceSpanCount: return Self.int(Int64(facts.spanCount))
        case .nestedSetLeft, .nestedSetRight, .nestedSetParent, .childCount: return Self.int(places[row])
        case .scopeName: return trace.scope(of: row).flatMap { Self.text($0.name) }
        case .scopeVersion: return trace.scope(of: row).flatMap { Self.text($0.version) }
        case .eventName: return trace.events.range(row).first.flatMap { Self.text(trace.events.names[$0]) }
        case .eventTimeSinceStart:
            guard let event = trace.events.range(row).first else { return nil }
            return Self.int(Int64(bitPattern: trace.events.times[event] &- spans.starts[row]))
        case .spanID: return .text(SpanID(spans.spanIDs[row]).hex)
        case .parentID: return spans.parentSpanIDs[row] == 0 ? nil : .text(SpanID(spans.parentSpanIDs[row]).hex)
        case .traceID: return .text(spans.traceID(row).hex)
        case .linkSpanID: return trace.links.range(row).first.map { .text(trace.links[$0].spanID.hex) }
        case .linkTraceID: return trace.links.range(row).first.map { .text(trace.links[$0].traceID.hex) }
        }
    }

    private static func int(_ number: Int64) -> Found { .stored(.int, UInt64(bitPattern: number)) }

    private static func string(_ ref: StringRef) -> Attribute { Attribute(key: 0, type: .string, value: UInt64(ref)) }

    private static func text(_ ref: StringRef) -> Found? { ref == 0 ? nil : .stored(.string, UInt64(ref)) }
}

extension FieldValues.Found {
    /// The value for those who show it.
    func value(in trace: borrowing SpanBatch) -> AttributeValue {
        switch self {
        case .stored(let type, let bits): trace.value(type, bits)
        case .text(let text): .string(text)
        }
    }
}
