import TraceModel

/// A question to a whole trace, whose answer are sets of its spans (TraceQL's spansets).
///
/// The trace matches if any of these sets has a span.
public indirect enum SpansetExpression: Sendable, Equatable {
    /// The spans that satisfy a condition: `{ … }`.
    case filter(SpanFilter)
    /// The spans of all parts, if each has some: `{ … } && { … }`.
    case all([SpansetExpression])
    /// The spans of all parts: `{ … } || { … }`.
    case any([SpansetExpression])
    /// Spans that stand in a relation to others: `{ … } >> { … }`.
    case related(SpansetExpression, Relation, SpansetExpression)
    /// Sets that go through stages, one after the other: `{ … } | count() > 3`.
    case pipeline(SpansetExpression, [PipelineStage])

    /// All of the parts, without needless nesting.
    public static func all(of parts: [SpansetExpression]) -> SpansetExpression {
        var flat: [SpansetExpression] = []
        for part in parts { if case .all(let inner) = part { flat += inner } else { flat.append(part) } }
        return flat.count == 1 ? flat[0] : .all(flat)
    }

    /// Any of the parts, without needless nesting.
    public static func any(of parts: [SpansetExpression]) -> SpansetExpression {
        var flat: [SpansetExpression] = []
        for part in parts { if case .any(let inner) = part { flat += inner } else { flat.append(part) } }
        return flat.count == 1 ? flat[0] : .any(flat)
    }

    /// A necessary condition on spans: every span of every set of the answer satisfies it, and it asks nothing of the
    /// trace.
    ///
    /// A store finds candidates by it and then puts the expression to each trace.
    public var candidateFilter: SpanFilter {
        switch self {
        case .filter(let filter): filter.withoutTrace
        case .all(let parts), .any(let parts): .any(parts.map(\.candidateFilter))
        case .related(let left, let relation, let right):
            relation.returnsBoth ? .any([left.candidateFilter, right.candidateFilter]) : right.candidateFilter
        case .pipeline(let input, let stages):
            .all([input.candidateFilter] + stages.map(\.candidateFilter))
        }
    }

    /// The condition that says the same, if the expression is a condition on one span alone.
    public var spanFilter: SpanFilter? {
        switch self {
        case .filter(let filter) where !filter.asksTrace: filter
        case .any(let parts):
            parts.contains { $0.spanFilter == nil } ? nil : .any(parts.compactMap(\.spanFilter))
        default: nil
        }
    }

    /// The fields that the expression asks to be shown: those of its last `select`.
    public var selectedFields: [SpanField] {
        guard case .pipeline(_, let stages) = self else { return [] }
        for stage in stages.reversed() { if case .select(let fields) = stage { return fields } }
        return []
    }
}

/// How the spans on the right stand to those on the left.
public struct Relation: Hashable, Sendable {
    /// Kinds of relation; the raw values are TraceQL's operators.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The right span is a child of a left one.
        case child = ">"
        /// The right span is a child of a left one, or of one of its descendants.
        case descendant = ">>"
        /// The right span is the parent of a left one.
        case parent = "<"
        /// The right span is the parent of a left one, or of one of its ancestors.
        case ancestor = "<<"
        /// The right span has the same parent as a left one, which is another span.
        case sibling = "~"

        /// The relation in which the left spans stand to the right ones.
        var opposite: Kind {
            switch self {
            case .child: .parent
            case .descendant: .ancestor
            case .parent: .child
            case .ancestor: .descendant
            case .sibling: .sibling
            }
        }
    }

    /// Which spans are returned; the raw values stand before the operator in TraceQL.
    public enum Form: String, Hashable, Sendable, CaseIterable {
        /// The right spans that stand in the relation to some left span.
        case right = ""
        /// The right spans that do not: all of them if there is no left one.
        case rightWithout = "!"
        /// The spans of both sides that stand in the relation to one of the other side.
        case both = "&"
    }

    /// The relation.
    public var kind: Kind
    /// Which spans it returns.
    public var form: Form

    /// Makes a relation from its parts.
    public init(_ kind: Kind, _ form: Form = .right) {
        self.kind = kind
        self.form = form
    }

    /// TraceQL's operator.
    public var text: String { form.rawValue + kind.rawValue }

    var returnsBoth: Bool { form == .both }
}

/// What happens to the sets of spans on their way through a pipeline.
public indirect enum PipelineStage: Sendable, Equatable {
    /// Of each set the spans that the expression finds among them: `| { … }`.
    case filter(SpansetExpression)
    /// The sets of which a number over their spans stands in a relation to a value: `| avg(duration) > 1s`.
    case aggregate(Aggregate, Comparison, FilterValue)
    /// For each set one for each value of a field: `| by(resource.service.name)`.
    case groupBy(SpanField)
    /// All sets in one: `| coalesce()`.
    case coalesce
    /// The same sets; whoever shows them shows these fields too: `| select(span.http.url)`.
    case select([SpanField])

    var candidateFilter: SpanFilter {
        if case .filter(let expression) = self { return expression.candidateFilter }
        return .everything
    }
}

/// A number over the spans of a set.
///
/// Spans of which the field has no number are left out. If none has one there is no number, and no comparison with it
/// holds. Sums and averages are doubles, exact for whole numbers up to 2^53 (104 days in nanoseconds).
public enum Aggregate: Hashable, Sendable {
    /// How many spans there are.
    case count
    case average(SpanField)
    case least(SpanField)
    case greatest(SpanField)
    case sum(SpanField)
}
