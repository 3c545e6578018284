import Logging
import Sampling
import SpanStorage
import Synchronization
import TraceModel

/// Tail sampling of a running server.
///
/// Spans are stored at once, durable and to be found like all others. When a trace has waited for its spans the
/// policies are asked, and what none of them keeps is deleted from the store; its figures have counted it by then. So
/// nothing that was acknowledged is lost by whatever may happen: at the worst something stays that need not.
final class TailSampler: Sendable {
    private let sampling: Mutex<TailSampling>
    private let store: any SpanStore
    private let ledger: SpanLedger
    private let removed = Mutex((spans: UInt64(0), failures: UInt64(0)))

    /// How often traces are decided on.
    private static let tick = Duration.milliseconds(250)
    /// So many traces are removed before the interval is over: their ids take memory.
    private static let removalTracesMax = 200_000
    /// How far the clock may be set back without a span's being overlooked.
    private static let clockMargin: UInt64 = 60_000_000_000

    init(_ options: TailOptions, store: any SpanStore, ledger: SpanLedger) {
        sampling = Mutex(TailSampling(options, at: UTCTime.now.nanoseconds))
        self.store = store
        self.ledger = ledger
    }

    /// Takes note of spans that the store has taken.
    func observe(_ batch: SpanBatch, _ entry: SpanLedger.Entry) {
        let tags = entry.rows.map { UInt32($0) }
        let now = UTCTime.now.nanoseconds
        sampling.withLock { $0.observe(batch, tags: tags, at: now) }
    }

    /// Works by other options from now on.
    func replace(with options: TailOptions) {
        sampling.withLock { $0.replace(with: options, at: UTCTime.now.nanoseconds) }
    }

    /// Decides and removes, until its task is cancelled.
    func run(logger: Logger) async {
        var lastRemoval = ContinuousClock.now
        while (try? await Task.sleep(for: Self.tick)) != nil {
            let pinned = Set(await store.pinnedTraces().map(\.id))
            let (waiting, interval) = sampling.withLock { sampling in
                sampling.decide(at: UTCTime.now.nanoseconds, pinned: pinned)
                return (sampling.tracesToRemove, sampling.options.removalInterval)
            }
            let isDue = ContinuousClock.now - lastRemoval >= .nanoseconds(Int64(clamping: interval))
            guard waiting > 0, isDue || waiting >= Self.removalTracesMax else { continue }
            await remove(logger: logger)
            lastRemoval = .now
        }
    }

    /// Removes the spans of traces that were left out.
    func remove(logger: Logger) async {
        let removal = sampling.withLock { $0.takeRemoval() }
        if removal.traces.isEmpty { return }
        let since = removal.since - min(removal.since, Self.clockMargin)
        do throws(SpanStoreError) {
            let deleted = try await store.delete(.recentTraces(removal.traces, receivedSince: since))
            ledger.leaveOut(removal.spansByTag.map { (row: Int($0.key), count: $0.value) })
            removed.withLock { $0.spans += removal.spans }
            logger.debug("sampled out", metadata: ["traces": "\(deleted.traces)", "spans": "\(deleted.spans)"])
        } catch {
            sampling.withLock { $0.putBack(removal) }
            removed.withLock { $0.failures += 1 }
            if !error.isOfTheMoment {
                logger.error("traces that were sampled out cannot be removed yet", metadata: ["error": "\(error)"])
            }
        }
    }

    /// What it does, in figures.
    var figures: TailFigures {
        let removed = removed.withLock { $0 }
        return sampling.withLock { sampling in
            TailFigures(
                options: sampling.options,
                outcomes: sampling.outcomes,
                waitingTraces: sampling.waitingTraces,
                leftOutTraces: sampling.leftOutTraces,
                pinnedTraces: sampling.pinnedTraces,
                earlyDecisions: sampling.earlyDecisions,
                removedSpans: removed.spans,
                removalFailures: removed.failures
            )
        }
    }

    /// The options of now.
    var options: TailOptions { sampling.withLock { $0.options } }
}

/// What tail sampling has done since the start, and what it works by.
struct TailFigures: Sendable {
    var options: TailOptions
    /// By policy; since the last change of the policies.
    var outcomes: [TailSampling.Outcome]
    var waitingTraces: Int
    var leftOutTraces: UInt64
    var pinnedTraces: UInt64
    var earlyDecisions: UInt64
    var removedSpans: UInt64
    var removalFailures: UInt64
}

extension SpanStoreError {
    /// Whether nothing is wrong: the next attempt may well succeed, or there is none.
    fileprivate var isOfTheMoment: Bool {
        switch self {
        case .closed, .overloaded: true
        case .diskFull, .io, .damaged, .version, .query: false
        }
    }
}
