import SpanStorage
import Testing
import TraceModel

@testable import Sampling

@Suite struct TailSamplingTests {
    private static let second: UInt64 = 1_000_000_000

    /// Spans of one trace each, all of the resource 0.
    private static func batch(
        _ traces: some Sequence<UInt64>,
        milliseconds: Int64 = 1,
        error: Bool = false,
        spans: Int = 1,
        route: String? = nil
    ) -> SpanBatch {
        var batch = SpanBatch()
        batch.resources = [Resource()]
        for trace in traces {
            for span in 1...spans {
                var row = SpanRow()
                row.traceID = TraceID(low: trace)
                row.spanID = SpanID(UInt64(span))
                row.startNanoseconds = 1_000 * second
                row.durationNanoseconds = milliseconds * 1_000_000
                if error { row.status = .error }
                if let route {
                    let (type, value) = batch.intern(.string(route))
                    batch.spanAttributes.append(key: batch.strings.intern("http.route"), type: type, value: value)
                }
                batch.appendSpan(row)
            }
        }
        return batch
    }

    private static func sampling(_ rules: TailRule..., wait: UInt64 = 10) -> TailSampling {
        var options = TailOptions(policies: rules.enumerated().map { TailPolicy("\($0)", $1) })
        options.decisionWait = wait * second
        return TailSampling(options, at: 0)
    }

    @Test func `a trace waits for its spans, and then its slowest and its errors count, whichever span has them`() {
        var sampling = Self.sampling(.error, .latency(500_000_000...UInt64.max))
        sampling.observe(Self.batch([1, 2, 3]), tags: [7], at: 0)
        sampling.observe(Self.batch([1], error: true), tags: [7], at: 5 * Self.second)
        sampling.observe(Self.batch([2], milliseconds: 700), tags: [8], at: 9 * Self.second)
        sampling.decide(at: 9 * Self.second)
        #expect(sampling.waitingTraces == 3 && sampling.tracesToRemove == 0)
        sampling.decide(at: 10 * Self.second)
        #expect(sampling.waitingTraces == 0)
        #expect(sampling.outcomes.map(\.traces) == [1, 1] && sampling.outcomes.map(\.spans) == [2, 2])
        let removal = sampling.takeRemoval()
        #expect(removal.traces == [TraceID(low: 3)] && removal.spansByTag == [7: 1] && removal.since == 0)
    }

    @Test func `spans that come late follow what was decided, and are counted under their own tag`() {
        var sampling = Self.sampling(.error)
        sampling.observe(Self.batch([1]), tags: [1], at: 0)
        sampling.observe(Self.batch([2], error: true), tags: [1], at: 0)
        sampling.decide(at: 20 * Self.second)
        _ = sampling.takeRemoval()
        sampling.observe(Self.batch([1, 2], spans: 3), tags: [2], at: 21 * Self.second)
        let removal = sampling.takeRemoval()
        #expect(removal.traces == [TraceID(low: 1)] && removal.spansByTag == [2: 3])
        #expect(removal.since == 21 * Self.second && sampling.waitingTraces == 0)
    }

    @Test func `what cannot be removed is given back whole`() {
        var sampling = Self.sampling(.error)
        sampling.observe(Self.batch(1...5, spans: 2), tags: [1], at: 0)
        sampling.decide(at: 10 * Self.second)
        let first = sampling.takeRemoval()
        sampling.observe(Self.batch([6]), tags: [1], at: 11 * Self.second)
        sampling.decide(at: 21 * Self.second)
        sampling.putBack(first)
        let both = sampling.takeRemoval()
        #expect(both.traces.count == 6 && both.spans == 11 && both.since == 0)
        #expect(sampling.takeRemoval().traces.isEmpty)
    }

    @Test func `pinned traces stay whatever the policies say`() {
        var sampling = Self.sampling(.error)
        sampling.observe(Self.batch([1, 2]), tags: [1], at: 0)
        sampling.decide(at: 10 * Self.second, pinned: [TraceID(low: 2)])
        #expect(sampling.takeRemoval().traces == [TraceID(low: 1)] && sampling.pinnedTraces == 1)
    }

    @Test func `the share of a probability is met, and each id has the same fate everywhere`() {
        var one = Self.sampling(.probability(0.1))
        var other = Self.sampling(.probability(0.1), .latency(1_000_000_000...UInt64.max))
        for sampling in [0, 1] {
            let batch = Self.batch(1...20_000)
            if sampling == 0 { one.observe(batch, tags: [0], at: 0) } else { other.observe(batch, tags: [0], at: 0) }
        }
        one.decide(at: 10 * Self.second)
        other.decide(at: 10 * Self.second)
        let kept = one.outcomes[0].traces
        #expect((1_850...2_150).contains(kept), "\(kept) of 20,000")
        #expect(one.takeRemoval().traces == other.takeRemoval().traces)
    }

    @Test func `a rate holds over time, also for traces larger than a second's worth`() {
        var sampling = Self.sampling(.rate(spansPerSecond: 10), wait: 1)
        var next: UInt64 = 1
        for second in 0..<100 {
            sampling.observe(Self.batch(next..<next + 20, spans: 3), tags: [0], at: UInt64(second) * Self.second)
            next += 20
            sampling.decide(at: UInt64(second + 1) * Self.second)
        }
        let spans = sampling.outcomes[0].spans
        #expect((950...1_050).contains(spans), "\(spans) in 100 s")
        var large = Self.sampling(.rate(spansPerSecond: 10), wait: 1)
        large.observe(Self.batch([1], spans: 500), tags: [0], at: 0)
        large.decide(at: Self.second)
        #expect(large.outcomes[0].traces == 1)
    }

    @Test func `a composite shares its rate out, and asks its parts in their order`() {
        let parts = [
            TailShare(TailPolicy("errors", .error), share: 0.5), TailShare(TailPolicy("rest", .always), share: 0.5),
        ]
        var sampling = Self.sampling(.composite(spansPerSecond: 100, parts: parts), wait: 1)
        for second in 0..<50 {
            let first = UInt64(second) * 1_000 + 1
            let now = UInt64(second) * Self.second
            sampling.observe(Self.batch(first..<first + 200, error: true), tags: [0], at: now)
            sampling.observe(Self.batch(first + 500..<first + 700), tags: [0], at: now)
            sampling.decide(at: now + Self.second)
        }
        let spans = sampling.outcomes[0].spans
        #expect((4_800...5_300).contains(spans), "\(spans) in 50 s")
    }

    @Test func `all parts of an and must hold, and conditions are TraceQL`() throws {
        let expression = try SpansetExpression(traceQL: #"{ span.http.route = "/pay" }"#)
        let filter = try #require(expression.spanFilter)
        var sampling = Self.sampling(.all([.span(filter), .latency(100_000_000...UInt64.max)]))
        sampling.observe(Self.batch([1], milliseconds: 200, route: "/pay"), tags: [0], at: 0)
        sampling.observe(Self.batch([2], milliseconds: 200, route: "/cart"), tags: [0], at: 0)
        sampling.observe(Self.batch([3], milliseconds: 20, route: "/pay"), tags: [0], at: 0)
        sampling.decide(at: 10 * Self.second)
        #expect(sampling.takeRemoval().traces == [TraceID(low: 2), TraceID(low: 3)])
    }

    @Test func `over the bound the oldest trace is decided on at once, with what it has`() {
        var options = TailOptions(policies: [TailPolicy("errors", .error)])
        options.waitingTracesMax = 100
        var sampling = TailSampling(options, at: 0)
        sampling.observe(Self.batch([1], error: true), tags: [0], at: 0)
        sampling.observe(Self.batch(2...150), tags: [0], at: 1)
        #expect(sampling.waitingTraces == 100 && sampling.earlyDecisions == 50)
        #expect(sampling.outcomes[0].traces == 1 && sampling.tracesToRemove == 49)
    }

    @Test func `other policies judge traces that wait by all that they have in common with the old ones`() {
        var sampling = Self.sampling(.error)
        sampling.observe(Self.batch([1], error: true), tags: [0], at: 0)
        sampling.observe(Self.batch([2], route: "/pay"), tags: [0], at: 0)
        let pay = TailRule.span(.tag(TagCondition(key: "http.route", text: "/pay")))
        var options = TailOptions(policies: [TailPolicy("pay", pay), TailPolicy("errors", .error)])
        options.decisionWait = 10 * Self.second
        sampling.replace(with: options, at: 1)
        sampling.observe(Self.batch([3], route: "/pay"), tags: [0], at: 2)
        sampling.decide(at: 20 * Self.second)
        #expect(sampling.outcomes.map(\.traces) == [1, 1])
        #expect(sampling.takeRemoval().traces == [TraceID(low: 2)])
    }

    @Test func `books balance over many rounds in which places are used again`() {
        var sampling = Self.sampling(.probability(0.5), wait: 2)
        var random = SystemRandomNumberGenerator()
        var observed: UInt64 = 0
        var removed: UInt64 = 0
        for second in 0..<300 {
            let now = UInt64(second) * Self.second
            let first = UInt64.random(in: 1...2_000, using: &random)
            let batch = Self.batch(first..<first + 50, spans: Int.random(in: 1...4, using: &random))
            observed += UInt64(batch.count)
            sampling.observe(batch, tags: [UInt32(second % 7)], at: now)
            sampling.decide(at: now)
            if second % 5 == 0 { removed += sampling.takeRemoval().spans }
        }
        sampling.decide(at: 1_000 * Self.second)
        removed += sampling.takeRemoval().spans
        let kept = sampling.outcomes[0].spans
        #expect(sampling.waitingTraces == 0 && removed > 0 && kept > 0)
        // Late spans of traces that were kept are in neither figure.
        #expect(removed + kept <= observed)
    }

    @Test func `a preview says the same as sampling would have done, and names examples`() {
        var preview = TailPreview(
            TailOptions(policies: [TailPolicy("e", .error), TailPolicy("half", .probability(0.5))])
        )
        var sampling = Self.sampling(.error, .probability(0.5))
        for trace in 1...400 {
            let batch = Self.batch([UInt64(trace)], error: trace % 10 == 0, spans: 2)
            preview.add(batch)
            sampling.observe(batch, tags: [0], at: 0)
        }
        sampling.decide(at: 10 * Self.second)
        let (kept, leftOut) = preview.outcomes()
        #expect(kept.map { UInt64($0.traces) } == sampling.outcomes.map(\.traces) && kept[0].traces == 40)
        #expect(leftOut.traces == sampling.tracesToRemove && leftOut.spans == 2 * leftOut.traces)
        #expect(kept[0].examples.count == TailPreview.examplesMax)
    }
}
