import TraceModel

extension SpanField {
    /// Reads the name of a field as TraceQL's `by()` takes it: `name`, `span.http.route`, `.region`.
    public init(traceQL text: String) throws(TraceQLError) {
        let before = "{ } | by("
        let expression: SpansetExpression
        do {
            expression = try SpansetExpression(traceQL: "\(before)\(text))")
        } catch {
            throw TraceQLError(error.message, line: error.line, column: max(1, error.column - before.count))
        }
        guard case .pipeline(.filter(.everything), let stages) = expression, stages.count == 1,
            case .groupBy(let field) = stages[0]
        else { throw TraceQLError("expected the name of one field", line: 1, column: 1) }
        self = field
    }

    /// The field's first value of each span: by row a number, and by number the value; nil for spans that have none.
    public func groups(of trace: borrowing SpanBatch) -> (numbers: [Int], values: [AttributeValue?]) {
        let reader = FieldValues(self, of: trace, TraceFacts(of: trace))
        var known: [FieldValues.Found?: Int] = [:]
        var numbers: [Int] = []
        var values: [AttributeValue?] = []
        for row in 0..<trace.count {
            let found = reader.find(row, in: trace)
            if let number = known[found] {
                numbers.append(number)
                continue
            }
            known[found] = values.count
            numbers.append(values.count)
            values.append(found?.value(in: trace))
        }
        return (numbers, values)
    }
}
