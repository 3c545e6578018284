import SpanStorage
import TraceModel

/// Conditions decided the plainest way: span by span, on values as Swift sees them.
///
/// It follows the words of `FieldCondition` and shares nothing with the engine.
struct NaiveFilter {
    let trace: SpanBatch

    func matches(_ filter: SpanFilter, _ row: Int) -> Bool {
        let spans = trace.spans
        return switch filter {
        case .everything: true
        case .and(let parts): parts.allSatisfy { matches($0, row) }
        case .or(let parts): parts.contains { matches($0, row) }
        case .not(let part): !matches(part, row)
        case .service(let name): trace.service(of: row) == name
        case .name(let name): trace.strings.text(spans.names[row]) == name
        case .kind(let kind): spans.kinds[row] == kind
        case .status(let status): spans.statuses[row] == status
        case .durationAtLeast(let least): spans.durations[row] >= least
        case .durationAtMost(let most): spans.durations[row] <= most
        // Jaeger's tags have tests of their own; here they only stand among other conditions.
        case .tag: PreparedFilter(filter, for: trace).matches(row, in: trace)
        case .field(let condition): values(condition.field, row).contains { holds(condition.test, $0) }
        }
    }

    /// What a field is in a span: several values where it has several.
    enum Value {
        case attribute(AttributeValue)
        case status(StatusCode)
        case kind(SpanKind)
        case id(TraceID)
    }

    func values(_ field: SpanField, _ row: Int) -> [Value] {
        let spans = trace.spans
        func text(_ ref: StringRef) -> [Value] { ref == 0 ? [] : [.attribute(.string(trace.strings.text(ref)))] }
        guard case .intrinsic(let intrinsic) = field else { return attributes(field, row) }
        switch intrinsic {
        case .name: return [.attribute(.string(trace.strings.text(spans.names[row])))]
        case .duration: return [.attribute(.int(spans.durations[row]))]
        case .status: return [.status(spans.statuses[row])]
        case .statusMessage: return text(spans.statusMessages[row])
        case .kind: return [.kind(spans.kinds[row])]
        case .spanID: return [.id(TraceID(low: spans.spanIDs[row]))]
        case .parentID: return spans.parentSpanIDs[row] == 0 ? [] : [.id(TraceID(low: spans.parentSpanIDs[row]))]
        case .traceID: return [.id(spans.traceID(row))]
        case .rootName: return root.map { [.attribute(.string(trace.strings.text(spans.names[$0])))] } ?? []
        case .rootServiceName: return root.map { [.attribute(.string(trace.service(of: $0)))] } ?? []
        case .traceDuration:
            let ends = (0..<trace.count).map { spans.starts[$0] + UInt64(max(0, spans.durations[$0])) }
            return [.attribute(.int(Int64((ends.max() ?? 0) - (spans.starts.min() ?? 0))))]
        case .traceSpanCount: return [.attribute(.int(Int64(trace.count)))]
        case .eventName: return trace.events.range(row).flatMap { text(trace.events.names[$0]) }
        case .eventTimeSinceStart:
            return trace.events.range(row).map {
                .attribute(.int(Int64(trace.events.times[$0]) - Int64(spans.starts[row])))
            }
        case .linkSpanID: return trace.links.range(row).map { .id(TraceID(low: trace.links[$0].spanID.bits)) }
        case .linkTraceID: return trace.links.range(row).map { .id(trace.links[$0].traceID) }
        case .scopeName: return trace.scope(of: row).map { text($0.name) } ?? []
        case .scopeVersion: return trace.scope(of: row).map { text($0.version) } ?? []
        case .nestedSetLeft: return [.attribute(.int(nestedSets[row]?.left ?? 0))]
        case .nestedSetRight: return [.attribute(.int(nestedSets[row]?.right ?? 0))]
        case .nestedSetParent:
            if spans.parentSpanIDs[row] == 0 { return [.attribute(.int(-1))] }
            let parent = (0..<trace.count).first { children(of: $0).contains(row) }
            return [.attribute(.int(parent.flatMap { nestedSets[$0]?.left } ?? 0))]
        case .childCount: return [.attribute(.int(Int64(children(of: row).count)))]
        }
    }

    private func children(of row: Int) -> [Int] {
        let spans = trace.spans
        let isFirst = (0..<row).allSatisfy { spans.spanIDs[$0] != spans.spanIDs[row] }
        return (0..<trace.count).filter { isFirst && $0 != row && spans.parentSpanIDs[$0] == spans.spanIDs[row] }
            .filter { spans.parentSpanIDs[$0] != 0 }
    }

    private var nestedSets: [Int: (left: Int64, right: Int64)] {
        var sets: [Int: (left: Int64, right: Int64)] = [:]
        var last: Int64 = 0
        func visit(_ row: Int) {
            last += 1
            let left = last
            for child in children(of: row) { visit(child) }
            last += 1
            sets[row] = (left, last)
        }
        for row in 0..<trace.count where trace.spans.parentSpanIDs[row] == 0 { visit(row) }
        return sets
    }

    private var root: Int? {
        let spans = trace.spans
        return (0..<trace.count)
            .filter { spans.parentSpanIDs[$0] == 0 || spans.parentSpanIDs[$0] == spans.spanIDs[$0] }
            .min { (spans.starts[$0], spans.spanIDs[$0], $0) < (spans.starts[$1], spans.spanIDs[$1], $1) }
    }

    private func attributes(_ field: SpanField, _ row: Int) -> [Value] {
        guard case .attribute(let level, let key) = field else { return [] }
        func named(_ lists: AttributeLists, _ range: Range<Int>) -> [Value] {
            range.map { lists[$0] }.filter { trace.strings.text($0.key) == key }.map { .attribute(trace.value($0)) }
        }
        func named(_ attributes: [Attribute]) -> [Value] {
            attributes.filter { trace.strings.text($0.key) == key }.map { .attribute(trace.value($0)) }
        }
        switch level {
        case .span: return named(trace.spanAttributes, trace.spanAttributes.range(row))
        case .resource:
            if key == "service.name" { return [.attribute(.string(trace.service(of: row)))] }
            return named(trace.resource(of: row).attributes)
        case .event:
            let events = trace.events
            return events.range(row).flatMap { named(events.attributes, events.attributes.range($0)) }
        case .link:
            let links = trace.links
            return links.range(row).flatMap { named(links.attributes, links.attributes.range($0)) }
        case .scope: return trace.scope(of: row).map { named($0.attributes) } ?? []
        case .any:
            for level in [AttributeLevel.span, .resource, .event, .link, .scope] {
                let found = attributes(.attribute(level, key), row)
                if !found.isEmpty { return found }
            }
            return []
        }
    }

    private func holds(_ test: FieldTest, _ value: Value) -> Bool {
        if test == .exists { return true }
        switch value {
        case .attribute(.array(let elements)):
            let answers = elements.map { element in
                if case .array = element { return false }
                return holds(test, .attribute(element))
            }
            switch test {
            case .compare(.notEqual, _), .matchesNot: return !answers.isEmpty && answers.allSatisfy(\.self)
            default: return answers.contains(true)
            }
        case .id(let id): return holds(test, id)
        case .status(let status): return holds(test, same: { $0 == .status(status) })
        case .kind(let kind): return holds(test, same: { $0 == .kind(kind) })
        case .attribute(let value): return holds(test, value)
        }
    }

    private func holds(_ test: FieldTest, same: (FilterValue) -> Bool) -> Bool {
        switch test {
        case .compare(.equal, let value): same(value)
        case .compare(.notEqual, let value): !same(value)
        case .isOneOf(let values): values.contains(where: same)
        default: false
        }
    }

    private func holds(_ test: FieldTest, _ id: TraceID) -> Bool {
        switch test {
        case .compare(.equal, .string(let text)): TraceID(hex: text) == id
        case .compare(.notEqual, .string(let text)): TraceID(hex: text) != id
        case .isOneOf(let values): values.contains { holds(.compare(.equal, $0), id) }
        default: holds(test, .string(id.hex))
        }
    }

    private func holds(_ test: FieldTest, _ value: AttributeValue) -> Bool {
        switch test {
        case .exists: return true
        case .isOneOf(let values): return values.contains { holds(.compare(.equal, $0), value) }
        case .matches(let pattern): if case .string(let text) = value { return pattern.matches(text) }
        case .matchesNot(let pattern): if case .string(let text) = value { return !pattern.matches(text) }
        case .compare(let comparison, let wanted):
            switch (value, wanted) {
            case (.string(let left), .string(let right)):
                let (one, other) = (Array(left.utf8), Array(right.utf8))
                return compare(comparison, one == other, one.lexicographicallyPrecedes(other))
            case (.bool(let left), .bool(let right)):
                return comparison == .equal ? left == right : comparison == .notEqual && left != right
            default:
                // The numbers of these tests are small: doubles hold all of them.
                guard let left = number(value), let right = number(wanted), !left.isNaN else { return false }
                return compare(comparison, left == right, left < right)
            }
        }
        return false
    }

    private func number(_ value: AttributeValue) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private func number(_ value: FilterValue) -> Double? {
        switch value {
        case .int(let number), .duration(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private func compare(_ comparison: Comparison, _ isSame: Bool, _ isBefore: Bool) -> Bool {
        switch comparison {
        case .equal: isSame
        case .notEqual: !isSame
        case .less: isBefore
        case .lessOrEqual: isBefore || isSame
        case .greater: !isBefore && !isSame
        case .greaterOrEqual: !isBefore
        }
    }
}
