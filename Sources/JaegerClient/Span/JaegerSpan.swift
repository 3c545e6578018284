// Safety: what is `nonisolated(unsafe)` here is either written before anybody else knows of the span (by `init` and by
// `begin`, which is called only while its caller holds the one reference), or read and written under `lock`; after
// `finish` nothing of it is written any more.

import OpenTracing
import Synchronization

/// A span of Jaeger's.
///
/// One object with its lock inside, and one piece of memory for tags, logs and links once there are any. A span that is
/// not sampled carries its context and baggage on, ignores tags and logs, and is used again when nobody holds it any
/// more (see `SpareSpans`).
public final class JaegerSpan: Span {
    /// What changes while the span goes on.
    struct State: ~Copyable {
        var operationName = ""
        var items: CarriedItems?
        /// By the time of day; 0 for a span that was not sampled when it began.
        var startNanoseconds: Int64 = 0
        /// By the clock that never goes back; nil when the beginning was given, or not measured.
        var startMonotonic: Int64?
        var durationNanoseconds: Int64 = 0
        var kind: SpanKind?
        var status = Status.unset
        /// Who decided that the trace is recorded; in its first span only.
        var decision: SamplingDecision?
        var isPartial = false
        var content = SpanContent()

        var isStartKnown: Bool {
            startNanoseconds != 0 && startNanoseconds != Timestamp.toBeGiven.nanosecondsSinceEpoch
        }
    }

    /// The lowest bits are those of the context; these tell what the span's fields hold, for who has no lock.
    private enum Mark {
        static let finished: UInt32 = 1 << 8
        static let carriesItems: UInt32 = 1 << 9
        /// The span was recorded for a while, so its fields may hold anything.
        static let used: UInt32 = 1 << 10
        /// There is a place for tags that are not in the content yet; once there, it stays.
        static let hasPending: UInt32 = 1 << 11
        /// All tags have been brought into the content for the last time.
        static let settled: UInt32 = 1 << 12
    }

    @exclusivity(unchecked) nonisolated(unsafe) private(set) var traceIDHigh: UInt64
    @exclusivity(unchecked) nonisolated(unsafe) private(set) var traceIDLow: UInt64
    @exclusivity(unchecked) nonisolated(unsafe) private(set) var spanID: UInt64
    @exclusivity(unchecked) nonisolated(unsafe) private(set) var parentID: UInt64
    @exclusivity(unchecked) nonisolated(unsafe) private var owner: JaegerTracer
    private let marks: Atomic<UInt32>
    private let lock = Mutex<Void>(())
    @exclusivity(unchecked) nonisolated(unsafe) private var state: State
    /// Tags that are not in the content yet: written once, before `hasPending` says that it is there.
    @exclusivity(unchecked) nonisolated(unsafe) private var pending: (any PendingTags)?

    /// A span that begins now, or began at `startTime`, and is recorded if its context says so.
    init(
        tracer: JaegerTracer,
        context: JaegerSpanContext,
        operationName: String,
        startTime: Timestamp?,
        decision: SamplingDecision?
    ) {
        owner = tracer
        traceIDHigh = context.traceIDHigh
        traceIDLow = context.traceIDLow
        spanID = context.spanID
        parentID = context.parentID
        let items = context.items
        marks = Atomic(UInt32(context.flags.rawValue) | (items == nil ? 0 : Mark.carriesItems))
        state = State()
        state.operationName = operationName
        state.items = items
        if let startTime {
            // `toBeGiven` follows in `setStart`.
            state.startNanoseconds = startTime.nanosecondsSinceEpoch
        } else if context.isSampled {
            let now = tracer.clock.monotonicNanoseconds
            state.startMonotonic = now
            state.startNanoseconds = tracer.timeOfDay(at: now)
        }
        state.decision = decision
    }

    /// A span that has ended, from its parts.
    init(finished context: JaegerSpanContext, _ state: consuming State, tracer: JaegerTracer) {
        owner = tracer
        traceIDHigh = context.traceIDHigh
        traceIDLow = context.traceIDLow
        spanID = context.spanID
        parentID = context.parentID
        marks = Atomic(UInt32(context.flags.rawValue) | Mark.finished | (context.items == nil ? 0 : Mark.carriesItems))
        self.state = state
    }

    /// Makes another span of one that was not sampled and that nobody else holds.
    func begin(
        tracer: JaegerTracer,
        context: JaegerSpanContext,
        operationName: String,
        startTime: Timestamp?
    ) {
        let items = context.items
        let before = marks.load(ordering: .acquiring)
        marks.store(
            UInt32(context.flags.rawValue) | (items == nil ? 0 : Mark.carriesItems) | before & Mark.hasPending,
            ordering: .relaxed
        )
        if before & Mark.used != 0 { state = State() }
        if owner !== tracer { owner = tracer }
        traceIDHigh = context.traceIDHigh
        traceIDLow = context.traceIDLow
        spanID = context.spanID
        parentID = context.parentID
        state.operationName = operationName
        state.startNanoseconds = startTime?.nanosecondsSinceEpoch ?? 0
        if items != nil || before & Mark.carriesItems != 0 { state.items = items }
    }

    /// The tracer that started the span.
    public var jaegerTracer: JaegerTracer { owner }

    /// The tracer that started the span.
    public var tracer: any Tracer { owner }

    /// What identifies the span.
    public var context: any SpanContext { jaegerContext }

    /// What identifies the span, with its numbers.
    public var jaegerContext: JaegerSpanContext {
        let marks = marks.load(ordering: .acquiring)
        return JaegerSpanContext(
            traceIDHigh: traceIDHigh,
            traceIDLow: traceIDLow,
            spanID: spanID,
            parentID: parentID,
            flags: .init(rawValue: UInt8(truncatingIfNeeded: marks)),
            items: marks & Mark.carriesItems == 0 ? nil : lock.withLock { _ in state.items }
        )
    }

    /// Whether tags and logs are kept: the trace is recorded and the span has not ended.
    public var isRecording: Bool {
        marks.load(ordering: .relaxed) & (Mark.finished | 1) == 1
    }

    var flags: JaegerSpanContext.Flags {
        JaegerSpanContext.Flags(rawValue: UInt8(truncatingIfNeeded: marks.load(ordering: .relaxed)))
    }

    var isFinished: Bool { marks.load(ordering: .acquiring) & Mark.finished != 0 }

    /// What the span does.
    public var operationName: String { lock.withLock { _ in state.operationName } }

    /// Gives the span another name.
    public func setOperationName(_ name: String) {
        lock.withLock { _ in if !isFinished { state.operationName = name } }
    }

    /// Adds a tag, in place of one with the same key.
    ///
    /// `sampling.priority` decides whether the span, and those that start below it from then on, are recorded.
    public func setTag(_ key: String, to value: TagValue) {
        if key.utf8.count == 17, key == Tags.samplingPriority { setPriority(value) }
        guard isRecording else { return }
        record { state, limits in
            settlePending()
            state.content.setTag(key, value, limits)
        }
    }

    /// Its tags so far, in the order in which they were set.
    public var tags: TagList {
        lock.withLock { _ in
            settlePending()
            var tags: TagList = [:]
            state.content.forEachEntry { kind, entry in
                if kind == .tag { entry.forEachField { tags.append(Tag($0.text, $1.tagValue)) } }
            }
            return tags
        }
    }

    /// Adds a log.
    public func log(_ fields: TagList, at time: Timestamp?) {
        guard isRecording else { return }
        record { state, limits in
            state.content.addLog(at: time.nanoseconds(orNowBy: owner), name: nil, fields, limits)
        }
    }

    /// Adds an event: a log with a name, which in OpenTracing's words is its field `event`.
    public func addEvent(_ name: String, attributes: TagList = [:], at time: Timestamp? = nil) {
        guard isRecording else { return }
        record { state, limits in
            state.content.addLog(at: time.nanoseconds(orNowBy: owner), name: name, attributes, limits)
        }
    }

    /// Adds a link to a span that is related to this one and is not its parent.
    public func addLink(to context: JaegerSpanContext, attributes: TagList = [:]) {
        add(.link, to: context, attributes)
    }

    func add(_ kind: SpanLinkKind, to context: JaegerSpanContext, _ attributes: TagList = [:]) {
        guard isRecording, context.identifiesSpan else { return }
        record { state, limits in state.content.addLink(kind, to: context, attributes, limits) }
    }

    /// How the work ended, as far as was said.
    public var status: Status {
        get { lock.withLock { _ in state.status } }
        set { record { state, _ in state.status = newValue } }
    }

    /// Which side of a call the span is on; also known as the tag `span.kind`.
    public var kind: SpanKind? {
        get { lock.withLock { _ in state.kind } }
        set { record { state, _ in state.kind = newValue } }
    }

    private func record(_ change: (inout State, SpanLimits) -> Void) {
        lock.withLock { _ in if isRecording { change(&state, owner.limits) } }
    }

    /// Adds an item that travels to every span below this one, as far as the tracer's restrictions let it.
    ///
    /// What became of it is logged on the span: an `event` of `baggage` with `key` and `value`, and `override`,
    /// `truncated` or `invalid` where that is so.
    public func setBaggageItem(_ key: String, to value: String) {
        let item = BaggageItem(key, value, owner.baggageRestrictions)
        item.count(owner.metrics)
        lock.withLock { _ in
            guard !isFinished else { return }
            let items = marks.load(ordering: .relaxed) & Mark.carriesItems == 0 ? nil : state.items
            var baggage = items?.baggage ?? [:]
            if isRecording {
                let fields = item.logFields(overriding: baggage[key] != nil)
                state.content.addLog(
                    at: Timestamp?.none.nanoseconds(orNowBy: owner),
                    name: "baggage",
                    fields,
                    owner.limits
                )
            }
            guard item.isAllowed else { return }
            baggage[key] = item.value
            state.items = CarriedItems(baggage: baggage, traceState: items?.traceState, debugID: items?.debugID)
            marks.bitwiseOr(Mark.carriesItems, ordering: .releasing)
        }
    }

    /// The value of a baggage item, or nil.
    public func baggageItem(_ key: String) -> String? {
        guard marks.load(ordering: .acquiring) & Mark.carriesItems != 0 else { return nil }
        return lock.withLock { _ in state.items?.baggage[key] }
    }

    private func setPriority(_ value: TagValue) {
        lock.withLock { _ in
            let before = marks.load(ordering: .relaxed)
            guard before & Mark.finished == 0 else { return }
            var flags = JaegerSpanContext.Flags(rawValue: UInt8(truncatingIfNeeded: before))
            flags.setPriority(value) { owner.allowsDebug(operationName: state.operationName) }
            if flags.contains(.sampled), !state.isStartKnown {
                // Nobody looked at the clock for a span that was not to be recorded.
                let now = owner.clock.monotonicNanoseconds
                state.startMonotonic = now
                state.startNanoseconds = owner.timeOfDay(at: now)
            }
            marks.store(before & ~0xFF | Mark.used | UInt32(flags.rawValue), ordering: .releasing)
        }
    }

    /// Ends the span and, when it is sampled, hands it to the tracer's reporter; only the first call counts.
    public func finish(at time: Timestamp?) {
        let before = marks.load(ordering: .relaxed)
        if before & (Mark.finished | 1) == 0 {
            // Not an atomic addition of the bit: a change at this very moment comes too late, and may be lost.
            marks.store(before | Mark.finished, ordering: .releasing)
            if owner.countsSpans { owner.metrics?.add(1, to: .spansFinishedNotSampled) }
            return
        }
        let isReported = lock.withLock { _ -> Bool in
            let before = marks.bitwiseOr(Mark.finished, ordering: .acquiringAndReleasing).oldValue
            guard before & (Mark.finished | 1) == 1 else { return false }
            state.durationNanoseconds = duration(until: time)
            return true
        }
        if isReported {
            if let partialSpans = owner.partialSpans { partialSpans.remove(self) }
            if owner.countsSpans { owner.metrics?.add(1, to: .spansFinishedSampled) }
            owner.reporter.report(FinishedSpan(self))
        }
    }

    private func duration(until time: Timestamp?) -> Int64 {
        if let start = state.startMonotonic {
            guard let time else { return max(0, owner.clock.monotonicNanoseconds - start) }
            if let end = owner.monotonic(at: time) { return max(0, end - start) }
        }
        let end = (time ?? owner.clock.now).nanosecondsSinceEpoch
        let (duration, overflow) = end.subtractingReportingOverflow(state.startNanoseconds)
        return overflow ? 0 : max(0, duration)
    }

    /// What is known of the span now, as one that does not change any more.
    ///
    /// Of a span that goes on the duration is the one so far, and the copy is marked as partial.
    func copy(tracer: JaegerTracer) -> JaegerSpan {
        lock.withLock { _ in
            var copy = State()
            copy.operationName = state.operationName
            copy.items = state.items
            copy.startNanoseconds = state.startNanoseconds
            copy.startMonotonic = state.startMonotonic
            settlePending()
            copy.kind = state.kind
            copy.status = state.status
            copy.decision = state.decision
            copy.content = state.content.copy()
            copy.isPartial = state.isPartial || !isFinished
            copy.durationNanoseconds = isFinished ? state.durationNanoseconds : duration(until: nil)
            let context = JaegerSpanContext(
                traceIDHigh: traceIDHigh,
                traceIDLow: traceIDLow,
                spanID: spanID,
                parentID: parentID,
                flags: .init(rawValue: UInt8(truncatingIfNeeded: marks.load(ordering: .relaxed))),
                items: state.items
            )
            return JaegerSpan(finished: context, copy, tracer: tracer)
        }
    }

    /// What the span holds, for who knows that it has ended.
    func withFinishedState<Result>(_ body: (borrowing State) -> Result) -> Result {
        if marks.load(ordering: .acquiring) & (Mark.hasPending | Mark.settled) == Mark.hasPending { settle() }
        return body(state)
    }

    /// Brings all tags into the content of a span that has ended.
    private func settle() {
        lock.withLock { _ in
            if marks.load(ordering: .relaxed) & Mark.settled != 0 { return }
            settlePending()
            marks.bitwiseOr(Mark.settled, ordering: .releasing)
        }
    }

    /// Brings the tags so far into the content; called under `lock`.
    private func settlePending() {
        guard let pending else { return }
        let limits = owner.limits
        pending.takeAll { state.content.setTag($0, $1, limits) }
    }
}

extension JaegerSpan {
    /// Says when the span began that was just started with the time `toBeGiven`, before anybody else knows of it.
    package func setStart(given time: Timestamp) {
        state.startNanoseconds = time.nanosecondsSinceEpoch
        state.startMonotonic = owner.monotonic(at: time)
    }

    /// Where another API keeps tags in a form of its own, made by the first call; the same for as long as the span is
    /// there, and when its memory is used again for another one.
    ///
    /// Not counted as a reference: it lives as long as the span, which the caller holds.
    package func pendingTags(_ make: () -> any PendingTags) -> Unmanaged<AnyObject> {
        if marks.load(ordering: .acquiring) & Mark.hasPending == 0 { addPendingTags(make) }
        return Unmanaged.passUnretained(pending.unsafelyUnwrapped)
    }

    @inline(never)
    private func addPendingTags(_ make: () -> any PendingTags) {
        lock.withLock { _ in
            if pending != nil { return }
            pending = make()
            marks.bitwiseOr(Mark.hasPending, ordering: .releasing)
        }
    }
}

extension Timestamp {
    /// Stands for a time that the caller will say before anybody sees the span.
    package static let toBeGiven = Timestamp(nanosecondsSinceEpoch: .min)
}

extension Timestamp? {
    fileprivate func nanoseconds(orNowBy tracer: JaegerTracer) -> Int64 {
        if let self { return self.nanosecondsSinceEpoch }
        return tracer.timeOfDay(at: tracer.clock.monotonicNanoseconds)
    }
}
