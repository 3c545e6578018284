import Synchronization

/// Gives each operation a share and a lower bound of its own.
public final class PerOperationSampler: Sampler {
    /// How each operation is recorded.
    public struct Rates: Sendable, Hashable {
        /// The share of operations that are not named, from 0 to 1.
        public var defaultRate: Double
        /// How many traces a second are recorded of each operation at least.
        public var lowerBoundTracesPerSecond: Double
        /// The shares of operations by their names.
        public var rates: [String: Double]

        /// Makes rates from their parts.
        public init(defaultRate: Double, lowerBoundTracesPerSecond: Double, rates: [String: Double] = [:]) {
            self.defaultRate = defaultRate
            self.lowerBoundTracesPerSecond = lowerBoundTracesPerSecond
            self.rates = rates
        }
    }

    private struct State {
        var samplers: [String: GuaranteedThroughputSampler] = [:]
        var fallback: ProbabilisticSampler
        var lowerBound: Double
    }

    private let operationsMax: Int
    private let clock: any TracerClock
    private let state: Mutex<State>

    /// Makes a sampler of operations.
    ///
    /// - Parameters:
    ///   - rates: How each is recorded.
    ///   - operationsMax: So many operations get a lower bound of their own; the others have the default share alone,
    ///     so that names that are made up at run time cost a known amount of memory.
    ///   - clock: Where the time comes from.
    public init(_ rates: Rates, operationsMax: Int = 2000, clock: any TracerClock = SystemClock()) {
        self.operationsMax = operationsMax
        self.clock = clock
        state = Mutex(
            State(
                fallback: ProbabilisticSampler(rate: rates.defaultRate),
                lowerBound: rates.lowerBoundTracesPerSecond
            )
        )
        update(rates)
    }

    /// What the operation's own sampler says.
    public func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision {
        let own = state.withLock { state -> GuaranteedThroughputSampler? in
            if let known = state.samplers[operationName] { return known }
            guard state.samplers.count < operationsMax else { return nil }
            let new = makeSampler(state.lowerBound, rate: state.fallback.rate)
            state.samplers[operationName] = new
            return new
        }
        if let own { return own.sample(traceIDLow: traceIDLow, operationName: operationName) }
        return state.withLock { $0.fallback }.sample(traceIDLow: traceIDLow, operationName: operationName)
    }

    /// Changes the rates in place: what each operation recorded in the last second still counts.
    ///
    /// Operations that are known and no longer named get the default share.
    func update(_ rates: Rates) {
        state.withLock { state in
            state.fallback = ProbabilisticSampler(rate: rates.defaultRate)
            state.lowerBound = rates.lowerBoundTracesPerSecond
            for (operation, sampler) in state.samplers {
                sampler.change(
                    lowerBoundTracesPerSecond: state.lowerBound,
                    rate: rates.rates[operation] ?? rates.defaultRate
                )
            }
            for (operation, rate) in rates.rates where state.samplers[operation] == nil {
                guard state.samplers.count < operationsMax else { break }
                state.samplers[operation] = makeSampler(state.lowerBound, rate: rate)
            }
        }
    }

    /// A new operation may be recorded at once: that is what the bound is for.
    private func makeSampler(_ lowerBound: Double, rate: Double) -> GuaranteedThroughputSampler {
        GuaranteedThroughputSampler(lowerBoundTracesPerSecond: lowerBound, rate: rate, initialShare: 1, clock: clock)
    }

    /// The sampler's name and rates.
    public var description: String {
        state.withLock { state in
            "PerOperationSampler(\(state.fallback.rate), \(state.lowerBound), \(state.samplers.count) operations)"
        }
    }
}
