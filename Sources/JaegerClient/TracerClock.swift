import OpenTracing

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
