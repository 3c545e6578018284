import SpanStorage

extension TraceQuery {
    /// All spans, however long it takes on a busy machine.
    static var everything: TraceQuery {
        var query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: TraceQuery.limitMax)
        query.budget = QueryBudget(nanoseconds: .max, scannedSpans: .max, heldBytes: .max)
        return query
    }
}
