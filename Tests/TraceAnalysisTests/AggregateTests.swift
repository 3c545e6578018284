import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct AggregateTests {
    /// The order with another payment: slower, three attempts, nothing in the audit, a receipt at the end.
    private func slowOrder() -> SpanBatch {
        var builder = TraceBuilder()
        builder.span(1, "shop", "POST /order", 0...400, kind: .server)
        builder.span(2, below: 1, "stock", "reserve", 10...40, kind: .server)
        builder.span(3, below: 2, "db", "SELECT", 15...30, kind: .client)
        for attempt in 0..<3 {
            let start = 50 + 100 * attempt
            builder.span(UInt64(10 + attempt), below: 1, "pay", "charge", start...(start + 90), kind: .server)
        }
        builder.span(20, below: 1, "mail", "receipt", 350...360, kind: .producer)
        return builder.batch
    }

    private func name(_ node: Int, of tree: CallTree) -> String {
        "\(tree.nodes[node].label.service) \(tree.nodes[node].label.operation)"
    }

    @Test func `comparing two orders tells what was added, removed and repeated`() {
        let comparison = TraceComparison(TraceBuilder.order(), slowOrder())
        var changes: [String: TraceComparison.Change] = [:]
        for node in comparison.order { changes[name(node, of: comparison.tree)] = comparison.change(node) }
        #expect(
            changes == [
                "shop POST /order": .same, "stock reserve": .same, "db SELECT": .same, "pay charge": .more,
                "audit note": .removed, "mail send": .removed, "mail receipt": .added,
            ]
        )
        let pay = comparison.order.first { name($0, of: comparison.tree) == "pay charge" } ?? 0
        #expect(comparison.first[pay].total == 40_000 && comparison.second[pay].total == 270_000)
        #expect(comparison.first[pay].errors == 1 && comparison.second[pay].rows == [3, 4, 5])
        // Depth first, what takes longest first.
        let order = comparison.order.map { name($0, of: comparison.tree) }
        #expect(order.prefix(3) == ["shop POST /order", "pay charge", "mail send"])
    }

    @Test func `comparing a trace with itself finds nothing`() {
        var random = RandomTrace(seed: 5)
        for _ in 0..<200 {
            let trace = random.trace(spans: 1 + random.below(25))
            let comparison = TraceComparison(trace, trace)
            #expect(comparison.differences.isEmpty)
            #expect(comparison.first == comparison.second)
            #expect(comparison.first.reduce(0) { $0 + $1.count } == trace.count)
        }
    }

    @Test func `the aggregate of one trace is that trace`() {
        var random = RandomTrace(seed: 6)
        for _ in 0..<200 {
            let trace = random.trace(spans: 1 + random.below(25))
            var graph = FlameGraph()
            graph.add(trace)
            let times = SelfTimes(of: trace, TraceTree(of: trace))
            #expect(graph.traces == 1 && graph.spans == trace.count)
            #expect(graph.figures.reduce(0) { $0 + $1.count } == trace.count)
            #expect(graph.figures.reduce(0) { $0 + $1.own } == times.own.reduce(0, +))
            #expect(graph.order.count == graph.tree.nodes.count)
            #expect(graph.figures.allSatisfy { $0.traces == 1 })
            var twice = graph
            twice.add(trace)
            #expect(twice.tree.nodes == graph.tree.nodes)
            #expect(twice.figures.map(\.count) == graph.figures.map { 2 * $0.count })
        }
    }

    @Test func `a flame graph that is full says so and keeps what it has`() {
        var graph = FlameGraph(nodesMax: 2)
        graph.add(TraceBuilder.order())
        #expect(graph.tree.isTruncated)
        #expect(graph.order.map { name($0, of: graph.tree) } == ["shop POST /order", "stock reserve"])
        #expect(graph.spans == 6)
    }

    @Test func `a trace beside twenty others tells what it lacks, what is new and what is slow`() {
        var baseline = TraceBaseline(of: slowOrder())
        for _ in 0..<20 { baseline.add(TraceBuilder.order()) }
        baseline.sort()
        let findings = baseline.findings().map { "\($0.kind) \(name($0.node, of: baseline.tree))" }
        #expect(
            Set(findings) == [
                "slower pay charge", "more pay charge", "slower shop POST /order", "missing mail send",
                "missing audit note", "new mail receipt",
            ]
        )
        #expect(findings.first == "slower pay charge" || findings.first == "more pay charge")
        let root = baseline.order[0]
        #expect(baseline.rank(root) == 1 && baseline.usual[root].totals.quantile(0.5) == 100_000)
    }

    @Test func `a trace beside itself is as usual`() {
        var random = RandomTrace(seed: 7)
        for _ in 0..<100 {
            let trace = random.trace(spans: 1 + random.below(25))
            var baseline = TraceBaseline(of: trace)
            #expect(baseline.findings().isEmpty)
            for _ in 0..<3 { baseline.add(trace) }
            baseline.sort()
            #expect(baseline.findings().isEmpty)
        }
    }

    @Test func `paths go from the root to the last service, and edges add up`() {
        var paths = DependencyPaths()
        paths.add(TraceBuilder.order())
        paths.add(TraceBuilder.order())
        let ends = paths.ends(through: nil).map { paths.path(to: $0).map(\.service).joined(separator: ">") }
        #expect(Set(ends) == ["shop>stock>db", "shop>pay", "shop>audit", "shop>mail"])
        let stock = paths.ends(through: "stock")
        #expect(stock.count == 1)
        let figures = paths.figures[stock[0]]
        #expect(figures.traces == 2 && figures.calls == 2 && figures.durations.quantile(0.5) == 15_000)
        #expect(figures.example == TraceID(low: 7))
        let edges = paths.edges(through: "stock").map { "\($0.caller)>\($0.callee) \($0.durations.count)" }
        #expect(edges == ["shop>stock 2", "stock>db 2"])
        #expect(paths.edges(through: nil).first { $0.callee == "pay" }?.errors == 2)
        #expect(paths.ends(through: "nobody").isEmpty && paths.edges(through: "nobody").isEmpty)
    }

    @Test func `spans within a service are part of the hop that reached it`() {
        var builder = TraceBuilder()
        builder.span(1, "a", "in", 0...100)
        builder.span(2, below: 1, "a", "inner", 10...90)
        builder.span(3, below: 2, "b", "call", 20...80)
        builder.span(4, below: 3, "b", "query", 30...40)
        var paths = DependencyPaths()
        paths.add(builder.batch)
        let ends = paths.ends(through: nil)
        #expect(ends.count == 1)
        #expect(paths.path(to: ends[0]).map(\.operation) == ["in", "call"])
    }
}
