// What follows a `|`.
extension Parser {
    /// A stage; `isGrouped` if `by()` may have made many sets before it.
    mutating func stage(isGrouped: Bool) throws(TraceQLError) -> PipelineStage {
        if isAt("{") || isAt("(") {
            let begin = token
            let expression = try spansets(allowsPipelines: false)
            if isGrouped, expression.relates {
                // Each of the sets would need a walk over the whole trace.
                throw lexer.error("after `by()` spans cannot be related any more", at: begin.range.lowerBound)
            }
            return .filter(expression)
        }
        guard case .word(let word) = token.kind else {
            throw expected("a stage: `count()`, `avg(duration)`, `by(…)`, `select(…)` or a spanset")
        }
        switch word {
        case "count":
            try advance()
            try take("(")
            try take(")")
            return try comparison(.count)
        case "avg": return try comparison(.average(try measured()))
        case "min": return try comparison(.least(try measured()))
        case "max": return try comparison(.greatest(try measured()))
        case "sum": return try comparison(.sum(try measured()))
        case "by":
            try advance()
            try take("(")
            let field = try field()
            try take(")")
            return .groupBy(field)
        case "coalesce":
            try advance()
            try take("(")
            try take(")")
            return .coalesce
        case "select":
            try advance()
            try take("(")
            var fields = [try field()]
            while try skip(",") { fields.append(try field()) }
            try take(")")
            return .select(fields)
        case "rate", "count_over_time", "min_over_time", "max_over_time", "avg_over_time", "sum_over_time",
            "quantile_over_time", "histogram_over_time", "compare", "topk", "bottomk":
            throw error("`\(word)` makes metrics of spans; this is a search for traces")
        default: throw expected("a stage: `count()`, `avg(duration)`, `by(…)`, `select(…)` or a spanset")
        }
    }

    /// The field in the brackets of `avg(…)` and the like.
    private mutating func measured() throws(TraceQLError) -> SpanField {
        try advance()
        try take("(")
        let begin = token
        let field = try field()
        if case .intrinsic(let intrinsic) = field, intrinsic.type != .duration, intrinsic.type != .number {
            throw lexer.error("`\(lexer.text(begin.range))` is not a number", at: begin.range.lowerBound)
        }
        try take(")")
        return field
    }

    private mutating func comparison(_ aggregate: Aggregate) throws(TraceQLError) -> PipelineStage {
        guard case .symbol(let text) = token.kind, let comparison = Comparison(rawValue: text) else {
            throw expected("a comparison such as `> 2`")
        }
        try advance()
        let begin = token
        let value = try value()
        switch value {
        case .int, .double, .duration: return .aggregate(aggregate, comparison, value)
        case .string, .bool, .status, .kind:
            throw lexer.error(
                "expected a number or a duration, found `\(lexer.text(begin.range))`",
                at: begin.range.lowerBound
            )
        }
    }
}

extension SpansetExpression {
    /// Whether it asks how spans stand to each other.
    fileprivate var relates: Bool {
        switch self {
        case .filter: false
        case .related: true
        case .all(let parts), .any(let parts): parts.contains { $0.relates }
        case .pipeline(let input, _): input.relates
        }
    }
}
