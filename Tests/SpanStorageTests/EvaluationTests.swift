import SpanStorage
import Testing
import TraceModel

/// One after the other, and giving way now and then: all tests share a few threads.
@Suite(.serialized) struct EvaluationTests {
    @Test func `conditions on random spans hold where a plain reading of their words says so`() async {
        var traces = RandomTrace(seed: 1)
        var queries = RandomQuery(seed: 2)
        var found = 0
        for _ in 0..<100 {
            await Task.yield()
            let trace = traces.trace(spans: 8)
            let naive = NaiveFilter(trace: trace)
            let facts = TraceFacts(of: trace)
            for _ in 0..<50 {
                let filter = queries.filter(depth: 2)
                let prepared = PreparedFilter(filter, for: trace, trace: facts)
                for row in 0..<trace.count {
                    let expected = naive.matches(filter, row)
                    if expected { found += 1 }
                    #expect(prepared.matches(row, in: trace) == expected, "\(filter.traceQL)")
                }
            }
        }
        #expect(found > 2_500)
    }

    @Test func `spansets of random traces are those that comparing all pairs of spans finds`() async {
        var traces = RandomTrace(seed: 3)
        var queries = RandomQuery(seed: 4)
        var found = 0
        for _ in 0..<150 {
            await Task.yield()
            let trace = traces.trace(spans: 1 + queries.random.below(12))
            let naive = NaiveSpansets(trace)
            for _ in 0..<20 {
                let expression = queries.expression()
                let sets = expression.spansets(of: trace)
                #expect(Set(sets.map { Set($0.rows) }) == Set(naive.sets(expression)), "\(expression.traceQL)")
                #expect(sets.allSatisfy { !$0.rows.isEmpty && $0.rows == $0.rows.sorted() })
                found += sets.count
            }
        }
        #expect(found > 500)
    }

    @Test func `every span of an answer satisfies the filter by which candidates are found`() async {
        var traces = RandomTrace(seed: 5)
        var queries = RandomQuery(seed: 6)
        for _ in 0..<100 {
            await Task.yield()
            let trace = traces.trace(spans: 10)
            for _ in 0..<20 {
                let query = TraceQuery(queries.expression(), start: 0...UInt64.max, limit: 1)
                let expression = query.expression ?? .filter(query.filter)
                let candidates = PreparedFilter(query.filter, for: trace)
                #expect(!query.filter.asksTrace)
                for set in expression.spansets(of: trace) {
                    #expect(
                        set.rows.allSatisfy { candidates.matches($0, in: trace) },
                        "\(expression.traceQL) by \(query.filter.traceQL)"
                    )
                }
            }
        }
    }

    @Test func `a weakened filter lets through all that the filter does`() async {
        var traces = RandomTrace(seed: 7)
        var queries = RandomQuery(seed: 8)
        var random = SplitMix(state: 9)
        for _ in 0..<200 {
            await Task.yield()
            let trace = traces.trace(spans: 6)
            for _ in 0..<30 {
                let filter = queries.filter(depth: 3)
                let weak = filter.weakened { _ in random.once(in: 2) }
                let exact = PreparedFilter(filter, for: trace)
                let prepared = PreparedFilter(weak, for: trace)
                for row in 0..<trace.count where exact.matches(row, in: trace) {
                    #expect(prepared.matches(row, in: trace), "\(filter.traceQL) by \(weak.traceQL)")
                }
            }
            let all = queries.filter(depth: 3)
            #expect(all.weakened { _ in true } == all)
        }
    }

    @Test func `a trace of a hundred thousand spans in one line is answered at once`() throws {
        var trace = SpanBatch()
        var resource = Resource()
        resource.service = trace.strings.intern("s")
        trace.resources.append(resource)
        let count: UInt64 = 100_000
        for number in 1...count {
            var row = SpanRow()
            row.traceID = TraceID(low: 1)
            row.spanID = SpanID(number)
            // The first half hangs from one root; the other half is a circle.
            row.parentSpanID = SpanID(number == count / 2 + 1 ? count : number - 1)
            row.name = trace.strings.intern(number == 1 ? "top" : number == count / 2 ? "leaf" : "middle")
            row.durationNanoseconds = Int64(number)
            trace.appendSpan(row)
        }
        func rows(_ text: String) throws -> [Int] {
            try SpansetExpression(traceQL: text).spansets(of: trace).flatMap(\.rows)
        }
        let clock = ContinuousClock()
        var begin = clock.now
        #expect(try rows(#"{ name = "top" } >> { name = "leaf" }"#) == [Int(count / 2) - 1])
        #expect(try rows(#"{ name = "leaf" } << { name = "top" }"#) == [0])
        #expect(try rows(#"{ name = "leaf" } >> { }"#) == [])
        #expect(try rows(#"{ span:id = "fff0" } >> { span:id = "fff0" }"#) == [0xFFF0 - 1])
        // Four queries, without optimization, on a machine that may be busy; a walk for each span would take hours.
        #expect(begin.duration(to: clock.now) < .seconds(60))
        begin = clock.now
        #expect(try rows("{ } | by(duration) | count() = 1").count == Int(count))
        #expect(begin.duration(to: clock.now) < .seconds(60))
    }
}
