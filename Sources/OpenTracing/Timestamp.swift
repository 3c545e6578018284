#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A moment of wall-clock time, in nanoseconds.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Nanoseconds since 1 January 1970, 00:00 UTC.
    public var nanosecondsSinceEpoch: Int64

    /// A moment given in nanoseconds since 1 January 1970, 00:00 UTC.
    public init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// A moment given in seconds since 1 January 1970, 00:00 UTC, as `Date.timeIntervalSince1970` has them.
    ///
    /// What does not fit is moved to the nearest moment that does; not-a-number becomes 1970.
    public init(secondsSinceEpoch seconds: Double) {
        let nanoseconds = seconds * 1e9
        if nanoseconds.isNaN {
            nanosecondsSinceEpoch = 0
        } else {
            // The largest Double below 2^63 is 1,024 less than it.
            nanosecondsSinceEpoch = Int64(max(-0x1p63, min(nanoseconds, 0x1p63 - 1024)))
        }
    }

    /// This moment, by the clock of the operating system.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanosecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Whether one moment comes before another.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}
