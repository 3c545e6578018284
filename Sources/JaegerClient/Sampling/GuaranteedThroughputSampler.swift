import Synchronization

/// Records a share of all traces, and where that is too few, so many a second.
///
/// The share decides by the trace's identifier, like ``ProbabilisticSampler``. What it leaves out is recorded after all
/// while there are credits, of which so many come each second and each recorded trace takes one, whoever recorded it:
/// an operation that is called once an hour is seen, and one that is called often is hardly recorded more for it.
public final class GuaranteedThroughputSampler: Sampler {
    private struct State {
        var share: ProbabilisticSampler
        var bound: LeakyBucket
    }

    private let clock: any TracerClock
    private let state: Mutex<State>

    /// Makes a sampler that records a share of all traces and at least so many a second.
    ///
    /// - Parameters:
    ///   - lowerBoundTracesPerSecond: How many traces a second are recorded at least, if there are as many.
    ///   - rate: The share that is recorded, from 0 to 1.
    ///   - initialShare: How full the lower bound's bucket is at first, from 0 to 1.
    ///   - clock: Where the time comes from.
    public init(
        lowerBoundTracesPerSecond: Double,
        rate: Double,
        initialShare: Double = .random(in: 0...1),
        clock: any TracerClock = SystemClock()
    ) {
        self.clock = clock
        state = Mutex(
            State(
                share: ProbabilisticSampler(rate: rate),
                bound: LeakyBucket(
                    creditsPerSecond: lowerBoundTracesPerSecond,
                    initialShare: initialShare,
                    now: clock.monotonicNanoseconds
                )
            )
        )
    }

    /// Whether the identifier is among the share, or fewer than the lower bound were recorded lately.
    public func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision {
        let now = clock.monotonicNanoseconds
        return state.withLock { state in
            var decision = state.share.sample(traceIDLow: traceIDLow, operationName: operationName)
            // The bound is charged for what the share records too.
            let isWithinBound = state.bound.takeOne(now: now)
            if decision.isSampled { return decision }
            decision.isSampled = isWithinBound
            decision.samplerType = "lowerbound"
            return decision
        }
    }

    /// Changes the share and the bound; what was recorded in the last second still counts.
    func change(lowerBoundTracesPerSecond: Double, rate: Double) {
        let now = clock.monotonicNanoseconds
        state.withLock { state in
            if state.share.rate != rate { state.share = ProbabilisticSampler(rate: rate) }
            if state.bound.creditsPerSecond != lowerBoundTracesPerSecond {
                state.bound.changeRate(to: lowerBoundTracesPerSecond, now: now)
            }
        }
    }

    /// The sampler's name, share and bound, as Jaeger's clients print it.
    public var description: String {
        let (rate, bound) = state.withLock { ($0.share.rate, $0.bound.creditsPerSecond) }
        return "GuaranteedThroughputSampler(\(bound), \(rate))"
    }
}
