import TraceModel

/// Which spans of a trace have which parents.
///
/// A span is a child of every span that has the id which it names as its parent: ids may repeat (Zipkin's client and
/// server share one). A span that names itself, or nobody, has no parent. Parents may be missing and may form circles:
/// each walk visits an id once, so that all of them end, and none uses the call stack.
struct TraceGraph {
    private static let noNode: Int32 = -1

    /// By row: the number of its id, and of its parent's; ids that only occur as parents have numbers too.
    private var nodes: [Int32] = []
    private var parents: [Int32] = []
    /// The rows in the order of their parents, and by node where its children end; likewise of their own ids.
    private let children: Runs
    private let owners: Runs
    private let nodeCount: Int

    init(_ trace: borrowing SpanBatch) {
        let spans = trace.spans
        var numbers: [UInt64: Int32] = [:]
        numbers.reserveCapacity(spans.count)
        func number(_ id: UInt64) -> Int32 {
            if let known = numbers[id] { return known }
            let new = Int32(numbers.count)
            numbers[id] = new
            return new
        }
        nodes.reserveCapacity(spans.count)
        parents.reserveCapacity(spans.count)
        for row in 0..<spans.count {
            let id = spans.spanIDs[row]
            let parent = spans.parentSpanIDs[row]
            nodes.append(number(id))
            parents.append(parent == 0 || parent == id ? Self.noNode : number(parent))
        }
        nodeCount = numbers.count
        children = Runs(parents, count: nodeCount)
        owners = Runs(nodes, count: nodeCount)
    }

    /// By row: whether it stands in the relation to one of the marked rows.
    func related(to marked: [Bool], _ kind: Relation.Kind) -> [Bool] {
        switch kind {
        case .child: childrenOf(marked)
        case .parent: parentsOf(marked)
        case .descendant: descendants(of: marked)
        case .ancestor: ancestors(of: marked)
        case .sibling: siblings(of: marked)
        }
    }

    private func childrenOf(_ marked: [Bool]) -> [Bool] {
        var hasMarked = [Bool](repeating: false, count: nodeCount)
        for row in nodes.indices where marked[row] { hasMarked[Int(nodes[row])] = true }
        return parents.map { $0 != Self.noNode && hasMarked[Int($0)] }
    }

    private func parentsOf(_ marked: [Bool]) -> [Bool] {
        var isParent = [Bool](repeating: false, count: nodeCount)
        for row in parents.indices where marked[row] && parents[row] != Self.noNode {
            isParent[Int(parents[row])] = true
        }
        return nodes.map { isParent[Int($0)] }
    }

    private func descendants(of marked: [Bool]) -> [Bool] {
        var found = [Bool](repeating: false, count: nodes.count)
        var visited = [Bool](repeating: false, count: nodeCount)
        var waiting: [Int32] = []
        for row in nodes.indices where marked[row] { waiting.append(nodes[row]) }
        while let node = waiting.popLast() {
            if visited[Int(node)] { continue }
            visited[Int(node)] = true
            for row in children[node] {
                found[Int(row)] = true
                if !visited[Int(nodes[Int(row)])] { waiting.append(nodes[Int(row)]) }
            }
        }
        return found
    }

    private func ancestors(of marked: [Bool]) -> [Bool] {
        var found = [Bool](repeating: false, count: nodes.count)
        var visited = [Bool](repeating: false, count: nodeCount)
        var waiting: [Int32] = []
        for row in nodes.indices where marked[row] && parents[row] != Self.noNode { waiting.append(parents[row]) }
        while let node = waiting.popLast() {
            if visited[Int(node)] { continue }
            visited[Int(node)] = true
            for row in owners[node] {
                found[Int(row)] = true
                let parent = parents[Int(row)]
                if parent != Self.noNode, !visited[Int(parent)] { waiting.append(parent) }
            }
        }
        return found
    }

    private func siblings(of marked: [Bool]) -> [Bool] {
        var counts = [Int32](repeating: 0, count: nodeCount)
        for row in parents.indices where marked[row] && parents[row] != Self.noNode { counts[Int(parents[row])] += 1 }
        return parents.indices.map { row in
            parents[row] != Self.noNode && counts[Int(parents[row])] > (marked[row] ? 1 : 0)
        }
    }
}

/// Rows in groups by a number that each has or, if negative, has not.
private struct Runs {
    private var ends: [Int32]
    private var rows: [Int32]

    init(_ numbers: [Int32], count: Int) {
        var next = [Int32](repeating: 0, count: count + 1)
        for number in numbers where number >= 0 { next[Int(number) + 1] += 1 }
        for index in 1..<next.count { next[index] += next[index - 1] }
        rows = [Int32](repeating: 0, count: Int(next[count]))
        for (row, number) in numbers.enumerated() where number >= 0 {
            rows[Int(next[Int(number)])] = Int32(row)
            next[Int(number)] += 1
        }
        // Each place has moved on to where its group ends.
        ends = next
    }

    subscript(number: Int32) -> ArraySlice<Int32> {
        let begin = number == 0 ? 0 : Int(ends[Int(number) - 1])
        return rows[begin..<Int(ends[Int(number)])]
    }
}
