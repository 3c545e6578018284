import TraceModel

/// Many traces laid one over the other: where the time of a whole search result goes.
///
/// The flame graph of one trace is that trace, with repeated calls put together.
public struct FlameGraph: Sendable {
    /// What all spans at a node add up to.
    public struct Figures: Sendable, Equatable {
        /// In how many traces there are any.
        public var traces = 0
        /// How many spans.
        public var count = 0
        /// How many of them have the status error.
        public var errors = 0
        /// How long they took together, in nanoseconds.
        public var total: UInt64 = 0
        /// What of it was their own work.
        public var own: UInt64 = 0
    }

    /// The nodes.
    public private(set) var tree: CallTree
    /// By node: its figures.
    public private(set) var figures: [Figures] = []
    /// How many traces were added.
    public private(set) var traces = 0
    /// How many spans were added, those without room included.
    public private(set) var spans = 0

    /// A graph of nothing, which may grow to so many nodes.
    public init(nodesMax: Int = 20_000) { tree = CallTree(nodesMax: nodesMax) }

    /// Adds a trace.
    public mutating func add(_ trace: borrowing SpanBatch) {
        let hierarchy = TraceTree(of: trace)
        let times = SelfTimes(of: trace, hierarchy)
        let numbers = tree.add(trace, hierarchy)
        figures.append(contentsOf: [Figures](repeating: Figures(), count: tree.nodes.count - figures.count))
        traces += 1
        spans += trace.count
        var seen: Set<Int> = []
        for row in 0..<trace.count where numbers[row] >= 0 {
            let number = numbers[row]
            if seen.insert(number).inserted { figures[number].traces += 1 }
            figures[number].count += 1
            if trace.spans.statuses[row] == .error { figures[number].errors += 1 }
            figures[number].total = figures[number].total.addingUpToMax(trace.spans.interval(row).length)
            figures[number].own = figures[number].own.addingUpToMax(times.own[row])
        }
    }

    /// All nodes, depth first, those that took longest first among siblings.
    public var order: [Int] {
        tree.preorder { left, right in
            let totals = (figures[left].total, figures[right].total)
            return totals.0 == totals.1 ? left < right : totals.0 > totals.1
        }
    }
}
