import Synchronization

/// How long something takes, in the buckets that Prometheus wants: each counts all that took no longer than its bound.
final class LatencyHistogram: Sendable {
    /// The upper bounds of the buckets, in seconds; a last one has none.
    static let bounds = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// What was counted so far.
    struct Counts: Sendable {
        /// Of each bucket alone, the one without a bound last.
        var buckets = [UInt64](repeating: 0, count: LatencyHistogram.bounds.count + 1)
        /// Of all, in seconds.
        var sum = 0.0
    }

    private let counts = Mutex(Counts())

    /// Counts one.
    func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let time = Double(seconds) + Double(attoseconds) * 1e-18
        let bucket = Self.bounds.firstIndex { time <= $0 } ?? Self.bounds.count
        counts.withLock { counts in
            counts.buckets[bucket] += 1
            counts.sum += time
        }
    }

    /// What was counted so far.
    var snapshot: Counts { counts.withLock { $0 } }
}
