import TraceModel

/// What a search asks for.
public struct TraceQuery: Sendable {
    /// The most traces one search may ask for.
    public static let limitMax = 10_000

    /// What at least one span of a trace must satisfy.
    ///
    /// It asks nothing of the trace (`SpanFilter.asksTrace`).
    public var filter: SpanFilter
    /// When that span must have begun: nanoseconds since 1970, both ends included.
    public var start: ClosedRange<UInt64>
    /// How many traces to return at the most, 1 to `limitMax`.
    public var limit: Int
    /// Which of the traces that match come first.
    public var order = TraceOrder.newest
    /// Where to go on: `FoundTraces.next` of the page before, of a search in the same order.
    public var after: TraceCursor?
    /// Whether to count all traces that match, which takes a look at all spans of the time asked for.
    ///
    /// Otherwise a search ends when it knows the traces to return.
    public var countsAll = false
    /// What the search may cost.
    public var budget = QueryBudget.standard
    /// What a trace must satisfy beyond that, if anything: a span that began within `start` is in one of the sets that
    /// `SpansetExpression` finds in the whole trace.
    ///
    /// All spans of these sets satisfy `filter`.
    public private(set) var expression: SpansetExpression?

    /// Makes a question from its parts.
    public init(filter: SpanFilter, start: ClosedRange<UInt64>, limit: Int) {
        self.init(.filter(filter), start: start, limit: limit)
    }

    /// Makes a question about whole traces.
    public init(_ expression: SpansetExpression, start: ClosedRange<UInt64>, limit: Int) {
        self.start = start
        self.limit = limit
        filter = expression.spanFilter ?? expression.candidateFilter
        self.expression = expression.spanFilter == nil ? expression : nil
    }

    /// Whether a trace satisfies all that is asked; `trace` holds all of its spans and no others.
    public func matches(_ trace: borrowing SpanBatch) -> Bool { !spansets(of: trace).isEmpty }

    /// The sets of spans by which a trace matches, none if it does not; `trace` holds all of its spans and no others.
    ///
    /// Of a filter it is one set, of the spans that satisfy it and began within `start`. Of an expression they are the
    /// sets that have a span which began then, with all of their spans.
    public func spansets(of trace: borrowing SpanBatch) -> [Spanset] {
        if let expression {
            return expression.spansets(of: trace).filter { set in
                set.rows.contains { start.contains(trace.spans.starts[$0]) }
            }
        }
        let prepared = PreparedFilter(filter, for: trace)
        var rows: [Int] = []
        for row in 0..<trace.count where start.contains(trace.spans.starts[row]) && prepared.matches(row, in: trace) {
            rows.append(row)
        }
        return rows.isEmpty ? [] : [Spanset(rows: rows)]
    }

    /// Throws `.query`, with words, if the question makes no sense.
    public func validate() throws(SpanStoreError) {
        guard (1...Self.limitMax).contains(limit) else {
            throw .query("the limit must be between 1 and \(Self.limitMax), not \(limit)")
        }
        if let after, after.order != order {
            throw .query(
                "the cursor is of a search sorted by \(after.order.rawValue), this one is sorted by \(order.rawValue)"
            )
        }
    }
}
