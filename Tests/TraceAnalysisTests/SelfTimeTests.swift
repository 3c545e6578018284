import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct SelfTimeTests {
    @Test func `the self times of an order are those worked out by hand`() {
        let trace = TraceBuilder.order()
        let times = SelfTimes(of: trace, TraceTree(of: trace))
        // 100 - 30 of stock - 40 of pay, beside which audit ran; the mail takes nothing away.
        #expect(times.own == [30_000, 15_000, 15_000, 40_000, 20_000, 55_000])
        // pay shares 20 µs with audit, the root 5 µs with the mail.
        #expect(times.wall == [27_500, 15_000, 15_000, 30_000, 10_000, 52_500])
    }

    @Test func `self time and the time that children cover are the duration of every span`() {
        var random = RandomTrace(seed: 3)
        for _ in 0..<300 {
            let trace = random.trace(spans: 1 + random.below(25))
            let tree = TraceTree(of: trace)
            let times = SelfTimes(of: trace, tree)
            for row in 0..<trace.count {
                let whole = trace.spans.interval(row)
                let children = tree.children(of: row).filter { !tree.isFollowing[Int($0)] }
                let covered = union(children.map { trace.spans.interval(Int($0)).clamped(to: whole) })
                #expect(times.own[row] + covered == whole.upperBound - whole.lowerBound)
            }
        }
    }

    @Test func `shared self times sum to the union of all spans`() {
        var random = RandomTrace(seed: 4)
        for _ in 0..<300 {
            let trace = random.trace(spans: 1 + random.below(25))
            let times = SelfTimes(of: trace, TraceTree(of: trace))
            let all = union((0..<trace.count).map { trace.spans.interval($0) })
            #expect(abs(times.wall.reduce(0, +) - Double(all)) < 1)
        }
    }

    @Test func `without concurrency self times themselves sum to the union`() {
        var builder = TraceBuilder()
        builder.span(1, 0...100)
        builder.span(2, below: 1, 5...40)
        builder.span(3, below: 2, 5...20)
        builder.span(4, below: 1, 40...100)
        let times = SelfTimes(of: builder.batch, TraceTree(of: builder.batch))
        #expect(times.own.reduce(0, +) == 100_000)
        #expect(times.own.map { Double($0) } == times.wall)
    }

    /// How much time intervals of whole microseconds cover, by looking at each.
    private func union(_ intervals: [Range<UInt64>]) -> UInt64 {
        var moments: Set<UInt64> = []
        for interval in intervals {
            moments.formUnion(stride(from: interval.lowerBound, to: interval.upperBound, by: 1_000))
        }
        return UInt64(moments.count) * 1_000
    }
}
