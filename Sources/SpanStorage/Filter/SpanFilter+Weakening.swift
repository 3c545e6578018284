extension SpanFilter {
    /// A condition that every span satisfies which satisfies this one, and that asks nothing which cannot be decided.
    ///
    /// It is what a store looks for where it cannot see all of a span: what it finds must be compared with this filter
    /// itself. Equal to this filter if all of it can be decided.
    public func weakened(keeping canDecide: (FieldCondition) -> Bool) -> SpanFilter {
        bound(isUpper: true, canDecide)
    }

    /// The nearest decidable condition that holds wherever this one holds, or (not upper) only where it holds.
    private func bound(isUpper: Bool, _ canDecide: (FieldCondition) -> Bool) -> SpanFilter {
        switch self {
        case .and(let parts): .all(parts.map { $0.bound(isUpper: isUpper, canDecide) })
        case .or(let parts): .any(parts.map { $0.bound(isUpper: isUpper, canDecide) })
        case .not(let part) where part != .everything: .negation(part.bound(isUpper: !isUpper, canDecide))
        case .field(let condition) where !canDecide(condition): isUpper ? .everything : .nothing
        default: self
        }
    }

    /// Whether it takes the whole trace of a span to decide about the span.
    public var asksTrace: Bool {
        switch self {
        case .and(let parts), .or(let parts): parts.contains { $0.asksTrace }
        case .not(let part): part.asksTrace
        case .field(let condition): condition.field.isOfTrace
        default: false
        }
    }

    /// What can be asked of a span without its trace: `weakened` for conditions on traces.
    public var withoutTrace: SpanFilter { asksTrace ? weakened { !$0.field.isOfTrace } : self }
}
