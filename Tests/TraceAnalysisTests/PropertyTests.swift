import Testing
import TraceModel

@testable import TraceAnalysis

/// What holds of every trace, beside the traces that were worked out by hand.
@Suite struct PropertyTests {
    /// A trace whose spans are each below the one before.
    private func chain(_ count: Int) -> SpanBatch {
        var builder = TraceBuilder()
        for index in 0..<count {
            builder.span(UInt64(index + 1), below: UInt64(index), "s\(index % 2)", "n", index...(2 * count - index))
        }
        return builder.batch
    }

    @Test func `a chain of 20,000 spans goes through every analysis`() {
        let trace = chain(20_000)
        let tree = TraceTree(of: trace)
        let path = CriticalPath(of: trace, tree)
        #expect(path.segments.count == 39_999 && path.duration == trace.extent.length)
        #expect(SelfTimes(of: trace, tree).own.reduce(0, +) == trace.extent.length)
        #expect(TraceComparison(trace, trace).differences.isEmpty)
        var graph = FlameGraph()
        graph.add(trace)
        #expect(graph.order.count == 20_000 && graph.tree.nodes.last?.depth == 19_999)
        var paths = DependencyPaths()
        paths.add(trace)
        #expect(paths.ends(through: nil).map { paths.path(to: $0).count } == [20_000])
        var baseline = TraceBaseline(of: trace)
        baseline.add(trace)
        baseline.sort()
        #expect(baseline.findings().isEmpty && baseline.order.count == 20_000)
        var adjusted = trace
        _ = TraceAdjuster(skewMax: .max).adjust(&adjusted)
        #expect(adjusted.spans.starts == trace.spans.starts)
    }

    @Test func `each span is at a node of its own label, below that of its parent`() {
        var random = RandomTrace(seed: 31)
        for _ in 0..<200 {
            var tree = CallTree(nodesMax: .max)
            for _ in 0..<3 {
                let trace = random.trace(spans: 1 + random.below(25))
                let hierarchy = TraceTree(of: trace)
                let numbers = tree.add(trace, hierarchy)
                for row in 0..<trace.count {
                    let node = tree.nodes[numbers[row]]
                    #expect(node.label.service == trace.service(of: row))
                    #expect(node.label.operation == trace.strings.text(trace.spans.names[row]))
                    #expect(node.label.kind == trace.spans.kinds[row])
                    #expect(node.depth == Int(hierarchy.depths[row]))
                    let parent = Int(hierarchy.parents[row])
                    #expect(node.parent == (parent < 0 ? CallTree.none : numbers[parent]))
                }
            }
            // No two nodes are the same place, and the order is each of them once, parents first.
            #expect(Set(tree.nodes.map { "\($0)" }).count == tree.nodes.count)
            let order = tree.preorder { $0 < $1 }
            #expect(Set(order).count == tree.nodes.count)
            let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
            for (number, node) in tree.nodes.enumerated() where node.parent >= 0 {
                #expect((places[node.parent] ?? .max) < (places[number] ?? -1))
            }
        }
    }

    @Test func `comparing the other way round is the mirror image, and every span is on its side`() {
        var random = RandomTrace(seed: 32)
        func name(_ node: Int, _ tree: CallTree) -> String {
            var names: [String] = []
            var next = node
            while next >= 0 {
                names.append("\(tree.nodes[next].label)")
                next = tree.nodes[next].parent
            }
            return names.joined(separator: "<")
        }
        let mirrored: [TraceComparison.Change: TraceComparison.Change] = [
            .same: .same, .added: .removed, .removed: .added, .more: .fewer, .fewer: .more,
        ]
        for _ in 0..<200 {
            let traces = [random.trace(spans: 1 + random.below(20)), random.trace(spans: 1 + random.below(20))]
            let there = TraceComparison(traces[0], traces[1])
            let back = TraceComparison(traces[1], traces[0])
            #expect(there.first.reduce(0) { $0 + $1.count } == traces[0].count)
            #expect(there.second.reduce(0) { $0 + $1.count } == traces[1].count)
            #expect(there.tree.nodes.count == back.tree.nodes.count)
            var others: [String: Int] = [:]
            for node in back.tree.nodes.indices { others[name(node, back.tree)] = node }
            for node in there.tree.nodes.indices {
                guard let other = others[name(node, there.tree)] else {
                    Issue.record("a node is in one direction only")
                    continue
                }
                #expect(mirrored[there.change(node)] == back.change(other))
                #expect(there.first[node] == back.second[other] && there.second[node] == back.first[other])
            }
        }
    }

    @Test func `in whichever order traces are added, a flame graph has the same figures`() {
        var random = RandomTrace(seed: 33)
        func figures(_ traces: [SpanBatch]) -> [String: FlameGraph.Figures] {
            var graph = FlameGraph()
            for trace in traces { graph.add(trace) }
            var figures: [String: FlameGraph.Figures] = [:]
            var names: [String] = []
            for node in graph.tree.nodes {
                names.append((node.parent < 0 ? "" : names[node.parent]) + "/\(node.label)")
            }
            for (node, name) in names.enumerated() { figures[name] = graph.figures[node] }
            return figures
        }
        for _ in 0..<60 {
            let traces = (0..<5).map { _ in random.trace(spans: 1 + random.below(15)) }
            #expect(figures(traces) == figures(traces.reversed()))
        }
    }

    @Test func `edges are the calls between services, and every hop is on a path that ends`() {
        var random = RandomTrace(seed: 34)
        for _ in 0..<200 {
            let trace = random.trace(spans: 1 + random.below(30))
            let tree = TraceTree(of: trace)
            var calls: [String: Int] = [:]
            for row in 0..<trace.count where tree.parents[row] >= 0 {
                let pair = [trace.service(of: Int(tree.parents[row])), trace.service(of: row)]
                if pair[0] != pair[1] { calls[pair.joined(separator: ">"), default: 0] += 1 }
            }
            var paths = DependencyPaths()
            paths.add(trace)
            var edges: [String: Int] = [:]
            for edge in paths.edges(through: nil) { edges["\(edge.caller)>\(edge.callee)"] = edge.durations.count }
            #expect(edges == calls)
            let hops = calls.values.reduce(0, +) + tree.roots.count
            #expect(paths.figures.reduce(0) { $0 + $1.calls } == hops)
            let services = Set((0..<trace.count).map { trace.service(of: $0) })
            for service in services {
                let ends = paths.ends(through: service)
                #expect(!ends.isEmpty)
                for end in ends { #expect(paths.path(to: end).contains { $0.service == service }) }
            }
        }
    }

    @Test func `a trace beside others: ranks are shares, and what is found is so`() {
        var random = RandomTrace(seed: 35)
        var found = 0
        for _ in 0..<100 {
            let trace = random.trace(spans: 1 + random.below(15))
            var baseline = TraceBaseline(of: trace)
            for _ in 0..<8 { baseline.add(random.trace(spans: 1 + random.below(15))) }
            baseline.sort()
            #expect(baseline.own.reduce(0) { $0 + $1.count } == trace.count)
            for node in baseline.tree.nodes.indices { #expect((0...1).contains(baseline.rank(node))) }
            for finding in baseline.findings() {
                found += 1
                let (own, usual) = (baseline.own[finding.node], baseline.usual[finding.node])
                switch finding.kind {
                case .missing: #expect(own.count == 0 && usual.traces * 2 >= baseline.traces)
                case .new: #expect(own.count > 0 && usual.traces == 0)
                case .more: #expect(UInt64(own.count) > usual.counts.quantile(0.95))
                case .fewer: #expect(UInt64(own.count) < usual.counts.quantile(0.05))
                case .slower: #expect(own.own > usual.owns.quantile(0.95))
                case .faster: #expect(own.own < usual.owns.quantile(0.05))
                case .errors: #expect(own.errors > 0 && usual.tracesWithErrors * 20 <= baseline.traces)
                }
            }
        }
        #expect(found > 100)
    }

    @Test func `outliers are the same from both sides, and no share is above the whole`() {
        var random = RandomTrace(seed: 36)
        for _ in 0..<60 {
            let traces = [random.trace(spans: 1 + random.below(30)), random.trace(spans: 1 + random.below(30))]
            var there = AttributeOutliers()
            var back = AttributeOutliers()
            there.add(traces[0], rows: 0..<traces[0].count, to: .selection)
            there.add(traces[1], rows: 0..<traces[1].count, to: .baseline)
            back.add(traces[1], rows: 0..<traces[1].count, to: .selection)
            back.add(traces[0], rows: 0..<traces[0].count, to: .baseline)
            let mirrored = back.attributes(limit: 100)
            for (attribute, other) in zip(there.attributes(limit: 100), mirrored) {
                #expect(attribute.key == other.key && attribute.score == other.score)
                #expect((0...1).contains(attribute.score))
                #expect(attribute.counts.selection == other.counts.baseline)
                #expect(attribute.counts.selection <= there.spans.selection)
                #expect(attribute.values.reduce(0) { $0 + $1.counts.selection } <= attribute.counts.selection)
            }
        }
    }

    @Test func `statistics by service: each group's figures are those of its spans`() {
        var random = RandomTrace(seed: 37)
        for _ in 0..<100 {
            let trace = random.trace(spans: 1 + random.below(30))
            let times = SelfTimes(of: trace, TraceTree(of: trace))
            let services = (0..<3).map { "s\($0)" }
            let numbers = (0..<trace.count).map { services.firstIndex(of: trace.service(of: $0)) ?? 0 }
            let statistics = TraceStatistics(of: trace, times, numbers: numbers, groupCount: 3)
            for (number, group) in statistics.groups.enumerated() {
                let rows = (0..<trace.count).filter { numbers[$0] == number }
                #expect(group.count == rows.count)
                #expect(group.errors == rows.count { trace.spans.statuses[$0] == .error })
                #expect(group.own == rows.reduce(0) { $0 + times.own[$1] })
                #expect(group.durations.sum == rows.reduce(0) { $0 + trace.spans.interval($1).length })
                if let longest = rows.map({ trace.spans.interval($0).length }).max() {
                    #expect(trace.spans.interval(group.longest).length == longest && numbers[group.longest] == number)
                }
            }
        }
    }

    @Test func `a sample by hand`() {
        var sample = DurationSample()
        #expect(sample.quantile(0.5) == 0 && sample.share(below: 5) == 0 && sample.mean == 0 && sample.max == 0)
        for duration: UInt64 in [40, 10, 30, 20] { sample.add(duration) }
        #expect(sample.min == 10 && sample.max == 40 && sample.mean == 25 && sample.sum == 100)
        #expect(sample.share(below: 30) == 0.5 && sample.share(below: 10) == 0 && sample.share(below: 41) == 1)
        var other = DurationSample()
        other.add(sample)
        other.add(.max)
        #expect(other.sum == .max && other.count == 5)
    }
}
