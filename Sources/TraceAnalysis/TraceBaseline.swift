import TraceModel

/// One trace beside many others of its kind: what it lacks, what only it does, and what took longer than it should.
public struct TraceBaseline: Sendable {
    /// What the other traces have at a node; a trace's spans there are added up first.
    public struct Usual: Sendable {
        /// How many spans, of each trace that has any.
        public var counts = DurationSample()
        /// In how many traces any of them has the status error.
        public var tracesWithErrors = 0
        /// How many spans have it.
        public var errors = 0
        /// How long they took, of each trace that has any.
        public var totals = DurationSample()
        /// What of it was their own work.
        public var owns = DurationSample()

        /// In how many traces there are any.
        public var traces: Int { totals.count }
    }

    /// Something about the trace that is not as usual.
    public struct Finding: Sendable, Equatable {
        /// What it is.
        public var kind: Kind
        /// At which node.
        public var node: Int
        /// How much time it makes, in nanoseconds.
        public var impact: UInt64

        /// What can be unusual.
        public enum Kind: String, Sendable {
            /// At least half of the others have it, the trace does not.
            case missing
            /// None of the others has it.
            case new
            /// More spans than at least 95 % of the others have.
            case more
            /// Fewer spans than at least 95 % of the others have.
            case fewer
            /// Its own work took longer than that of at least 95 % of the others.
            case slower
            /// Its own work took less time than that of at least 95 % of the others.
            case faster
            /// Spans fail here that fail in at most 5 % of the others.
            case errors
        }
    }

    /// The nodes of all of them.
    public private(set) var tree: CallTree
    /// By node: what the trace has.
    public private(set) var own: [TraceComparison.Side]
    /// By node: what the others have.
    public private(set) var usual: [Usual]
    /// How many others there are.
    public private(set) var traces = 0
    /// How many spans they have.
    public private(set) var spans = 0
    /// How long the trace took, in nanoseconds.
    private let duration: UInt64

    /// Puts a trace beside nothing yet; beyond `nodesMax` nodes the rest is left out and the tree says so.
    public init(of trace: borrowing SpanBatch, nodesMax: Int = 20_000) {
        tree = CallTree(nodesMax: nodesMax)
        own = TraceComparison.sides(of: trace, in: &tree)
        usual = [Usual](repeating: Usual(), count: tree.nodes.count)
        duration = trace.extent.length
    }

    /// Adds one of the others.
    public mutating func add(_ trace: borrowing SpanBatch) {
        let sides = TraceComparison.sides(of: trace, in: &tree)
        let new = tree.nodes.count - usual.count
        usual.append(contentsOf: [Usual](repeating: Usual(), count: new))
        own.append(contentsOf: [TraceComparison.Side](repeating: .init(), count: new))
        traces += 1
        spans += trace.count
        for (node, side) in sides.enumerated() where side.count > 0 {
            usual[node].counts.add(UInt64(side.count))
            usual[node].errors += side.errors
            if side.errors > 0 { usual[node].tracesWithErrors += 1 }
            usual[node].totals.add(side.total)
            usual[node].owns.add(side.own)
        }
    }

    /// Makes the questions below fast: to be called when all are added.
    public mutating func sort() {
        for node in usual.indices {
            usual[node].counts.sort()
            usual[node].totals.sort()
            usual[node].owns.sort()
        }
    }

    /// Which share of the others that have the node took less time there than the trace.
    public func rank(_ node: Int) -> Double { usual[node].totals.share(below: own[node].total) }

    /// All nodes, depth first; those that take longest first among siblings.
    public var order: [Int] {
        let weights = tree.nodes.indices.map { max(own[$0].total, usual[$0].totals.quantile(0.5)) }
        return tree.preorder { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
    }

    /// What is unusual, what makes most time first.
    ///
    /// Of what is missing or new only the topmost node is told: the rest follows from it. Less than 1 % of the trace's
    /// duration makes nothing slower or faster.
    public func findings() -> [Finding] {
        if traces == 0 { return [] }
        var findings: [Finding] = []
        for node in tree.nodes.indices { look(at: node, &findings) }
        return findings.sorted { $0.impact == $1.impact ? $0.node < $1.node : $0.impact > $1.impact }
    }

    private func look(at node: Int, _ findings: inout [Finding]) {
        let side = own[node]
        let others = usual[node]
        let parent = tree.nodes[node].parent
        func note(_ kind: Finding.Kind, _ impact: UInt64) {
            findings.append(Finding(kind: kind, node: node, impact: impact))
        }
        if side.count == 0 {
            let isTopmost = parent < 0 || own[parent].count > 0
            if isTopmost, others.traces * 2 >= traces { note(.missing, others.totals.quantile(0.5)) }
            return
        }
        if others.traces == 0 {
            if parent < 0 || usual[parent].traces > 0 { note(.new, side.total) }
            return
        }
        let median = others.owns.quantile(0.5)
        let least = duration / 100
        if side.own > others.owns.quantile(0.95), side.own > median, side.own - median > least {
            note(.slower, side.own - median)
        } else if side.own < others.owns.quantile(0.05), median > side.own, median - side.own > least {
            note(.faster, median - side.own)
        }
        let usualTotal = others.totals.quantile(0.5)
        let difference = side.total > usualTotal ? side.total - usualTotal : usualTotal - side.total
        if UInt64(side.count) > others.counts.quantile(0.95) { note(.more, difference) }
        if UInt64(side.count) < others.counts.quantile(0.05) { note(.fewer, difference) }
        if side.errors > 0, others.tracesWithErrors * 20 <= traces { note(.errors, side.total) }
    }
}
