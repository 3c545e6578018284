import Logging
import Sampling
import Synchronization

/// The answers of now to clients that ask how to sample; what they are made of may change while the server runs.
final class SamplingBook: Sendable {
    private let strategies: Mutex<SamplingStrategies>
    private let failures = Atomic<Int>(0)

    /// How often a changed file could not be used.
    var reloadFailures: Int { failures.load(ordering: .relaxed) }

    /// Notes that a changed file cannot be used.
    func noteReloadFailure() { failures.add(1, ordering: .relaxed) }

    init(_ strategies: SamplingStrategies) {
        self.strategies = Mutex(strategies)
    }

    /// What the settings want at the start: the strategies of the file, if there is one.
    convenience init(_ settings: ServerSettings, _ file: SamplingFile?, logger: Logger) throws(StartError) {
        guard let file else {
            self.init(SamplingStrategies(fallback: ServiceStrategy(.probabilistic(settings.samplingProbability))))
            return
        }
        do throws(SamplingFileError) {
            let (strategies, warnings) = try file.load()
            for warning in warnings { logger.warning("\(warning)") }
            self.init(strategies)
        } catch {
            throw StartError("\(SettingName.samplingFile.flag): \(error)")
        }
    }

    /// The answer to a client of this service.
    func answer(for service: String) -> SamplingAnswer {
        strategies.withLock { $0 }.answer(for: service)
    }

    /// Answers with these strategies from now on.
    func replace(with strategies: SamplingStrategies) {
        self.strategies.withLock { $0 = strategies }
    }
}
