import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct AdjusterTests {
    @Test func `the server's side of a shared id gets an id of its own, and what it called moves along`() {
        var builder = TraceBuilder()
        builder.span(1, "web", "get", 0...100, kind: .server)
        builder.span(2, below: 1, "web", "call", 10...90, kind: .client)
        builder.span(2, below: 1, "shop", "call", 20...80, kind: .server)
        builder.span(3, below: 2, "shop", "query", 30...40)
        builder.span(4, below: 2, "web", "retry", 85...88)
        builder.span(5, below: 2, "db", "SELECT", 50...60)
        var trace = builder.batch
        let notes = TraceAdjuster().adjust(&trace)
        #expect(trace.spans.spanIDs == [1, 2, 6, 3, 4, 5])
        #expect(trace.spans.parentSpanIDs == [0, 1, 2, 6, 2, 6])
        #expect(notes.texts.keys.sorted() == [2])
        #expect(notes.texts[2]?.first?.contains("0000000000000002") == true)
    }

    @Test func `a shared root is separated, and references that name the parent follow`() {
        var builder = TraceBuilder()
        builder.span(9, "web", "call", 0...100, kind: .client)
        builder.span(9, "shop", "call", 10...90, kind: .server)
        builder.span(10, below: 9, "shop", "later", 95...99, follows: true)
        var trace = builder.batch
        _ = TraceAdjuster().adjust(&trace)
        #expect(trace.spans.spanIDs == [9, 1, 10])
        #expect(trace.spans.parentSpanIDs == [0, 9, 1])
        #expect(trace.links.spanIDs == [1])
        #expect(TraceTree(of: trace).isFollowing == [false, false, true])
    }

    @Test func `nothing else is touched unless it is asked for`() {
        var random = RandomTrace(seed: 9)
        for _ in 0..<100 {
            let trace = random.trace(spans: 12)
            var adjusted = trace
            let notes = TraceAdjuster().adjust(&adjusted)
            #expect(adjusted.spans.starts == trace.spans.starts)
            for row in 0..<trace.count where adjusted.spans.spanIDs[row] != trace.spans.spanIDs[row] {
                #expect(notes.texts[row] != nil && trace.spans.kinds[row] == .server)
            }
            // No client's id is that of a server any more.
            let clients = Set(
                (0..<12).filter { adjusted.spans.kinds[$0] == .client }.map { adjusted.spans.spanIDs[$0] }
            )
            let servers = (0..<12).filter { adjusted.spans.kinds[$0] == .server }.map { adjusted.spans.spanIDs[$0] }
            #expect(servers.allSatisfy { !clients.contains($0) })
        }
    }

    @Test func `a span of another host is put into the middle of its parent and takes its host's spans along`() {
        var builder = TraceBuilder()
        builder.span(1, "web", "get", 0...100, host: "a")
        builder.span(2, below: 1, "shop", "call", 1_000...1_060, host: "b")
        builder.span(3, below: 2, "shop", "query", 1_010...1_020, host: "b")
        builder.span(4, below: 1, "mail", "send", 500...520, follows: true, host: "c")
        builder.span(5, below: 1, "web", "inner", 200...210, host: "a")
        var trace = builder.batch
        let notes = TraceAdjuster(skewMax: .max).adjust(&trace)
        let starts = trace.spans.starts.map { ($0 - TraceBuilder.origin) / 1_000 }
        #expect(starts == [0, 20, 30, 500, 200])
        #expect(notes.texts.keys.sorted() == [1, 2])
        #expect(notes.texts[1]?.first?.contains("-980µs") == true)
    }

    @Test func `what would be moved too far stays, and says so`() {
        var builder = TraceBuilder()
        builder.span(1, "web", "get", 0...100, host: "a")
        builder.span(2, below: 1, "shop", "call", 1_000...1_060, host: "b")
        var trace = builder.batch
        let notes = TraceAdjuster(skewMax: 100_000).adjust(&trace)
        #expect(trace.spans.starts == builder.batch.spans.starts)
        #expect(notes.texts[1]?.first?.contains("more than the 100µs") == true)
    }

    @Test(arguments: [
        (0..<10, 20..<60, 35), (30..<70, 20..<50, 0), (10..<70, 20..<50, 10), (25..<30, 20..<50, 0),
        (90..<100, 20..<50, -60),
    ])
    func `the distance is Jaeger's`(child: Range<Int>, parent: Range<Int>, expected: Int64) {
        func range(_ range: Range<Int>) -> Range<UInt64> { UInt64(range.lowerBound)..<UInt64(range.upperBound) }
        let delta = ClockSkew.delta(child: range(child), parent: range(parent))
        #expect(delta == expected)
    }

    @Test func `durations read well`() {
        let texts = [0, 999, -1_500, 2_000_000, 1_234_567_890].map { DurationWords.text($0) }
        #expect(texts == ["0", "999ns", "-1.5µs", "2ms", "1.23s"])
    }
}
