import Sampling
import Synchronization

/// The answers of now to clients that ask how to sample; what they are made of may change while the server runs.
final class SamplingBook: Sendable {
    private let strategies: Mutex<SamplingStrategies>

    init(_ strategies: SamplingStrategies) {
        self.strategies = Mutex(strategies)
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
