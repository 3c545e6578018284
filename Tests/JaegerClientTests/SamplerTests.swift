import JaegerClient
import OpenTracing
import Synchronization
import Testing

/// A clock that stands still until it is moved.
final class ManualClock: TracerClock {
    private let nanoseconds = Atomic<Int64>(0)
    var now: Timestamp { Timestamp(nanosecondsSinceEpoch: monotonicNanoseconds) }
    var monotonicNanoseconds: Int64 { nanoseconds.load(ordering: .relaxed) }
    func advance(milliseconds: Int64) { nanoseconds.wrappingAdd(milliseconds * 1_000_000, ordering: .relaxed) }
}

@Suite struct SamplerTests {
    @Test func `a probabilistic sampler decides by the identifier alone`() {
        let half = ProbabilisticSampler(rate: 0.5)
        #expect(half.sample(traceIDLow: 0x7FFF_FFFF_FFFF_FFFF, operationName: "a").isSampled)
        #expect(!half.sample(traceIDLow: 0x8000_0000_0000_0000, operationName: "a").isSampled)
        #expect(half.sample(traceIDLow: 1, operationName: "a").parameter == .double(0.5))
    }

    @Test func `rates of one and zero, and beyond, are all or nothing`() {
        for rate in [1.0, 1.5, .infinity] {
            #expect(ProbabilisticSampler(rate: rate).sample(traceIDLow: .max, operationName: "").isSampled)
        }
        for rate in [0.0, -1, .nan] {
            #expect(!ProbabilisticSampler(rate: rate).sample(traceIDLow: 0, operationName: "").isSampled)
        }
    }

    @Test func `about the asked share of random traces is recorded`() {
        let sampler = ProbabilisticSampler(rate: 0.1)
        let ids = IDGenerator(seed: 42)
        let count = (0..<20_000).count { _ in sampler.sample(traceIDLow: ids.next(), operationName: "").isSampled }
        #expect((1800...2200).contains(count))
    }

    @Test func `a rate limiting sampler records a second's worth and then as time passes`() {
        let clock = ManualClock()
        let sampler = RateLimitingSampler(tracesPerSecond: 2, initialShare: 1, clock: clock)
        func takes() -> Bool { sampler.sample(traceIDLow: 1, operationName: "").isSampled }
        #expect([takes(), takes(), takes()] == [true, true, false])
        clock.advance(milliseconds: 500)
        #expect([takes(), takes()] == [true, false])
        clock.advance(milliseconds: 60_000)
        #expect([takes(), takes(), takes()] == [true, true, false])
    }

    @Test func `a rate below one is one trace in several seconds`() {
        let clock = ManualClock()
        let sampler = RateLimitingSampler(tracesPerSecond: 0.1, initialShare: 1, clock: clock)
        func takes() -> Bool { sampler.sample(traceIDLow: 1, operationName: "").isSampled }
        #expect([takes(), takes()] == [true, false])
        clock.advance(milliseconds: 9_000)
        #expect(!takes())
        clock.advance(milliseconds: 1_001)
        #expect(takes())
        #expect(!RateLimitingSampler(tracesPerSecond: 0).sample(traceIDLow: 1, operationName: "").isSampled)
    }

    @Test func `samplers say what they are as other clients do`() {
        #expect("\(ConstSampler(true))" == "ConstSampler(True)")
        #expect("\(ProbabilisticSampler(rate: 0.25))" == "ProbabilisticSampler(0.25)")
        #expect("\(RateLimitingSampler(tracesPerSecond: 2))" == "RateLimitingSampler(2.0)")
    }
}
