import SpanStorage
import TraceModel

/// Spansets found the plainest way: every relation by looking at all pairs of spans, again and again.
struct NaiveSpansets {
    let trace: SpanBatch
    private let filter: NaiveFilter
    /// By span: its parents, and everything that it descends from.
    private var parents: [Set<Int>]
    private var ancestors: [Set<Int>]

    init(_ trace: SpanBatch) {
        self.trace = trace
        filter = NaiveFilter(trace: trace)
        let spans = trace.spans
        parents = (0..<trace.count).map { child in
            let wanted = spans.parentSpanIDs[child]
            if wanted == 0 || wanted == spans.spanIDs[child] { return [] }
            return Set((0..<trace.count).filter { spans.spanIDs[$0] == wanted })
        }
        ancestors = parents
        var grows = true
        while grows {
            grows = false
            for row in ancestors.indices {
                let more = ancestors[row].union(ancestors[row].flatMap { ancestors[$0] })
                grows = grows || more != ancestors[row]
                ancestors[row] = more
            }
        }
    }

    func sets(_ expression: SpansetExpression) -> [Set<Int>] { sets(expression, Set(0..<trace.count)) }

    private func sets(_ expression: SpansetExpression, _ rows: Set<Int>) -> [Set<Int>] {
        guard case .pipeline(let input, let stages) = expression else {
            let found = find(expression, rows)
            return found.isEmpty ? [] : [found]
        }
        return stages.reduce(sets(input, rows)) { sets, stage in apply(stage, sets) }
    }

    private func find(_ expression: SpansetExpression, _ rows: Set<Int>) -> Set<Int> {
        switch expression {
        case .filter(let filter): return rows.filter { self.filter.matches(filter, $0) }
        case .all(let parts):
            let found = parts.map { find($0, rows) }
            return found.contains([]) ? [] : found.reduce([]) { $0.union($1) }
        case .any(let parts): return parts.map { find($0, rows) }.reduce([]) { $0.union($1) }
        case .pipeline: return sets(expression, rows).reduce([]) { $0.union($1) }
        case .related(let left, let relation, let right):
            let (lefts, rights) = (find(left, rows), find(right, rows))
            let standing = rights.filter { right in lefts.contains { stands(right, relation.kind, $0) } }
            switch relation.form {
            case .right: return standing
            case .rightWithout: return rights.subtracting(standing)
            case .both:
                return standing.union(lefts.filter { left in rights.contains { stands($0, relation.kind, left) } })
            }
        }
    }

    private func stands(_ right: Int, _ kind: Relation.Kind, _ left: Int) -> Bool {
        switch kind {
        case .child: return parents[right].contains(left)
        case .parent: return parents[left].contains(right)
        case .descendant: return ancestors[right].contains(left)
        case .ancestor: return ancestors[left].contains(right)
        case .sibling:
            let spans = trace.spans
            let parent = spans.parentSpanIDs[left]
            return left != right && parent != 0 && parent == spans.parentSpanIDs[right]
                && parent != spans.spanIDs[left] && parent != spans.spanIDs[right]
        }
    }

    private func apply(_ stage: PipelineStage, _ sets: [Set<Int>]) -> [Set<Int>] {
        switch stage {
        case .filter(let expression): return sets.map { find(expression, $0) }.filter { !$0.isEmpty }
        case .coalesce: return sets.isEmpty ? [] : [sets.reduce([]) { $0.union($1) }]
        case .select: return sets
        case .groupBy(let field):
            return sets.flatMap { set in
                Dictionary(grouping: set) { row in
                    filter.values(field, row).first.map { "\($0)" } ?? "nothing"
                }.values.map { Set($0) }
            }
        case .aggregate(let aggregate, let comparison, let value):
            return sets.filter { holds(aggregate, comparison, value, $0.sorted()) }
        }
    }

    private func holds(_ aggregate: Aggregate, _ comparison: Comparison, _ value: FilterValue, _ rows: [Int]) -> Bool {
        func numbers(_ field: SpanField) -> [Double] {
            rows.compactMap { row in
                switch filter.values(field, row).first {
                case .attribute(.int(let number)): Double(number)
                case .attribute(.double(let number)): number
                default: nil
                }
            }
        }
        let number: Double?
        switch aggregate {
        case .count: number = Double(rows.count)
        case .average(let field):
            let all = numbers(field)
            number = all.isEmpty ? nil : all.reduce(0, +) / Double(all.count)
        case .sum(let field): number = numbers(field).isEmpty ? nil : numbers(field).reduce(0, +)
        case .least(let field): number = numbers(field).min()
        case .greatest(let field): number = numbers(field).max()
        }
        let wanted: Double
        switch value {
        case .int(let whole), .duration(let whole): wanted = Double(whole)
        case .double(let double): wanted = double
        default: return false
        }
        guard let number, !number.isNaN else { return false }
        switch comparison {
        case .equal: return number == wanted
        case .notEqual: return number != wanted
        case .less: return number < wanted
        case .lessOrEqual: return number <= wanted
        case .greater: return number > wanted
        case .greaterOrEqual: return number >= wanted
        }
    }
}
