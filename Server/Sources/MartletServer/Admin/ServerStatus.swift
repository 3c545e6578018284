import Synchronization
import TraceModel

/// How far the server is, for those who look at it from outside.
final class ServerStatus: Sendable {
    /// A part of its life.
    enum Phase: Sendable {
        /// The ports are bound; the store is being opened.
        case starting
        /// Everything listens.
        case running(since: UTCTime)
        /// It was told to stop.
        case stopping
    }

    private struct State {
        var phase = Phase.starting
        var metrics: (@Sendable () -> ServerMetrics)?
    }

    private let state = Mutex(State())

    /// How far it is.
    var phase: Phase { state.withLock { $0.phase } }

    /// The figures of now; nil until there is something to count.
    var metrics: ServerMetrics? {
        let make = state.withLock { $0.metrics }
        return make?()
    }

    /// All that there is to know of now; nil until there is something to tell.
    var report: StatusReport? { metrics.map { StatusReport($0, phase: phase) } }

    /// Everything listens from now on.
    func run(metrics: @escaping @Sendable () -> ServerMetrics) {
        state.withLock { $0 = State(phase: .running(since: .now), metrics: metrics) }
    }

    /// The server stops from now on.
    func stop() {
        state.withLock { $0.phase = .stopping }
    }
}
