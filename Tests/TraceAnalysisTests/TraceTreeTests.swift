import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct TraceTreeTests {
    @Test func `spans stand below their parents in the order of their start`() {
        let tree = TraceTree(of: TraceBuilder.order())
        #expect(tree.parents == [-1, 0, 1, 0, 0, 0])
        #expect(tree.preorder == [0, 1, 2, 3, 4, 5])
        #expect(tree.depths == [0, 1, 2, 1, 1, 1])
        #expect(tree.isFollowing == [false, false, false, false, false, true])
        #expect(tree.root == 0)
    }

    @Test func `a missing parent makes a root, and a true root is preferred to it`() {
        var builder = TraceBuilder()
        builder.span(5, below: 9, 0...10)
        builder.span(6, 5...8)
        builder.span(7, below: 7, 6...7)
        let tree = TraceTree(of: builder.batch)
        #expect(tree.roots == [0, 1, 2])
        #expect(tree.isOrphan == [true, false, false])
        #expect(tree.root == 1)
    }

    @Test func `a circle is cut at its earliest span`() {
        var builder = TraceBuilder()
        builder.span(1, below: 3, 30...40)
        builder.span(2, below: 1, 10...50)
        builder.span(3, below: 2, 20...45)
        builder.span(4, below: 3, 21...22)
        let tree = TraceTree(of: builder.batch)
        #expect(tree.parents == [2, -1, 1, 2])
        #expect(tree.isOrphan == [false, true, false, false])
    }

    @Test func `random spans make a forest: every row once, parents first`() {
        var random = RandomTrace(seed: 1)
        for _ in 0..<300 {
            let trace = random.trace(spans: 1 + random.below(25))
            let tree = TraceTree(of: trace)
            var places = [Int](repeating: -1, count: trace.count)
            for (place, row) in tree.preorder.enumerated() { places[Int(row)] = place }
            #expect(!places.contains(-1))
            for row in 0..<trace.count where tree.parents[row] >= 0 {
                #expect(places[Int(tree.parents[row])] < places[row])
                #expect(tree.depths[row] == tree.depths[Int(tree.parents[row])] + 1)
            }
        }
    }

    @Test func `a chain of 100,000 spans is no deeper than any other`() throws {
        var builder = TraceBuilder()
        let count = 100_000
        for id in 1...count { builder.span(UInt64(id), below: UInt64(id - 1), id...(3 * count - id)) }
        let trace = builder.batch
        let tree = TraceTree(of: trace)
        #expect(tree.depths.last == Int32(count - 1))
        let path = CriticalPath(of: trace, tree)
        #expect(path.segments.count == 2 * count - 1)
        #expect(path.duration == trace.extent.upperBound - trace.extent.lowerBound)
        let times = SelfTimes(of: trace, tree)
        #expect(times.own[0] == 2_000)
        let comparison = TraceComparison(trace, trace, nodesMax: 200_000)
        #expect(comparison.differences.isEmpty)
        #expect(comparison.order.count == count)
    }

    @Test func `nothing comes of no spans`() {
        let trace = SpanBatch()
        let tree = TraceTree(of: trace)
        #expect(tree.root == nil)
        #expect(CriticalPath(of: trace, tree).segments.isEmpty)
        #expect(SelfTimes(of: trace, tree).own.isEmpty)
        #expect(TraceComparison(trace, trace).order.isEmpty)
        #expect(trace.extent.isEmpty)
    }
}
