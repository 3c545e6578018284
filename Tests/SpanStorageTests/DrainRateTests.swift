import SpanStorage
import Testing

@Suite struct DrainRateTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func `the hint is how long what waits will take at the rate of the last seconds`() {
        var rate = DrainRate()
        #expect(rate.secondsToDrain(5_000, drained: 0, now: 7 * Self.second) == 1, "nothing is known yet")
        #expect(rate.secondsToDrain(5_000, drained: 2_000, now: 9 * Self.second) == 5, "1,000 bytes a second")
        #expect(rate.secondsToDrain(5_001, drained: 2_000, now: 9 * Self.second) == 6, "rounded up")
        #expect(rate.secondsToDrain(5_000, drained: 9_000, now: 9 * Self.second + 1) == 5, "too short a time to tell")
        #expect(rate.secondsToDrain(5_000, drained: 12_000, now: 11 * Self.second) == 1, "5,000 a second")
    }

    @Test func `it has bounds, and one who drains nothing is given the longest`() {
        var rate = DrainRate()
        _ = rate.secondsToDrain(1, drained: 0, now: 0)
        #expect(rate.secondsToDrain(1, drained: 0, now: 2 * Self.second) == 30)
        #expect(rate.secondsToDrain(1_000_000, drained: 1_000, now: 4 * Self.second) == 30)
        #expect(rate.secondsToDrain(0, drained: 1_000_000, now: 6 * Self.second) == 1)
    }

    @Test func `hours in which there was nothing to do say nothing of now`() {
        var rate = DrainRate()
        _ = rate.secondsToDrain(1_000, drained: 0, now: 0)
        #expect(rate.secondsToDrain(1_000, drained: 1_000, now: 3_600 * Self.second) == 1)
        #expect(rate.secondsToDrain(1_000, drained: 1_100, now: 3_601 * Self.second) == 10)
    }

    @Test func `a clock that goes back is no harm`() {
        var rate = DrainRate()
        _ = rate.secondsToDrain(1_000, drained: 0, now: 100 * Self.second)
        #expect(rate.secondsToDrain(1_000, drained: 10, now: 50 * Self.second) == 1)
    }
}
