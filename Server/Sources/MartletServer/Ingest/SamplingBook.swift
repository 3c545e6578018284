import Logging
import Sampling
import Synchronization
import TraceModel

/// The answers of now to clients that ask how to sample; what they are made of may change while the server runs.
final class SamplingBook: Sendable {
    private let strategies: Mutex<SamplingStrategies>
    /// The probabilities that follow the traffic; nil if the strategies alone decide.
    private let adaptive: Mutex<AdaptiveSampling?>
    /// Whether they do.
    let isAdaptive: Bool
    private let failures = Atomic<Int>(0)
    private let observed = Mutex(Observed())

    /// A service's questions.
    struct Asked: Sendable {
        var count = 0
        var last = UTCTime(nanoseconds: 0)
    }

    /// What clients do: ask, and send traces.
    private struct Observed {
        var rates = RootRates()
        var asked: [String: Asked] = [:]
    }

    /// Services whose questions are counted.
    private static let askedMax = 4_000

    /// How often a changed file could not be used.
    var reloadFailures: Int { failures.load(ordering: .relaxed) }

    /// Notes that a changed file cannot be used.
    func noteReloadFailure() { failures.add(1, ordering: .relaxed) }

    init(_ strategies: SamplingStrategies, adaptive: AdaptiveOptions? = nil) {
        self.strategies = Mutex(strategies)
        self.adaptive = Mutex(adaptive.map { AdaptiveSampling($0) })
        isAdaptive = adaptive != nil
    }

    /// What the settings want at the start: the strategies of the file, if there is one.
    convenience init(_ settings: ServerSettings, _ file: SamplingFile?, logger: Logger) throws(StartError) {
        guard let file else {
            let fallback = ServiceStrategy(.probabilistic(settings.samplingProbability))
            self.init(SamplingStrategies(fallback: fallback), adaptive: settings.samplingAdaptive)
            return
        }
        do throws(WatchedFileError) {
            let (strategies, warnings) = try file.load()
            for warning in warnings { logger.warning("\(warning)") }
            self.init(strategies, adaptive: settings.samplingAdaptive)
        } catch {
            throw StartError("\(SettingName.samplingFile.flag): \(error)")
        }
    }

    /// The answer to a client of this service; a strategy of the file's own for it beats adaptive sampling.
    func answer(for service: String) -> SamplingAnswer {
        observed.withLock { observed in
            if observed.asked[service] == nil, observed.asked.count >= Self.askedMax { return }
            observed.asked[service, default: Asked()].count += 1
            observed.asked[service]?.last = .now
        }
        let strategies = strategies.withLock { $0 }
        if strategies.services[service] == nil {
            let answer = adaptive.withLock { $0?.answer(for: service) }
            if let answer { return answer }
        }
        return strategies.answer(for: service)
    }

    /// What the answer to a client would be, without counting as one.
    func peek(at service: String) -> SamplingAnswer {
        let strategies = strategies.withLock { $0 }
        if strategies.services[service] == nil, let answer = adaptive.withLock({ $0?.peek(at: service) }) {
            return answer
        }
        return strategies.answer(for: service)
    }

    /// The answer to services of which nothing is known.
    var fallback: SamplingAnswer {
        adaptive.withLock { $0?.peek(at: "") } ?? SamplingAnswer(strategies.withLock { $0.fallback.strategy })
    }

    /// Services that have a strategy of their own in the file.
    var fileServices: [String] { strategies.withLock { Array($0.services.keys) } }

    /// Who asked, and how often.
    var asked: [String: Asked] { observed.withLock { $0.asked } }

    /// Traces a second over the last minute, by service and operation.
    func rates(at time: UTCTime) -> [String: [String: Double]] {
        observed.withLock { $0.rates.rates(at: Self.seconds(time)) }
    }

    private static func seconds(_ time: UTCTime) -> Double { Double(time.nanoseconds) / 1e9 }

    /// Counts the traces that begin in a batch.
    func observe(_ batch: SpanBatch) {
        let roots = batch.observedRoots()
        if roots.isEmpty { return }
        let now = Self.seconds(.now)
        observed.withLock { observed in
            for (root, count) in roots {
                observed.rates.observe(service: root.service, operation: root.operation, count: count, at: now)
            }
        }
        if !isAdaptive { return }
        adaptive.withLock { adaptive in
            for (root, count) in roots { adaptive?.observe(root, count: count) }
        }
    }

    /// Moves the probabilities after each interval, and keeps them, until its task is cancelled.
    func adapt(every interval: Duration, file: AdaptiveFile?, logger: Logger) async {
        if let kept = file?.load(logger: logger), !kept.isEmpty { adaptive.withLock { $0?.restore(kept) } }
        var last = ContinuousClock.now
        while (try? await Task.sleep(for: interval)) != nil {
            let now = ContinuousClock.now
            let seconds = Double((now - last).milliseconds) / 1_000
            let probabilities = adaptive.withLock { adaptive in
                adaptive?.calculate(seconds: seconds)
                return adaptive?.probabilities ?? [:]
            }
            file?.save(probabilities, logger: logger)
            last = now
        }
    }

    /// Answers with these strategies from now on.
    func replace(with strategies: SamplingStrategies) {
        self.strategies.withLock { $0 = strategies }
    }
}
