import TraceModel

/// Two traces laid one over the other: what only one of them did, what one did more often, and how the times differ.
public struct TraceComparison: Sendable {
    /// What one of the traces has at a node.
    public struct Side: Sendable, Equatable {
        /// How many spans.
        public var count = 0
        /// How many of them have the status error.
        public var errors = 0
        /// How long they took together, in nanoseconds.
        public var total: UInt64 = 0
        /// What of it was their own work.
        public var own: UInt64 = 0
        /// The first of their rows, up to `rowsMax`.
        public var rows: [Int] = []

        /// How many rows are told.
        public static let rowsMax = 10
    }

    /// How the structure differs at a node.
    public enum Change: String, Sendable, Equatable {
        /// Both have the same number of spans.
        case same
        /// Only the second has any.
        case added
        /// Only the first has any.
        case removed
        /// The second has more.
        case more
        /// The second has fewer.
        case fewer
    }

    /// The nodes of both.
    public private(set) var tree: CallTree
    /// By node: what the first trace has.
    public private(set) var first: [Side]
    /// By node: what the second trace has.
    public private(set) var second: [Side]

    /// Lays two traces over each other; beyond `nodesMax` nodes the rest is left out and the tree says so.
    public init(_ first: borrowing SpanBatch, _ second: borrowing SpanBatch, nodesMax: Int = 20_000) {
        var tree = CallTree(nodesMax: nodesMax)
        self.first = Self.sides(of: first, in: &tree)
        self.second = Self.sides(of: second, in: &tree)
        self.tree = tree
        let missing = tree.nodes.count - self.first.count
        self.first.append(contentsOf: [Side](repeating: Side(), count: missing))
    }

    /// How the structure differs at a node.
    public func change(_ node: Int) -> Change {
        let counts = (first[node].count, second[node].count)
        if counts.0 == counts.1 { return .same }
        if counts.0 == 0 { return .added }
        if counts.1 == 0 { return .removed }
        return counts.1 > counts.0 ? .more : .fewer
    }

    /// The nodes at which the traces have not the same number of spans, errors included.
    public var differences: [Int] {
        tree.nodes.indices.filter { change($0) != .same || first[$0].errors != second[$0].errors }
    }

    /// All nodes, depth first; those that took longest in either trace first among siblings.
    public var order: [Int] {
        let weights = tree.nodes.indices.map { max(first[$0].total, second[$0].total) }
        return tree.preorder { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
    }

    static func sides(of trace: borrowing SpanBatch, in tree: inout CallTree) -> [Side] {
        let hierarchy = TraceTree(of: trace)
        let times = SelfTimes(of: trace, hierarchy)
        let numbers = tree.add(trace, hierarchy)
        var sides = [Side](repeating: Side(), count: tree.nodes.count)
        for row in 0..<trace.count where numbers[row] >= 0 {
            let number = numbers[row]
            sides[number].count += 1
            if trace.spans.statuses[row] == .error { sides[number].errors += 1 }
            sides[number].total = sides[number].total.addingUpToMax(trace.spans.interval(row).length)
            sides[number].own = sides[number].own.addingUpToMax(times.own[row])
            if sides[number].rows.count < Side.rowsMax { sides[number].rows.append(row) }
        }
        return sides
    }
}
