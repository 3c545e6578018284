import OpenTracing
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where a tracer gets the time from.
public protocol TracerClock: Sendable {
    /// The time of day.
    var now: Timestamp { get }
    /// Nanoseconds since some moment in the past; never goes back, whatever happens to the time of day.
    var monotonicNanoseconds: Int64 { get }
}

/// The clocks of the operating system.
public struct SystemClock: TracerClock {
    /// Makes a clock; there is nothing to choose.
    public init() {}

    /// The time of day.
    public var now: Timestamp { Timestamp(nanosecondsSinceEpoch: read(CLOCK_REALTIME)) }

    /// Nanoseconds since the machine started, or thereabouts.
    public var monotonicNanoseconds: Int64 { read(CLOCK_MONOTONIC) }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The time of day, told from the clock that never goes back: one look at a clock per span instead of two.
///
/// The distance between the two clocks is measured again ten times a second, so a span begins within what the time of
/// day is corrected by in a tenth of a second.
struct ClockDistance: ~Copyable {
    private static let renewalNanoseconds: Int64 = 100_000_000
    /// Times that are less far from now than this are now.
    private static let nowNanoseconds: Int64 = 1_000_000

    private let distance = Atomic<Int64>(0)
    private let validUntil = Atomic<Int64>(.min)

    /// The time of day, in nanoseconds since 1970, at a moment of the other clock that was just read.
    func timeOfDay(at monotonic: Int64, _ clock: any TracerClock) -> Int64 {
        if monotonic >= validUntil.load(ordering: .acquiring) { renew(clock) }
        return monotonic &+ distance.load(ordering: .relaxed)
    }

    /// The moment of the other clock at a time of day that somebody has just looked up, as swift-distributed-tracing
    /// does for every span; nil for one that is not now.
    ///
    /// Within the tenth of a second for which the distance holds the clock is not looked at once more. A time of day
    /// that is set back or forth is noticed if it leaves that tenth, and else makes a span longer or shorter by less.
    func monotonic(at timeOfDay: Int64, _ clock: any TracerClock) -> Int64? {
        let (moment, overflow) = timeOfDay.subtractingReportingOverflow(distance.load(ordering: .relaxed))
        let end = validUntil.load(ordering: .acquiring)
        if !overflow, moment < end, moment >= end &- Self.renewalNanoseconds { return moment }
        renew(clock)
        let now = clock.monotonicNanoseconds
        let (age, isFar) = (now &+ distance.load(ordering: .relaxed)).subtractingReportingOverflow(timeOfDay)
        return !isFar && age.magnitude < Self.nowNanoseconds ? now &- age : nil
    }

    @inline(never)
    private func renew(_ clock: any TracerClock) {
        let monotonic = clock.monotonicNanoseconds
        distance.store(clock.now.nanosecondsSinceEpoch &- monotonic, ordering: .relaxed)
        validUntil.store(monotonic &+ Self.renewalNanoseconds, ordering: .releasing)
    }
}
