import Logging
import Synchronization

/// Asks a server how to sample, and again every minute.
///
/// Until the first answer, and while there is none, it samples as `initial` does. An answer changes rates in place:
/// what was recorded in the last second still counts, and each trace is decided once, by the old rate or by the new.
public final class RemoteSampler: Sampler {
    /// How a sampler asks.
    public struct Settings: Sendable, Hashable {
        /// Where: the sampling endpoint of an agent or a collector, without the query.
        public var endpoint = "http://localhost:5778/sampling"
        /// How often. Each wait is up to a tenth shorter or longer, so that a fleet does not ask all at once.
        public var refreshInterval: Duration = .seconds(60)
        /// How long an answer may take.
        public var timeout: Duration = .seconds(5)
        /// So many operations have a rate of their own.
        public var operationsMax = 2000

        /// The settings of a sampler that nothing was said about.
        public init() {}
    }

    private struct State {
        var current: any Sampler
        var strategy: SamplingStrategy?
    }

    private let operationsMax: Int
    private let clock: any TracerClock
    private let state: Mutex<State>
    private let poll: RemotePoll

    /// Makes a sampler, which begins to ask at once.
    ///
    /// - Parameters:
    ///   - serviceName: Whose strategy to ask for.
    ///   - initial: What decides until there is an answer.
    ///   - settings: How to ask.
    ///   - transport: Who sends the requests; by default plain HTTP without TLS.
    ///   - logger: Where it says that there is no answer, or one that can't be used.
    ///   - metrics: Where answers are counted.
    ///   - clock: Where the time comes from.
    public init(
        serviceName: String,
        initial: any Sampler,
        settings: Settings = Settings(),
        transport: any HTTPTransport = SocketTransport(),
        logger: Logger = Logger(label: "jaeger"),
        metrics: (any TracerMetrics)? = nil,
        clock: any TracerClock = SystemClock()
    ) {
        operationsMax = settings.operationsMax
        self.clock = clock
        state = Mutex(State(current: initial))
        poll = RemotePoll(
            what: "the sampling strategy",
            request: HTTPRequest(
                url: settings.endpoint + "?service=" + FormEncoding.encode(serviceName),
                timeout: settings.timeout
            ),
            interval: settings.refreshInterval,
            transport: transport,
            logger: logger
        )
        poll.start { [weak self] result in
            guard let self else { return }
            try self.take(result, metrics)
        }
    }

    /// What the latest answer says about the trace.
    public func sample(traceIDLow: UInt64, operationName: String) -> SamplingDecision {
        state.withLock { $0.current }.sample(traceIDLow: traceIDLow, operationName: operationName)
    }

    /// Stops asking.
    public func close() { poll.stop() }

    /// Asks now and returns when the answer is applied or given up; the next question comes as it would have.
    public func refresh() async { await poll.now() }

    private func take(_ result: Result<JSONValue, any Error>, _ metrics: (any TracerMetrics)?) throws {
        switch result {
        case .failure(let error):
            metrics?.add(1, to: .samplerQueriesFailed)
            throw error
        case .success(let json):
            metrics?.add(1, to: .samplerQueriesAnswered)
            do {
                apply(try SamplingStrategy(json))
                metrics?.add(1, to: .samplerUpdates)
            } catch {
                metrics?.add(1, to: .samplerUpdatesFailed)
                throw error
            }
        }
    }

    func apply(_ strategy: SamplingStrategy) {
        state.withLock { state in
            if state.strategy == strategy { return }
            state.strategy = strategy
            switch (strategy, state.current) {
            case (.probabilistic(let rate), _): state.current = ProbabilisticSampler(rate: rate)
            case (.rateLimiting(let rate), let sampler as RateLimitingSampler): sampler.changeRate(to: rate)
            case (.rateLimiting(let rate), _):
                state.current = RateLimitingSampler(tracesPerSecond: rate, clock: clock)
            case (.perOperation(let rates), let sampler as PerOperationSampler): sampler.update(rates)
            case (.perOperation(let rates), _):
                state.current = PerOperationSampler(rates, operationsMax: operationsMax, clock: clock)
            }
        }
    }

    /// The sampler's name and what decides now.
    public var description: String { "RemoteSampler(\(state.withLock { $0.current.description }))" }
}
