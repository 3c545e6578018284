import TraceModel

// Figures over time from those that are kept of every span by the minute, where these know enough.
extension SpanMetrics {
    /// The question to the kept figures whose answer `SpanMetricsSums.add(_:)` takes; nil if it takes the spans.
    ///
    /// They know of each span its service, name, kind and status, the minute in which it began, and how long it took.
    public func rateQuery(_ steps: MetricSteps) -> RateQuery? {
        let minute = RateQuery.stepMin
        guard steps.length % minute == 0, steps.start % minute == 0, steps.count > 0 else { return nil }
        guard case .filter(let filter) = expression, let asked = filter.rateGrouping else { return nil }
        if case .compare = function { return nil }
        if let field = function.field, field != .intrinsic(.duration) { return nil }
        var grouping = asked
        for field in by {
            guard let one = field.rateGrouping else { return nil }
            grouping.formUnion(one)
        }
        var query = RateQuery(window: steps.start..<steps.end, step: steps.length, grouping: grouping)
        query.services = filter.services
        return query
    }
}

extension SpanMetricsSums {
    /// Adds what is kept of all spans that `SpanMetrics.rateQuery` asks for.
    public mutating func add(_ rates: SpanRates) {
        guard case .filter(let filter) = metrics.expression else { return }
        for series in rates.series where filter.accepts(series.labels) {
            let number = group(of: metrics.by.map { $0.value(of: series.labels) })
            for (step, point) in series.points where step < steps.count { add(point.durations, to: number, step) }
        }
    }
}

extension SpanField {
    /// Which of the labels of kept figures the field is, if it is one.
    fileprivate var rateGrouping: RateQuery.Grouping? {
        switch self {
        case .service: .service
        case .intrinsic(.name): .operation
        case .intrinsic(.kind): .kind
        case .intrinsic(.status): .status
        default: nil
        }
    }

    fileprivate func value(of labels: RateLabels) -> AttributeValue? {
        switch self {
        case .service: labels.service.map { .string($0) }
        case .intrinsic(.name): labels.operation.map { .string($0) }
        case .intrinsic(.kind): labels.kind.map { .string($0.word) }
        case .intrinsic(.status): labels.status.map { .string($0.word) }
        default: nil
        }
    }
}

extension SpanFilter {
    /// The labels that the filter asks about; nil if it asks more.
    fileprivate var rateGrouping: RateQuery.Grouping? {
        switch self {
        case .everything: return []
        case .and(let parts), .or(let parts):
            var all: RateQuery.Grouping = []
            for part in parts {
                guard let one = part.rateGrouping else { return nil }
                all.formUnion(one)
            }
            return all
        case .not(let part): return part.rateGrouping
        case .service: return .service
        case .name: return .operation
        case .kind: return .kind
        case .status: return .status
        case .field(let condition): return condition.field.rateGrouping
        case .durationAtLeast, .durationAtMost, .tag: return nil
        }
    }

    /// The services of which a span must be, if the filter names any.
    fileprivate var services: Set<String>? {
        switch self {
        case .service(let name): return [name]
        case .and(let parts):
            return parts.compactMap(\.services).min { $0.count < $1.count }
        case .or(let parts):
            let all = parts.map(\.services)
            return all.contains(nil) ? nil : Set(all.compactMap(\.self).joined())
        default: return nil
        }
    }

    /// Whether spans with these labels satisfy the filter, of which `rateGrouping` tells that they decide it.
    fileprivate func accepts(_ labels: RateLabels) -> Bool {
        switch self {
        case .everything: return true
        case .and(let parts): return parts.allSatisfy { $0.accepts(labels) }
        case .or(let parts): return parts.contains { $0.accepts(labels) }
        case .not(let part): return !part.accepts(labels)
        case .service(let name): return labels.service == name
        case .name(let name): return labels.operation == name
        case .kind(let kind): return labels.kind == kind
        case .status(let status): return labels.status == status
        case .field(let condition):
            switch condition.field {
            case .intrinsic(.kind): return labels.kind.map { ValueTest.accepts($0, condition.test) } ?? false
            case .intrinsic(.status): return labels.status.map { ValueTest.accepts($0, condition.test) } ?? false
            default:
                let text = condition.field == .service ? labels.service : labels.operation
                var test = ValueTest(condition.test)
                let bytes = Array((text ?? "").utf8)
                return test.accepts(string: bytes.span.bytes)
            }
        case .durationAtLeast, .durationAtMost, .tag: return false
        }
    }
}
