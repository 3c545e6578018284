// Queries that make metrics of spans: `{ … } | rate() by(resource.service.name)`.
extension Parser {
    /// Reads a whole query whose last stage is a metric.
    static func parseMetrics(_ text: String) throws(TraceQLError) -> SpanMetrics {
        guard text.utf8.count <= bytesMax else {
            throw TraceQLError("the query is longer than \(bytesMax) bytes", line: 1, column: 1)
        }
        var parser = Parser(text)
        try parser.advance()
        var metrics = try parser.metrics()
        if parser.token.kind == .word("with") { try parser.hints() }
        metrics.exemplars = parser.exemplars
        guard parser.token.kind == .end else {
            throw parser.expected("`by(…)`, `| topk(…)`, a comparison such as `> 5` or the end of the query")
        }
        return metrics
    }

    private mutating func metrics() throws(TraceQLError) -> SpanMetrics {
        let input = try spansets(allowsPipelines: true)
        var stages: [PipelineStage] = []
        while try skip("|") {
            try pass()
            if let function = try function() {
                let expression = stages.isEmpty ? input : .pipeline(input, stages)
                var metrics = SpanMetrics(expression: expression, function: function, by: try groups())
                while let stage = try seriesStage() { metrics.stages.append(stage) }
                return metrics
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
        case "compare": return .compare(try selection())
        case "topk", "bottomk": throw error("`\(word)` takes series: `| rate() by(name) | \(word)(5)`")
        default: return nil
        }
    }

    /// `compare({ … }, 10, start, end)`: all but the first may be missing.
    private mutating func selection() throws(TraceQLError) -> SpanSelection {
        try advance()
        try take("(")
        try take("{", "the spans to compare with the others: `{ … }`")
        let filter = isAt("}") ? SpanFilter.everything : try conditions().filter
        try take("}", "`&&`, `||` or `}`")
        var selection = SpanSelection(filter: filter, values: 10, window: nil)
        if try skip(",") { selection.values = Int(try whole(1...Int64(SpanMetrics.valuesMax), "number of values")) }
        if try skip(",") {
            let start = try whole(0...Int64.max, "start in nanoseconds since 1970")
            try take(",", "`,` and the end in nanoseconds since 1970")
            let begin = token
            let end = try whole(0...Int64.max, "end in nanoseconds since 1970")
            if end < start { throw lexer.error("the end is before the start", at: begin.range.lowerBound) }
            // Zeros stand for no time.
            if end > 0 { selection.window = UInt64(start)...UInt64(end) }
        }
        try take(")", "`,` or `)`")
        return selection
    }

    private mutating func whole(_ range: ClosedRange<Int64>, _ name: String) throws(TraceQLError) -> Int64 {
        guard case .number(let digits) = token.kind, let number = Int64(digits), range.contains(number) else {
            throw expected("a \(name), \(range.lowerBound) to \(range.upperBound)")
        }
        try advance()
        return number
    }

    /// What follows a metric: `| topk(5)`, `| bottomk(5)`, `> 10`.
    private mutating func seriesStage() throws(TraceQLError) -> SpanMetrics.Stage? {
        if case .symbol(let text) = token.kind, let comparison = Comparison(rawValue: text) {
            try advance()
            let begin = token
            switch try value() {
            case .int(let number): return .keep(comparison, Double(number))
            case .double(let number): return .keep(comparison, number)
            case .duration(let nanoseconds): return .keep(comparison, Double(nanoseconds) / 1e9)
            case .string, .bool, .status, .kind:
                throw lexer.error("expected a number or a duration", at: begin.range.lowerBound)
            }
        }
        guard try skip("|") else { return nil }
        try pass()
        guard case .word(let word) = token.kind, word == "topk" || word == "bottomk" else {
            throw expected("`topk(…)` or `bottomk(…)`")
        }
        try advance()
        try take("(")
        let count = Int(try whole(1...Int64(SpanMetricsSums.seriesMax), "number of series"))
        try take(")")
        return word == "topk" ? .top(count) : .bottom(count)
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
