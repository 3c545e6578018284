import OpenTracing
import Synchronization

/// Records so many traces a second, and no more.
///
/// A leaky bucket: it fills at the rate and holds one second's worth, or one trace when the rate is below one a second.
public final class RateLimitingSampler: Sampler {
    private struct Bucket {
        var balance: Double
        var filledAtNanoseconds: Int64
    }

    /// How many traces are recorded a second; below 1, one in `1 / tracesPerSecond` seconds.
    public let tracesPerSecond: Double
    private let capacity: Double
    private let clock: any TracerClock
    private let bucket: Mutex<Bucket>

    /// Makes a sampler that records so many traces a second.
    ///
    /// - Parameters:
    ///   - tracesPerSecond: How many; a negative number becomes 0.
    ///   - initialShare: How full the bucket is at first, from 0 to 1; different in each process, so that a fleet that
    ///     restarts doesn't record at once all it may record in a second.
    ///   - clock: Where the time comes from.
    public init(
        tracesPerSecond: Double,
        initialShare: Double = .random(in: 0...1),
        clock: any TracerClock = SystemClock()
    ) {
        let rate = tracesPerSecond.isFinite ? max(0, tracesPerSecond) : 0
        self.tracesPerSecond = rate
        self.clock = clock
        capacity = rate == 0 ? 0 : max(rate, 1)
        bucket = Mutex(
            Bucket(
                balance: capacity * max(0, min(initialShare, 1)),
                filledAtNanoseconds: clock.monotonicNanoseconds
            )
        )
    }

    /// Whether there is room for one more.
    public func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision {
        let now = clock.monotonicNanoseconds
        let hasRoom = bucket.withLock { bucket in
            let seconds = Double(max(0, now - bucket.filledAtNanoseconds)) / 1e9
            bucket.filledAtNanoseconds = max(now, bucket.filledAtNanoseconds)
            bucket.balance = min(capacity, bucket.balance + seconds * tracesPerSecond)
            guard bucket.balance >= 1 else { return false }
            bucket.balance -= 1
            return true
        }
        return SamplingDecision(isSampled: hasRoom, samplerType: "ratelimiting", parameter: .double(tracesPerSecond))
    }

    /// The sampler's name and rate, as Jaeger's clients print it.
    public var description: String { "RateLimitingSampler(\(tracesPerSecond))" }
}
