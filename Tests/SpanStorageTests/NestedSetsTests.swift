import Testing
import TraceModel

@testable import SpanStorage

/// Spans as nested sets, and the fields of TraceQL that tell of them.
struct NestedSetsTests {
    /// By span id: its parent's id.
    private func trace(_ spans: [(id: UInt64, parent: UInt64)]) -> SpanBatch {
        var batch = SpanBatch()
        for (id, parent) in spans {
            var row = SpanRow()
            row.traceID = TraceID(low: 1)
            row.spanID = SpanID(id)
            row.parentSpanID = SpanID(parent)
            batch.appendSpan(row)
        }
        return batch
    }

    @Test func `a tree by hand`() {
        // 1 ─ 2 ─ 3, 1 ─ 4, another root 5, and 7 whose parent is missing, with 8 below it.
        let sets = NestedSets(trace([(1, 0), (2, 1), (3, 2), (4, 1), (5, 0), (7, 6), (8, 7)]))
        #expect(sets.lefts == [1, 2, 3, 6, 9, 0, 0])
        #expect(sets.rights == [8, 5, 4, 7, 10, 0, 0])
        #expect(sets.parents == [-1, 1, 2, 1, -1, 0, 0])
        #expect(sets.childCounts == [2, 1, 0, 0, 0, 1, 0])
    }

    @Test func `circles, spans below themselves and ids that repeat end`() {
        let sets = NestedSets(trace([(1, 2), (2, 1), (3, 3), (4, 0), (4, 4), (5, 4)]))
        #expect(sets.lefts == [0, 0, 0, 1, 2, 4] && sets.rights == [0, 0, 0, 6, 3, 5])
    }

    @Test func `a chain of 100,000 spans is no deeper than any other`() {
        let sets = NestedSets(trace((1...100_000).map { (UInt64($0), UInt64($0 - 1)) }))
        #expect(sets.lefts.last == 100_000 && sets.rights.first == 200_000)
    }

    @Test(arguments: [
        ("{ nestedSetParent < 0 }", [0, 4]), ("{ nestedSetParent = -1 }", [0, 4]),
        ("{ nestedSetParent <= -1 }", [0, 4]),
        ("{ nestedSetParent >= 0 }", [1, 2, 3, 5, 6]), ("{ nestedSetParent = 1 }", [1, 3]),
        ("{ nestedSetLeft > 2 && nestedSetRight < 9 }", [2, 3]), ("{ span:childCount = 0 }", [2, 3, 4, 6]),
        ("{ childCount > 1 }", [0]), ("{ nestedSetParent != nil }", [0, 1, 2, 3, 4, 5, 6]),
    ])
    func `conditions on where a span stands`(query: String, rows: [Int]) throws {
        let batch = trace([(1, 0), (2, 1), (3, 2), (4, 1), (5, 0), (7, 6), (8, 7)])
        let expression = try SpansetExpression(traceQL: query)
        #expect(expression.spansets(of: batch).flatMap(\.rows) == rows)
    }
}
