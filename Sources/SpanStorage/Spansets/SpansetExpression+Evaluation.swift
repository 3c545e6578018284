import TraceModel

extension SpansetExpression {
    /// The sets of spans that the expression finds in a trace, none of them empty; `trace` holds all spans of one trace
    /// and no others.
    ///
    /// Takes time in proportion to the spans, their attributes and the size of the expression (n log n for unions).
    public func spansets(of trace: borrowing SpanBatch) -> [Spanset] {
        var evaluation = TraceEvaluation(copy trace)
        return evaluation.spansets(self)
    }
}

/// One expression put to one trace.
private struct TraceEvaluation {
    private let trace: SpanBatch
    private let facts: TraceFacts
    // Made when the first relation asks for it.
    private var graph: TraceGraph?

    init(_ trace: SpanBatch) {
        facts = TraceFacts(of: trace)
        self.trace = trace
    }

    mutating func spansets(_ expression: SpansetExpression) -> [Spanset] {
        sets(expression, among: Array(0..<trace.count))
    }

    private mutating func sets(_ expression: SpansetExpression, among rows: [Int]) -> [Spanset] {
        guard case .pipeline(let input, let stages) = expression else {
            let found = self.rows(expression, in: [rows])[0]
            return found.isEmpty ? [] : [Spanset(rows: found)]
        }
        var sets = sets(input, among: rows)
        for stage in stages where !sets.isEmpty { sets = apply(stage, to: sets) }
        return sets
    }

    /// For each set of rows those of it that an expression finds among them.
    private mutating func rows(_ expression: SpansetExpression, in sets: [[Int]]) -> [[Int]] {
        switch expression {
        case .filter(let filter):
            let prepared = PreparedFilter(filter, for: trace, trace: facts)
            return sets.map { rows in rows.filter { prepared.matches($0, in: trace) } }
        case .all(let parts): return unions(parts, in: sets, needsAll: true)
        case .any(let parts): return unions(parts, in: sets, needsAll: false)
        case .related(let left, let relation, let right):
            let lefts = rows(left, in: sets)
            let rights = rows(right, in: sets)
            return lefts.indices.map { related(lefts[$0], relation, rights[$0]) }
        case .pipeline:
            return sets.map { rows in union(self.sets(expression, among: rows).map(\.rows)) }
        }
    }

    private mutating func unions(
        _ parts: [SpansetExpression],
        in sets: [[Int]],
        needsAll: Bool
    ) -> [[Int]] {
        let found = parts.map { rows($0, in: sets) }
        return sets.indices.map { index in
            let own = found.map { $0[index] }
            return needsAll && own.contains { $0.isEmpty } ? [] : union(own)
        }
    }

    private func union(_ sets: [[Int]]) -> [Int] {
        if sets.count == 1 { return sets[0] }
        var rows: [Int] = []
        for row in sets.joined().sorted() where rows.last != row { rows.append(row) }
        return rows
    }

    private mutating func related(_ left: [Int], _ relation: Relation, _ right: [Int]) -> [Int] {
        if right.isEmpty { return [] }
        if left.isEmpty { return relation.form == .rightWithout ? right : [] }
        let graph = graph ?? TraceGraph(trace)
        self.graph = graph
        let standing = graph.related(to: mask(left), relation.kind)
        switch relation.form {
        case .right: return right.filter { standing[$0] }
        case .rightWithout: return right.filter { !standing[$0] }
        case .both:
            let opposite = graph.related(to: mask(right), relation.kind.opposite)
            return union([left.filter { opposite[$0] }, right.filter { standing[$0] }])
        }
    }

    private func mask(_ rows: [Int]) -> [Bool] {
        var mask = [Bool](repeating: false, count: trace.count)
        for row in rows { mask[row] = true }
        return mask
    }

    private mutating func apply(_ stage: PipelineStage, to sets: [Spanset]) -> [Spanset] {
        switch stage {
        case .filter(let expression):
            let found = rows(expression, in: sets.map(\.rows))
            return zip(sets, found).compactMap { set, rows in
                rows.isEmpty ? nil : Spanset(groups: set.groups, rows: rows)
            }
        case .aggregate(let aggregate, let comparison, let value):
            return sets.filter { holds(aggregate, comparison, value, $0.rows) }
        case .groupBy(let field): return grouped(sets, by: field)
        case .coalesce: return [Spanset(rows: union(sets.map(\.rows)))]
        case .select: return sets
        }
    }

    private func grouped(_ sets: [Spanset], by field: SpanField) -> [Spanset] {
        let values = FieldValues(field, of: trace, facts)
        var groups: [Spanset] = []
        for set in sets {
            var places: [FieldValues.Found?: Int] = [:]
            for row in set.rows {
                let value = values.find(row, in: trace)
                if let place = places[value] {
                    groups[place].rows.append(row)
                    continue
                }
                places[value] = groups.count
                let group = Spanset.Group(field, value?.value(in: trace))
                groups.append(Spanset(groups: set.groups + [group], rows: [row]))
            }
        }
        return groups
    }

    private func holds(_ aggregate: Aggregate, _ comparison: Comparison, _ value: FilterValue, _ rows: [Int]) -> Bool {
        switch aggregate {
        case .count: return comparison.holds(value.order(from: Double(rows.count)))
        case .average(let field):
            let numbers = numbers(field, rows)
            return !numbers.isEmpty
                && comparison.holds(value.order(from: numbers.reduce(0, +) / Double(numbers.count)))
        case .sum(let field):
            let numbers = numbers(field, rows)
            return !numbers.isEmpty && comparison.holds(value.order(from: numbers.reduce(0, +)))
        case .least(let field):
            guard let least = numbers(field, rows).min() else { return false }
            return comparison.holds(value.order(from: least))
        case .greatest(let field):
            guard let greatest = numbers(field, rows).max() else { return false }
            return comparison.holds(value.order(from: greatest))
        }
    }

    private func numbers(_ field: SpanField, _ rows: [Int]) -> [Double] {
        let values = FieldValues(field, of: trace, facts)
        return rows.compactMap { values.number($0, in: trace) }
    }
}

extension FilterValue {
    /// How a number is ordered to this value.
    fileprivate func order(from number: Double) -> Order {
        switch self {
        case .int(let own), .duration(let own): SpanStorage.order(number, own)
        case .double(let own): SpanStorage.order(number, own)
        case .string, .bool, .status, .kind: .none
        }
    }
}
