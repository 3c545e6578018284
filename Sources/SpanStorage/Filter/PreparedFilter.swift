import TraceModel

/// A filter made ready for one batch: its texts are looked up once, so that rows compare numbers.
public indirect enum PreparedFilter: Sendable {
    /// The same answer for every span.
    case constant(Bool)
    case and([PreparedFilter])
    case or([PreparedFilter])
    case not(PreparedFilter)
    /// By the number of the span's resource.
    case resource([Bool])
    case name(StringRef)
    case kind(SpanKind)
    case status(StatusCode)
    case durationAtLeast(Int64)
    case durationAtMost(Int64)
    case tag(PreparedTag)
    /// By span.
    case rows([Bool])

    /// Makes a filter ready for a batch.
    ///
    /// It is good for that batch alone.
    ///
    /// Conditions on the span's trace (`SpanFilter.asksTrace`) are decided by `trace`, the facts of the one trace that
    /// the batch then holds; without them no span satisfies such a condition.
    public init(_ filter: SpanFilter, for batch: borrowing SpanBatch, trace: TraceFacts? = nil) {
        switch filter {
        case .everything: self = .constant(true)
        case .and(let filters): self = Self.all(filters, batch, trace)
        case .or(let filters): self = Self.any(filters, batch, trace)
        case .not(let filter):
            let part = PreparedFilter(filter, for: batch, trace: trace)
            if case .constant(let value) = part { self = .constant(!value) } else { self = .not(part) }
        case .service(let name): self = Self.service(name, in: batch)
        case .name(let name):
            if let ref = batch.strings.firstRef(of: name) { self = .name(ref) } else { self = .constant(false) }
        case .kind(let kind): self = .kind(kind)
        case .status(let status): self = .status(status)
        case .durationAtLeast(let least): self = .durationAtLeast(least)
        case .durationAtMost(let most): self = .durationAtMost(most)
        case .tag(let condition):
            let tag = PreparedTag(condition, for: batch)
            self = tag.canMatch ? .tag(tag) : .constant(false)
        case .field(let condition): self = FieldRows.prepared(condition, for: batch, trace: trace)
        }
    }

    private static func all(_ filters: [SpanFilter], _ batch: borrowing SpanBatch, _ trace: TraceFacts?) -> Self {
        var parts: [PreparedFilter] = []
        for filter in filters {
            let part = PreparedFilter(filter, for: batch, trace: trace)
            if case .constant(let value) = part {
                if value { continue }
                return part
            }
            parts.append(part)
        }
        return parts.isEmpty ? .constant(true) : .and(parts)
    }

    private static func any(_ filters: [SpanFilter], _ batch: borrowing SpanBatch, _ trace: TraceFacts?) -> Self {
        var parts: [PreparedFilter] = []
        for filter in filters {
            let part = PreparedFilter(filter, for: batch, trace: trace)
            if case .constant(let value) = part {
                if !value { continue }
                return part
            }
            parts.append(part)
        }
        return parts.isEmpty ? .constant(false) : .or(parts)
    }

    private static func service(_ name: String, in batch: borrowing SpanBatch) -> PreparedFilter {
        guard let ref = batch.strings.firstRef(of: name) else { return .constant(false) }
        var matches: [Bool] = []
        var any = false
        for resource in batch.resources {
            matches.append(resource.service == ref)
            any = any || resource.service == ref
        }
        return any ? .resource(matches) : .constant(false)
    }

    /// Whether a span of the batch satisfies the filter.
    public func matches(_ span: Int, in batch: borrowing SpanBatch) -> Bool {
        switch self {
        case .constant(let value): return value
        case .and(let parts):
            for part in parts where !part.matches(span, in: batch) { return false }
            return true
        case .or(let parts):
            for part in parts where part.matches(span, in: batch) { return true }
            return false
        case .not(let part): return !part.matches(span, in: batch)
        case .resource(let numbers):
            let number = Int(batch.spans.resources[span])
            return number < numbers.count && numbers[number]
        case .name(let ref): return batch.spans.names[span] == ref
        case .kind(let kind): return batch.spans.kinds[span] == kind
        case .status(let status): return batch.spans.statuses[span] == status
        case .durationAtLeast(let least): return batch.spans.durations[span] >= least
        case .durationAtMost(let most): return batch.spans.durations[span] <= most
        case .tag(let tag): return tag.matches(span, in: batch)
        case .rows(let rows): return rows[span]
        }
    }
}

extension PreparedFilter {
    /// For each span of the batch whether it satisfies the filter: what `matches` says, column by column, for whoever
    /// asks about all of them.
    public func rows(in batch: borrowing SpanBatch) -> [Bool] {
        switch self {
        case .constant(let value): return [Bool](repeating: value, count: batch.count)
        case .and(let parts):
            var all = [Bool](repeating: true, count: batch.count)
            for part in parts {
                let own = part.rows(in: batch)
                var any = false
                for row in all.indices {
                    all[row] = all[row] && own[row]
                    any = any || all[row]
                }
                if !any { return all }
            }
            return all
        case .or(let parts):
            var some = [Bool](repeating: false, count: batch.count)
            for part in parts {
                let own = part.rows(in: batch)
                for row in some.indices { some[row] = some[row] || own[row] }
            }
            return some
        case .not(let part): return part.rows(in: batch).map { !$0 }
        case .resource(let numbers):
            return batch.spans.resources.map { Int($0) < numbers.count && numbers[Int($0)] }
        case .name(let ref): return batch.spans.names.map { $0 == ref }
        case .kind(let kind): return batch.spans.kinds.map { $0 == kind }
        case .status(let status): return batch.spans.statuses.map { $0 == status }
        case .durationAtLeast(let least): return batch.spans.durations.map { $0 >= least }
        case .durationAtMost(let most): return batch.spans.durations.map { $0 <= most }
        case .tag(let tag): return tag.rows(in: batch)
        case .rows(let rows): return rows
        }
    }
}
