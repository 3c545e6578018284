import Dispatch
import Synchronization

/// Reports spans while they go on, so that an operation that hangs, or a process that dies, can be seen.
///
/// A span that has gone on for longer than `after` is reported as it is, with its duration so far and the tag
/// `span.partial` = true, and again every `interval`. Each report has the span's own identifiers; the one without the
/// tag, which comes when the span has finished, replaces them: who shows a trace keeps of several spans with one
/// identifier the one that is not partial, or else the longest.
public final class PartialSpans: Sendable {
    /// The tag of a span that was reported before it ended.
    public static let tag = "span.partial"

    /// When spans are reported.
    public struct Settings: Sendable, Hashable {
        /// Spans that take less are reported only when they have finished.
        public var after: Duration
        /// How often a span that goes on is reported.
        public var interval: Duration

        /// Makes settings.
        public init(after: Duration = .seconds(30), interval: Duration = .seconds(60)) {
            self.after = after
            self.interval = interval
        }
    }

    private struct Entry {
        let span: JaegerSpan
        var dueNanoseconds: Int64
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var isStopped = false
    }

    private let settings: Settings
    private let clock: any TracerClock
    private let report: @Sendable (FinishedSpan) -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "jaeger-partial", qos: .utility)

    init(_ settings: Settings, clock: any TracerClock, report: @escaping @Sendable (FinishedSpan) -> Void) {
        self.settings = settings
        self.clock = clock
        self.report = report
        schedule()
    }

    func add(_ span: JaegerSpan) {
        let due = clock.monotonicNanoseconds &+ settings.after.nanoseconds
        state.withLock { $0.entries[ObjectIdentifier(span)] = Entry(span: span, dueNanoseconds: due) }
    }

    func remove(_ span: JaegerSpan) {
        state.withLock { _ = $0.entries.removeValue(forKey: ObjectIdentifier(span)) }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.entries = [:]
        }
    }

    /// Looks as often as the shorter of the two times asks for, and at least every second.
    private func schedule() {
        let shorter = min(settings.after.nanoseconds, settings.interval.nanoseconds)
        let wait = max(1_000_000, min(shorter / 4, 1_000_000_000))
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(wait))) { [weak self] in
            guard let self, !self.state.withLock({ $0.isStopped }) else { return }
            self.reportDue()
            self.schedule()
        }
    }

    /// Reports what has gone on for long enough.
    func reportDue() {
        let now = clock.monotonicNanoseconds
        let due = state.withLock { state -> [JaegerSpan] in
            var due: [JaegerSpan] = []
            for (key, entry) in state.entries where entry.dueNanoseconds <= now {
                state.entries[key]?.dueNanoseconds = now &+ settings.interval.nanoseconds
                due.append(entry.span)
            }
            return due
        }
        for span in due where !span.isFinished { report(FinishedSpan(span.copy(tracer: .detached))) }
    }
}
