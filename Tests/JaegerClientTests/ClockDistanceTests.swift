import OpenTracing
import Synchronization
import Testing

@testable import JaegerClient

/// Moments of the clock that never goes back, told from times of day.
@Suite struct ClockDistanceTests {
    private static let day: Int64 = 1_700_000_000_000_000_000

    @Test func `a time that was just looked up is a moment, and how far two are apart stays`() throws {
        let clock = SetClock(monotonic: 5_000, timeOfDay: Self.day)
        let distance = ClockDistance()
        let first = distance.monotonic(at: Self.day, clock)
        let start = try #require(first)
        #expect(start == 5_000)
        clock.pass(30_000_000)
        let soon = distance.monotonic(at: Self.day + 30_000_000, clock)
        #expect(soon == start + 30_000_000)
        clock.pass(400_000_000)
        let later = distance.monotonic(at: Self.day + 430_000_000, clock)
        #expect(later == start + 430_000_000)
    }

    @Test func `a time that was remembered or made up is no moment`() {
        let clock = SetClock(monotonic: 5_000, timeOfDay: Self.day)
        let distance = ClockDistance()
        for time in [Self.day - 3_600_000_000_000, Self.day + 3_600_000_000_000, 0, .max, .min] {
            let moment = distance.monotonic(at: time, clock)
            #expect(moment == nil)
        }
    }

    @Test func `a time of day that is set back does not make a span shorter`() throws {
        let clock = SetClock(monotonic: 5_000, timeOfDay: Self.day)
        let distance = ClockDistance()
        let first = distance.monotonic(at: Self.day, clock)
        let start = try #require(first)
        clock.pass(20_000_000)
        clock.set(timeOfDay: Self.day - 3_600_000_000_000)
        let last = distance.monotonic(at: Self.day - 3_600_000_000_000, clock)
        let end = try #require(last)
        #expect(end - start == 20_000_000)
    }
}

/// Clocks that stand still until they are told to go on.
private final class SetClock: TracerClock {
    private let times: Mutex<(monotonic: Int64, timeOfDay: Int64)>

    init(monotonic: Int64, timeOfDay: Int64) { times = Mutex((monotonic, timeOfDay)) }

    var now: Timestamp { Timestamp(nanosecondsSinceEpoch: times.withLock { $0.timeOfDay }) }
    var monotonicNanoseconds: Int64 { times.withLock { $0.monotonic } }

    func pass(_ nanoseconds: Int64) {
        times.withLock { times in
            times.monotonic += nanoseconds
            times.timeOfDay += nanoseconds
        }
    }

    func set(timeOfDay: Int64) { times.withLock { $0.timeOfDay = timeOfDay } }
}
