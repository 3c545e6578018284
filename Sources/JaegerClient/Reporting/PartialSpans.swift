import Dispatch
import Synchronization

/// Reports spans while they go on, so that an operation that hangs, or a process that dies, can be seen.
///
/// A span that has gone on for longer than `after` is reported as it is, with its duration so far and the tag
/// `span.partial` = true, and again after each `interval`, which doubles up to sixteen times what it was. What goes on
/// when the tracer is closed is reported then. Each report has the span's own identifiers; the one without the tag,
/// which comes when the span has finished, replaces them: who shows a trace keeps of several spans with one identifier
/// the one that is not partial, or else the longest. Martlet does, in all its answers; a Jaeger shows each of them.
public final class PartialSpans: Sendable {
    /// The tag of a span that was reported before it ended.
    public static let tag = "span.partial"

    /// When spans are reported.
    public struct Settings: Sendable, Hashable {
        /// Spans that take less are reported only when they have finished.
        public var after: Duration
        /// How long after its first report a span that goes on is reported again; each further time twice as long.
        public var interval: Duration
        /// So many spans that go on are watched at a time; of more the later ones are reported when they have finished.
        public var spansMax: Int

        /// Makes settings.
        public init(after: Duration = .seconds(30), interval: Duration = .seconds(60), spansMax: Int = 10_000) {
            self.after = after
            self.interval = interval
            self.spansMax = spansMax
        }
    }

    private struct Entry {
        let span: JaegerSpan
        var dueNanoseconds: Int64
        var intervalNanoseconds: Int64
    }

    /// How much longer than the first the longest interval is.
    private static let intervalGrowth: Int64 = 16

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
        let entry = Entry(span: span, dueNanoseconds: due, intervalNanoseconds: settings.interval.nanoseconds)
        state.withLock { state in
            if state.isStopped || state.entries.count >= settings.spansMax { return }
            state.entries[ObjectIdentifier(span)] = entry
        }
    }

    func remove(_ span: JaegerSpan) {
        state.withLock { _ = $0.entries.removeValue(forKey: ObjectIdentifier(span)) }
    }

    /// Reports a last time what goes on.
    func stop() {
        let open = state.withLock { state in
            state.isStopped = true
            defer { state.entries = [:] }
            return state.entries.values.map(\.span)
        }
        for span in open { reportSoFar(span) }
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
                let longest = settings.interval.nanoseconds.multipliedReportingOverflow(by: Self.intervalGrowth)
                var next = entry
                next.dueNanoseconds = now &+ entry.intervalNanoseconds
                next.intervalNanoseconds = min(
                    entry.intervalNanoseconds &* 2,
                    longest.overflow ? entry.intervalNanoseconds : longest.partialValue
                )
                state.entries[key] = next
                due.append(entry.span)
            }
            return due
        }
        for span in due { reportSoFar(span) }
    }

    private func reportSoFar(_ span: JaegerSpan) {
        let copy = FinishedSpan(span.copy(tracer: .detached))
        // One that has finished meanwhile was reported by whoever finished it.
        if copy.isPartial { report(copy) }
    }
}
