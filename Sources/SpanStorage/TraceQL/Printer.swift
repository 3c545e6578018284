import TraceModel

extension SpansetExpression {
    /// The query in TraceQL, in one form for all ways to write it: reading it gives this expression back.
    public var traceQL: String {
        switch self {
        case .filter(.everything): "{ }"
        case .filter(let filter): "{ \(filter.traceQL) }"
        case .all(let parts): parts.map { $0.operand(isInRelation: false) }.joined(separator: " && ")
        case .any(let parts): parts.map { $0.operand(isInRelation: false) }.joined(separator: " || ")
        case .related(let left, let relation, let right):
            "\(left.operand(isInRelation: true)) \(relation.text) \(right.rightOperand)"
        case .pipeline(let input, let stages):
            ([input.traceQL] + stages.map(\.traceQL)).joined(separator: " | ")
        }
    }

    private func operand(isInRelation: Bool) -> String {
        switch self {
        case .filter, .related: traceQL
        case .all, .any, .pipeline: "(\(traceQL))"
        }
    }

    private var rightOperand: String {
        if case .filter = self { return traceQL }
        return "(\(traceQL))"
    }
}

extension PipelineStage {
    var traceQL: String {
        switch self {
        case .filter(let expression): expression.traceQL
        case .aggregate(let aggregate, let comparison, let value):
            "\(aggregate.traceQL) \(comparison.rawValue) \(value.traceQL)"
        case .groupBy(let field): "by(\(field.traceQL))"
        case .coalesce: "coalesce()"
        case .select(let fields): "select(\(fields.map(\.traceQL).joined(separator: ", ")))"
        }
    }
}

extension Aggregate {
    var traceQL: String {
        switch self {
        case .count: "count()"
        case .average(let field): "avg(\(field.traceQL))"
        case .least(let field): "min(\(field.traceQL))"
        case .greatest(let field): "max(\(field.traceQL))"
        case .sum(let field): "sum(\(field.traceQL))"
        }
    }
}

extension SpanFilter {
    /// The condition in TraceQL, as it stands between braces.
    public var traceQL: String {
        switch self {
        case .everything: "true"
        case .nothing: "false"
        case .and(let parts): parts.map(\.operand).joined(separator: " && ")
        case .or(let parts): parts.map(\.operand).joined(separator: " || ")
        case .not(let part): part.opposite
        case .service(let name): "\(SpanField.service.traceQL) = \(quoted(name))"
        case .name(let name): "name = \(quoted(name))"
        case .kind(let kind): "kind = \(kind.word)"
        case .status(let status): "status = \(status.word)"
        case .durationAtLeast(let least): "duration >= \(DurationText.text(least))"
        case .durationAtMost(let most): "duration <= \(DurationText.text(most))"
        case .tag(let tag): "tag(\(quoted(tag.key)), \(quoted(tag.text)))"
        case .field(let condition): condition.traceQL
        }
    }

    private var operand: String {
        switch self {
        case .and, .or: "(\(traceQL))"
        default: traceQL
        }
    }

    /// The text of the condition's opposite.
    private var opposite: String {
        switch self {
        case .service(let name): "\(SpanField.service.traceQL) != \(quoted(name))"
        case .name(let name): "name != \(quoted(name))"
        case .kind(let kind): "kind != \(kind.word)"
        case .status(let status): "status != \(status.word)"
        case .durationAtLeast(let least): "duration < \(DurationText.text(least))"
        case .durationAtMost(let most): "duration > \(DurationText.text(most))"
        case .field(let condition) where condition.test == .exists: "\(condition.field.traceQL) = nil"
        default: "!(\(traceQL))"
        }
    }
}

extension FieldCondition {
    var traceQL: String {
        let name = field.traceQL
        return switch test {
        case .exists: "\(name) != nil"
        case .compare(let comparison, let value): "\(name) \(comparison.rawValue) \(value.traceQL)"
        case .matches(let pattern): "\(name) =~ \(quoted(pattern.text))"
        case .matchesNot(let pattern): "\(name) !~ \(quoted(pattern.text))"
        case .isOneOf(let values): "\(name) in (\(values.map(\.traceQL).joined(separator: ", ")))"
        }
    }
}

extension SpanField {
    /// The field's name in TraceQL.
    public var traceQL: String {
        switch self {
        case .intrinsic(let intrinsic): return intrinsic.rawValue
        case .attribute(let level, let key):
            let isPlain = !key.isEmpty && key.unicodeScalars.allSatisfy(Lexer.isKey)
            return "\(level.rawValue).\(isPlain ? key : escaped(key))"
        }
    }
}

extension FilterValue {
    var traceQL: String {
        switch self {
        case .string(let text): quoted(text)
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .duration(let nanoseconds): DurationText.text(nanoseconds)
        case .status(let status): status.word
        case .kind(let kind): kind.word
        }
    }
}

/// A string, in backticks if that saves backslashes.
private func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.contains("\\") && !scalars.contains("`") ? "`\(text)`" : escaped(text)
}

/// A text in quotes.
private func escaped(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
