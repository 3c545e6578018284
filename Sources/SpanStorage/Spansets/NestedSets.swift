import TraceModel

/// The spans of a trace as nested sets, which is how Tempo numbers them: a span's children lie between its left and its
/// right.
///
/// Numbers are counted from 1, root by root, in the order of the rows. A root has the parent -1. Spans that no root
/// leads to, because a parent is missing or because they are in a circle, have zeros. Nothing here uses the call stack.
struct NestedSets {
    private(set) var lefts: [Int64]
    private(set) var rights: [Int64]
    /// By row: the left of its parent.
    private(set) var parents: [Int64]
    /// By row: how many spans name it as their parent.
    private(set) var childCounts: [Int64]

    /// Numbers the spans; `trace` holds all spans of one trace and no others.
    init(_ trace: borrowing SpanBatch) {
        let spans = trace.spans
        var rows: [UInt64: Int] = [:]
        rows.reserveCapacity(spans.count)
        for row in 0..<spans.count where rows[spans.spanIDs[row]] == nil { rows[spans.spanIDs[row]] = row }
        let zeros = [Int64](repeating: 0, count: spans.count)
        (lefts, rights, parents, childCounts) = (zeros, zeros, zeros, zeros)
        // The first child of each row and the next child of the same parent, or -1.
        var first = [Int](repeating: -1, count: spans.count)
        var next = first
        var waiting: [Int] = []
        for row in (0..<spans.count).reversed() {
            let id = spans.parentSpanIDs[row]
            if id == 0 {
                parents[row] = -1
                waiting.append(row)
            } else if let parent = rows[id], parent != row {
                childCounts[parent] += 1
                next[row] = first[parent]
                first[parent] = row
            }
        }
        number(waiting, first, next)
    }

    private mutating func number(_ roots: [Int], _ first: [Int], _ next: [Int]) {
        var last: Int64 = 0
        var waiting = roots
        while let row = waiting.popLast() {
            last += 1
            // The second time that a row is met all of its children have been.
            if lefts[row] != 0 {
                rights[row] = last
                continue
            }
            lefts[row] = last
            waiting.append(row)
            let begin = waiting.count
            var child = first[row]
            while child >= 0 {
                parents[child] = lefts[row]
                waiting.append(child)
                child = next[child]
            }
            waiting[begin...].reverse()
        }
    }

    /// The numbers of one of the fields, by row.
    func values(_ intrinsic: Intrinsic) -> [Int64] {
        switch intrinsic {
        case .nestedSetLeft: lefts
        case .nestedSetRight: rights
        case .nestedSetParent: parents
        default: childCounts
        }
    }
}
