// Queries that make metrics of spans: `{ … } | rate() by(resource.service.name)`.
extension Parser {
    /// Reads a whole query whose last stage is a metric.
    static func parseMetrics(_ text: String) throws(TraceQLError) -> SpanMetrics {
        guard text.utf8.count <= bytesMax else {
            throw TraceQLError("the query is longer than \(bytesMax) bytes", line: 1, column: 1)
        }
        var parser = Parser(text)
        try parser.advance()
        let metrics = try parser.metrics()
        if parser.token.kind == .word("with") { try parser.hints() }
        guard parser.token.kind == .end else { throw parser.expected("`by(…)` or the end of the query") }
        return metrics
    }

    private mutating func metrics() throws(TraceQLError) -> SpanMetrics {
        let input = try spansets(allowsPipelines: true)
        var stages: [PipelineStage] = []
        while try skip("|") {
            try pass()
            if let function = try function() {
                let expression = stages.isEmpty ? input : .pipeline(input, stages)
                return SpanMetrics(expression: expression, function: function, by: try groups())
            }
            stages.append(try stage(isGrouped: input.isGrouped || stages.contains(where: \.groups)))
        }
        throw expected("a metric: `| rate()`, `| count_over_time()`, `| quantile_over_time(duration, .9)` and so on")
    }

    /// A metric's name with its brackets; nil if the word is another one.
    private mutating func function() throws(TraceQLError) -> SpanMetrics.Function? {
        guard case .word(let word) = token.kind else { return nil }
        switch word {
        case "rate", "count_over_time":
            try advance()
            try take("(")
            try take(")")
            return word == "rate" ? .rate : .count
        case "min_over_time", "max_over_time", "avg_over_time", "sum_over_time", "histogram_over_time":
            try advance()
            try take("(")
            let field = try measuredField()
            try take(")")
            switch word {
            case "min_over_time": return .least(field)
            case "max_over_time": return .greatest(field)
            case "avg_over_time": return .average(field)
            case "sum_over_time": return .sum(field)
            default: return .histogram(field)
            }
        case "quantile_over_time":
            try advance()
            try take("(")
            let field = try measuredField()
            var shares: [Double] = []
            while try skip(",") { shares.append(try share()) }
            try take(")", "`,` or `)`")
            if shares.isEmpty {
                throw error("`quantile_over_time` needs a quantile: `quantile_over_time(duration, .9)`")
            }
            return .quantiles(field, shares)
        case "compare", "topk", "bottomk": throw error("`\(word)` is not supported")
        default: return nil
        }
    }

    private mutating func measuredField() throws(TraceQLError) -> SpanField {
        let begin = token
        let field = try field()
        if case .intrinsic(let intrinsic) = field, intrinsic.type != .duration, intrinsic.type != .number {
            throw lexer.error("`\(lexer.text(begin.range))` is not a number", at: begin.range.lowerBound)
        }
        return field
    }

    /// A quantile: 0.9, or .9, which looks like an attribute.
    private mutating func share() throws(TraceQLError) -> Double {
        let begin = token
        let text = lexer.text(begin.range)
        guard let share = Double(text.hasPrefix(".") ? "0\(text)" : text), (0...1).contains(share) else {
            throw error("expected a quantile from 0 to 1, found `\(text)`")
        }
        try advance()
        return share
    }

    private mutating func groups() throws(TraceQLError) -> [SpanField] {
        guard token.kind == .word("by") else { return [] }
        try advance()
        try take("(")
        var fields = [try field()]
        while try skip(",") { fields.append(try field()) }
        try take(")", "`,` or `)`")
        if fields.count > SpanMetrics.fieldsMax {
            throw error("`by()` takes at most \(SpanMetrics.fieldsMax) fields")
        }
        return fields
    }
}

extension SpanMetrics {
    /// Reads a query in TraceQL whose last stage is a metric.
    public init(traceQL text: String) throws(TraceQLError) { self = try Parser.parseMetrics(text) }
}
