import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct CriticalPathTests {
    /// The path of a trace as "row from-to", in microseconds.
    private func path(_ trace: SpanBatch) -> [String] {
        CriticalPath(of: trace, TraceTree(of: trace)).segments.map { segment in
            let times = [segment.interval.lowerBound, segment.interval.upperBound]
                .map { Int64(bitPattern: $0 &- TraceBuilder.origin) / 1_000 }
            return "\(segment.row) \(times[0])-\(times[1])"
        }
    }

    @Test func `the path of an order is the one worked out by hand`() {
        // What ran beside the payment and what nobody waited for is not on it.
        let expected = ["0 0-10", "1 10-15", "2 15-30", "1 30-40", "0 40-50", "3 50-90", "0 90-100"]
        #expect(path(TraceBuilder.order()) == expected)
    }

    @Test func `a child that outlives its parent counts as far as the parent`() {
        var builder = TraceBuilder()
        builder.span(1, 10...50)
        builder.span(2, below: 1, 30...80)
        builder.span(3, below: 2, 60...70)
        builder.span(4, below: 1, 0...20)
        #expect(path(builder.batch) == ["3 10-20", "0 20-30", "1 30-50"])
    }

    @Test func `of children that end together the longest is on the path`() {
        var builder = TraceBuilder()
        builder.span(1, 0...100)
        builder.span(2, below: 1, 60...90)
        builder.span(3, below: 1, 20...90)
        builder.span(4, below: 1, 90...90)
        #expect(path(builder.batch) == ["0 0-20", "2 20-90", "0 90-100"])
    }

    @Test func `of any trace the path is contiguous, within the trace and as long as its root`() throws {
        var random = RandomTrace(seed: 2)
        for _ in 0..<500 {
            let trace = random.trace(spans: 1 + random.below(30))
            let path = CriticalPath(of: trace, TraceTree(of: trace))
            let root = try #require(path.root)
            let whole = trace.spans.interval(root)
            let extent = trace.extent
            var next = whole.lowerBound
            for segment in path.segments {
                #expect(segment.interval.lowerBound == next && !segment.interval.isEmpty)
                let own = trace.spans.interval(segment.row)
                #expect(own.contains(segment.interval.lowerBound) && segment.interval.upperBound <= own.upperBound)
                next = segment.interval.upperBound
            }
            #expect(next == whole.upperBound)
            #expect(path.duration <= extent.upperBound - extent.lowerBound)
        }
    }
}
