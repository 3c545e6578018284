import SpanStorage

// The parameters of a search that Jaeger does not have.
extension QueryParameters {
    /// `q`: a query in TraceQL, of whose spans only those count that satisfy the filter of the other parameters.
    func traceQL(and filter: SpanFilter) throws(QueryError) -> SpansetExpression {
        let text = self["q"]
        if text.isEmpty { return .filter(filter) }
        let expression: SpansetExpression
        do { expression = try SpansetExpression(traceQL: text) } catch { throw .own("q", error.description) }
        if filter == .everything { return expression }
        if case .filter(let own) = expression { return .filter(.all([own, filter])) }
        return .pipeline(expression, [.filter(.filter(filter))])
    }

    /// `minTraceDuration` and `maxTraceDuration`: from a trace's first start to its last end.
    func traceDurations() throws(QueryError) -> [SpanFilter] {
        let least = try traceDuration("minTraceDuration")
        let most = try traceDuration("maxTraceDuration")
        if let least, let most, most < least {
            throw .badRequest("'maxTraceDuration' should be greater than 'minTraceDuration'")
        }
        var filters: [SpanFilter] = []
        let field = SpanField.intrinsic(.traceDuration)
        if let least { filters.append(.field(field, .compare(.greaterOrEqual, .duration(least)))) }
        if let most { filters.append(.field(field, .compare(.lessOrEqual, .duration(most)))) }
        return filters
    }

    private func traceDuration(_ name: String) throws(QueryError) -> Int64? {
        let text = self[name]
        if text.isEmpty { return nil }
        guard let duration = try? GoText.duration(text), duration >= 0 else {
            throw .wrong(name, text, .length)
        }
        return duration
    }

    /// `sort`: which of the traces that match come first.
    func order() throws(QueryError) -> TraceOrder {
        try choice("sort", TraceOrder.self) ?? .newest
    }

    /// `cursor`: where the page before ended.
    func cursor(_ order: TraceOrder) throws(QueryError) -> TraceCursor? {
        let text = self["cursor"]
        if text.isEmpty { return nil }
        let cursor: TraceCursor
        do { cursor = try TraceCursor(text: text) } catch {
            throw .own("cursor", "\(error.description); it is \(ParameterKind.cursor.allowed)")
        }
        guard cursor.order == order else {
            throw .own(
                "cursor",
                "it is of a search with sort=\(cursor.order.rawValue), and this one has sort=\(order.rawValue)"
            )
        }
        return cursor
    }

    /// `total`: whether to count all traces that match, or only those that are seen on the way.
    func countsAll() throws(QueryError) -> Bool {
        switch self["total"] {
        case "", "bound": return false
        case "exact": return true
        case let text: throw .wrong("total", text, .choice(["exact", "bound"]))
        }
    }
}

extension QueryError {
    /// The value of a parameter that Jaeger does not have cannot be understood.
    static func own(_ name: String, _ reason: String) -> QueryError { badRequest("parameter '\(name)': \(reason)") }
}
