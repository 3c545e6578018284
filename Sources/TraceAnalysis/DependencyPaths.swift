import TraceModel

/// How requests travel from service to service, over more than one step: what a graph of pairs cannot tell.
///
/// A hop is a span whose parent is of another service, or that has none; spans within a service are part of its hop. A
/// path goes from a root to a hop from which no other one follows.
public struct DependencyPaths: Sendable {
    /// What the hops at the end of a path add up to.
    public struct Figures: Sendable {
        /// In how many traces the path ends here.
        public var traces = 0
        /// How many hops arrived here, whether or not they went on.
        public var calls = 0
        /// How many of these have the status error.
        public var errors = 0
        /// How long they took.
        public var durations = DurationSample()
        /// How many of them went no further.
        public var ends = 0
        /// A trace in which the path ends here.
        public var example: TraceID?
    }

    /// Calls from one service to another.
    public struct Edge: Sendable {
        /// The service that calls.
        public var caller: String
        /// The service that is called.
        public var callee: String
        /// How many calls failed.
        public var errors = 0
        /// How long the called spans took.
        public var durations = DurationSample()
    }

    /// The hops of all traces: a node's label is the service and the operation that was reached.
    public private(set) var tree: CallTree
    /// By node.
    public private(set) var figures: [Figures] = []
    /// How many traces were added.
    public private(set) var traces = 0

    /// Of nothing; beyond `nodesMax` nodes the rest is left out and the tree says so.
    public init(nodesMax: Int = 20_000) { tree = CallTree(nodesMax: nodesMax) }

    /// Adds a trace.
    public mutating func add(_ trace: borrowing SpanBatch) {
        let hierarchy = TraceTree(of: trace)
        let isHop = Self.hops(of: trace, hierarchy)
        let numbers = tree.add(trace, hierarchy, counts: isHop)
        figures.append(contentsOf: [Figures](repeating: Figures(), count: tree.nodes.count - figures.count))
        traces += 1
        var goesOn = [Bool](repeating: false, count: trace.count)
        var hops = [Int32](repeating: -1, count: trace.count)
        for row in hierarchy.preorder.lazy.map({ Int($0) }) {
            let parent = Int(hierarchy.parents[row])
            if parent >= 0, isHop[row], hops[parent] >= 0 { goesOn[Int(hops[parent])] = true }
            hops[row] = isHop[row] ? Int32(row) : parent >= 0 ? hops[parent] : -1
        }
        var seen: Set<Int> = []
        for row in 0..<trace.count where isHop[row] && numbers[row] >= 0 {
            let node = numbers[row]
            figures[node].calls += 1
            if trace.spans.statuses[row] == .error { figures[node].errors += 1 }
            figures[node].durations.add(trace.spans.interval(row).length)
            if goesOn[row] { continue }
            figures[node].ends += 1
            if seen.insert(node).inserted { figures[node].traces += 1 }
            if figures[node].example == nil { figures[node].example = trace.spans.traceID(row) }
        }
    }

    /// The nodes at which paths end that go through a service (any if nil), the most frequent first.
    public func ends(through service: String?) -> [Int] {
        let passes = passing(service)
        return figures.indices.filter { figures[$0].ends > 0 && passes[$0] }
            .sorted { figures[$0].ends == figures[$1].ends ? $0 < $1 : figures[$0].ends > figures[$1].ends }
    }

    /// The labels from the root to a node.
    public func path(to node: Int) -> [CallLabel] {
        var labels: [CallLabel] = []
        var next = node
        while next >= 0 {
            labels.append(tree.nodes[next].label)
            next = tree.nodes[next].parent
        }
        return labels.reversed()
    }

    /// The calls on paths through a service (all if nil), by caller and callee.
    public func edges(through service: String?) -> [Edge] {
        // A hop is on such a path if the service is above it, here, or below it.
        var isOn = passing(service)
        for node in tree.nodes.indices.reversed() where isOn[node] {
            if tree.nodes[node].parent >= 0 { isOn[tree.nodes[node].parent] = true }
        }
        struct Pair: Hashable {
            var caller: String
            var callee: String
        }
        var edges: [Pair: Edge] = [:]
        for node in tree.nodes.indices where isOn[node] && tree.nodes[node].parent >= 0 {
            let caller = tree.nodes[tree.nodes[node].parent].label.service
            let callee = tree.nodes[node].label.service
            var edge = edges[Pair(caller: caller, callee: callee)] ?? Edge(caller: caller, callee: callee)
            edge.errors += figures[node].errors
            edge.durations.add(figures[node].durations)
            edges[Pair(caller: caller, callee: callee)] = edge
        }
        return edges.values.sorted { ($0.caller, $0.callee) < ($1.caller, $1.callee) }
    }

    /// By node: whether the service is there or above.
    private func passing(_ service: String?) -> [Bool] {
        var passes = [Bool](repeating: service == nil, count: tree.nodes.count)
        guard let service else { return passes }
        for (number, node) in tree.nodes.enumerated() {
            passes[number] = node.label.service == service || node.parent >= 0 && passes[node.parent]
        }
        return passes
    }

    private static func hops(of trace: borrowing SpanBatch, _ tree: borrowing TraceTree) -> [Bool] {
        var services: [StringRef] = []
        for row in 0..<trace.count {
            let resource = Int(trace.spans.resources[row])
            services.append(resource < trace.resources.count ? trace.resources[resource].service : 0)
        }
        return tree.parents.enumerated().map { row, parent in parent < 0 || services[Int(parent)] != services[row] }
    }
}
