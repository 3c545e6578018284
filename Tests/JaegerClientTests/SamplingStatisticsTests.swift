import JaegerClient
import OpenTracing
import Testing

/// How many of many traces each sampler records, against what it says it records.
///
/// Identifiers come from a seed, so a run is like any other; the bounds are five standard deviations, wide enough for
/// any seed.
@Suite struct SamplingStatisticsTests {
    private static let traces = 20_000

    private func recorded(_ sampler: any Sampler, seed: UInt64, operation: String = "op") -> Int {
        let ids = IDGenerator(seed: seed)
        return (0..<Self.traces).count { _ in
            sampler.sample(traceIDLow: ids.next(), operationName: operation).isSampled
        }
    }

    private func isWithinBounds(_ count: Int, _ rate: Double) -> Bool {
        let expected = Double(Self.traces) * rate
        return abs(Double(count) - expected) <= 5 * (expected * (1 - rate)).squareRoot()
    }

    @Test(arguments: [0.0, 0.0005, 0.01, 0.1, 0.25, 0.5, 0.75, 0.999, 1.0])
    func `a probabilistic sampler records its share`(rate: Double) {
        for seed: UInt64 in 1...3 {
            #expect(isWithinBounds(recorded(ProbabilisticSampler(rate: rate), seed: seed), rate))
        }
    }

    @Test(arguments: [0.0, 0.01, 0.5, 1.0])
    func `every operation records the share that it was given`(rate: Double) {
        let sampler = PerOperationSampler(
            .init(defaultRate: 0.2, lowerBoundTracesPerSecond: 0, rates: ["known": rate])
        )
        #expect(isWithinBounds(recorded(sampler, seed: 7, operation: "known"), rate))
        #expect(isWithinBounds(recorded(sampler, seed: 7, operation: "unknown"), 0.2))
    }

    @Test func `a rate limiting sampler records its rate over any stretch of time`() {
        let clock = ManualClock()
        let sampler = RateLimitingSampler(tracesPerSecond: 100, initialShare: 0, clock: clock)
        var count = 0
        for _ in 0..<Self.traces {
            if sampler.sample(traceIDLow: 1, operationName: "op").isSampled { count += 1 }
            clock.advance(milliseconds: 1)
        }
        // Twenty seconds.
        #expect((1_999...2_000).contains(count))
    }

    @Test func `a guaranteed throughput is kept where the share is too small, and not exceeded where it is not`() {
        for rate in [0.0, 0.001, 0.1] {
            let clock = ManualClock()
            let sampler = GuaranteedThroughputSampler(
                lowerBoundTracesPerSecond: 2,
                rate: rate,
                initialShare: 0,
                clock: clock
            )
            let ids = IDGenerator(seed: 11)
            var counts = ["probabilistic": 0, "lowerbound": 0]
            for _ in 0..<Self.traces {
                let decision = sampler.sample(traceIDLow: ids.next(), operationName: "op")
                if decision.isSampled { counts[decision.samplerType.description, default: 0] += 1 }
                clock.advance(milliseconds: 1)
            }
            let (share, bound) = (counts["probabilistic"] ?? 0, counts["lowerbound"] ?? 0)
            #expect(isWithinBounds(share, rate))
            // Twenty seconds with at least two traces each, and no more than that beside the share.
            #expect(share + bound >= 39, "\(rate): \(counts)")
            #expect(bound <= 40, "\(rate): \(counts)")
        }
    }

    @Test func `every process decides alike about the same identifier`() async {
        let ids = IDGenerator(seed: 99)
        let first = ProbabilisticSampler(rate: 0.3)
        let second = GuaranteedThroughputSampler(lowerBoundTracesPerSecond: 0, rate: 0.3)
        for _ in 0..<10_000 {
            let id = ids.next()
            // The rule of Jaeger's Python client: identifier < rate * 2^64.
            let expected = Double(id) < 0.3 * 0x1p64
            #expect(first.sample(traceIDLow: id, operationName: "a").isSampled == expected)
            #expect(second.sample(traceIDLow: id, operationName: "b").isSampled == expected)
        }
        await #expect(processExitsWith: .success) {
            let ids = IDGenerator(seed: 99)
            let sampler = ProbabilisticSampler(rate: 0.3)
            var decisions: UInt64 = 0
            for _ in 0..<64 {
                let isSampled = sampler.sample(traceIDLow: ids.next(), operationName: "c").isSampled
                decisions = decisions << 1 | (isSampled ? 1 : 0)
            }
            #expect(decisions == SamplingStatisticsTests.decisions())
        }
    }

    /// The first 64 decisions by the rule itself.
    static func decisions() -> UInt64 {
        let ids = IDGenerator(seed: 99)
        return (0..<64).reduce(0) { decisions, _ in decisions << 1 | (Double(ids.next()) < 0.3 * 0x1p64 ? 1 : 0) }
    }

    @Test func `the tags of a recorded trace are those of Jaeger's clients`() {
        let clock = ManualClock()
        let guaranteed = GuaranteedThroughputSampler(
            lowerBoundTracesPerSecond: 1,
            rate: 0.25,
            initialShare: 1,
            clock: clock
        )
        func tags(_ sampler: any Sampler, _ id: UInt64 = 0) -> TagList {
            sampler.sample(traceIDLow: id, operationName: "op").tags
        }
        #expect(tags(ConstSampler(true)) == ["sampler.type": "const", "sampler.param": true])
        #expect(tags(ProbabilisticSampler(rate: 0.5)) == ["sampler.type": "probabilistic", "sampler.param": 0.5])
        #expect(
            tags(RateLimitingSampler(tracesPerSecond: 3)) == ["sampler.type": "ratelimiting", "sampler.param": 3.0]
        )
        #expect(tags(guaranteed, .max) == ["sampler.type": "lowerbound", "sampler.param": 0.25])
        #expect(tags(guaranteed, 1) == ["sampler.type": "probabilistic", "sampler.param": 0.25])
    }

    @Test func `operations beyond the limit have the default share and no bound of their own`() {
        let sampler = PerOperationSampler(
            .init(defaultRate: 0, lowerBoundTracesPerSecond: 1),
            operationsMax: 2,
            clock: ManualClock()
        )
        func isSampled(_ name: String) -> Bool { sampler.sample(traceIDLow: .max, operationName: name).isSampled }
        #expect([isSampled("a"), isSampled("b"), isSampled("c")] == [true, true, false])
        #expect([isSampled("a"), isSampled("b")] == [false, false])
    }
}
