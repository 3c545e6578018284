import Synchronization

/// Records so many traces a second, and no more.
///
/// A leaky bucket: it fills at the rate and holds one second's worth, or one trace when the rate is below one a second.
public final class RateLimitingSampler: Sampler {
    private let clock: any TracerClock
    private let bucket: Mutex<LeakyBucket>

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
        self.clock = clock
        bucket = Mutex(
            LeakyBucket(
                creditsPerSecond: tracesPerSecond,
                initialShare: initialShare,
                now: clock.monotonicNanoseconds
            )
        )
    }

    /// How many traces are recorded a second; below 1, one in `1 / tracesPerSecond` seconds.
    public var tracesPerSecond: Double { bucket.withLock { $0.creditsPerSecond } }

    /// Whether there is room for one more.
    public func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision {
        let now = clock.monotonicNanoseconds
        let (hasRoom, rate) = bucket.withLock { ($0.takeOne(now: now), $0.creditsPerSecond) }
        return SamplingDecision(isSampled: hasRoom, samplerType: "ratelimiting", parameter: .double(rate))
    }

    /// Changes the rate; what was recorded in the last second still counts.
    func changeRate(to tracesPerSecond: Double) {
        let now = clock.monotonicNanoseconds
        bucket.withLock { $0.changeRate(to: tracesPerSecond, now: now) }
    }

    /// The sampler's name and rate, as Jaeger's clients print it.
    public var description: String { "RateLimitingSampler(\(tracesPerSecond))" }
}
