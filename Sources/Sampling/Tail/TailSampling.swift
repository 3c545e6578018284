import SpanStorage
import TraceModel

/// Decides on whole traces: each waits for its spans for a while after its first, then the policies are asked.
///
/// It holds no spans, only some hundred bytes of facts for each trace that waits: the spans are in the store by then,
/// and those of traces that are left out are to be removed from it. What is not decided yet when the process dies
/// stays. It holds no clock either: times are nanoseconds since 1970, given by the caller.
public struct TailSampling: Sendable {
    /// What came of one policy, since the start or the last change of the policies.
    public struct Outcome: Sendable, Equatable {
        /// Traces that it kept.
        public var traces: UInt64 = 0
        /// The spans that they had when they were decided on.
        public var spans: UInt64 = 0
    }

    /// Spans that are to be removed from the store.
    public struct Removal: Sendable {
        /// Their traces.
        public var traces: Set<TraceID> = []
        /// How many of them came in with each tag that `observe` was given.
        public var spansByTag: [UInt32: UInt64] = [:]
        /// When the first of them came in.
        public var since = UInt64.max

        /// Nothing.
        public init() {}

        /// How many spans that is.
        public var spans: UInt64 { spansByTag.values.reduce(0, +) }
    }

    /// A trace that waits; its place in the queue tells when it came.
    private struct Waiting {
        var trace: TailTrace
        var since: UInt64
        // The first of its counts by tag, one more than its place; 0 for none.
        var counts: UInt32 = 0
    }

    /// Some spans of a waiting trace, of one tag.
    private struct Count {
        var tag: UInt32
        var spans: UInt32
        var next: UInt32
    }

    /// How it works.
    public private(set) var options: TailOptions
    private var marks = TailMarks()
    private var judge: TailJudge
    private var waiting: [Waiting] = []
    private var freeWaiting: [UInt32] = []
    private var counts: [Count] = []
    private var freeCount: UInt32 = 0
    private var places: [TraceID: UInt32] = [:]
    // Places in `waiting`, the oldest first, from `queueStart` on.
    private var queue: [UInt32] = []
    private var queueStart = 0
    private var decided = DecidedTraces()
    private var removal = Removal()

    /// What each policy kept, in their order.
    public private(set) var outcomes: [Outcome]
    /// Traces that no policy kept.
    public private(set) var leftOutTraces: UInt64 = 0
    /// Traces that were kept because they are pinned.
    public private(set) var pinnedTraces: UInt64 = 0
    /// Traces that were decided on before their time because too many waited.
    public private(set) var earlyDecisions: UInt64 = 0

    /// Nothing waits.
    public init(_ options: TailOptions, at now: UInt64) {
        self.options = options
        judge = TailJudge(options.policies, at: now)
        outcomes = options.policies.map { _ in Outcome() }
        _ = marks.replace(with: options.filters)
    }

    /// Traces that wait.
    public var waitingTraces: Int { places.count }

    /// Works by other options from now on; traces that wait are decided on by the new policies, as far as those saw
    /// their spans.
    public mutating func replace(with options: TailOptions, at now: UInt64) {
        if options == self.options { return }
        let fresh = marks.replace(with: options.filters)
        for index in waiting.indices { waiting[index].trace.marks &= ~fresh }
        if options.policies != self.options.policies {
            judge = TailJudge(options.policies, at: now)
            outcomes = options.policies.map { _ in Outcome() }
        }
        self.options = options
    }

    /// Takes in spans that the store has acknowledged.
    ///
    /// - Parameters:
    ///   - batch: The spans.
    ///   - tags: By the number of the span's resource, what its count goes under in `Removal`.
    ///   - now: When they came in.
    public mutating func observe(_ batch: SpanBatch, tags: [UInt32], at now: UInt64) {
        let marks = marks.rows(of: batch)
        var span = 0
        while span < batch.count {
            // Spans of one trace mostly come in a row.
            let id = batch.spans.traceID(span)
            var end = span + 1
            while end < batch.count, batch.spans.traceIDLow[end] == id.low, batch.spans.traceIDHigh[end] == id.high {
                end += 1
            }
            observe(span..<end, of: batch, id, marks, tags, now)
            span = end
        }
        while places.count > options.waitingTracesMax {
            earlyDecisions += 1
            decideOldest(at: now)
        }
    }

    private mutating func observe(
        _ spans: Range<Int>,
        of batch: borrowing SpanBatch,
        _ id: TraceID,
        _ marks: [UInt64],
        _ tags: [UInt32],
        _ now: UInt64
    ) {
        if let known = places[id] {
            add(spans, of: batch, to: Int(known), marks, tags)
            return
        }
        switch decided.isKept(id) {
        case true?: return
        case false?:
            // Too late: its trace was left out, and it follows.
            removal.traces.insert(id)
            removal.since = min(removal.since, now)
            for span in spans { removal.spansByTag[Self.tag(of: span, batch, tags), default: 0] += 1 }
        case nil:
            let place = freeWaiting.popLast() ?? UInt32(waiting.count)
            let new = Waiting(trace: TailTrace(id: id), since: now)
            if Int(place) == waiting.count { waiting.append(new) } else { waiting[Int(place)] = new }
            places[id] = place
            queue.append(place)
            add(spans, of: batch, to: Int(place), marks, tags)
        }
    }

    private mutating func add(
        _ spans: Range<Int>,
        of batch: borrowing SpanBatch,
        to place: Int,
        _ marks: [UInt64],
        _ tags: [UInt32]
    ) {
        for span in spans {
            waiting[place].trace.add(span, of: batch.spans, marks: marks.isEmpty ? 0 : marks[span])
            let tag = Self.tag(of: span, batch, tags)
            var next = waiting[place].counts
            while next != 0, counts[Int(next - 1)].tag != tag { next = counts[Int(next - 1)].next }
            if next != 0 {
                counts[Int(next - 1)].spans += 1
            } else {
                waiting[place].counts = newCount(Count(tag: tag, spans: 1, next: waiting[place].counts))
            }
        }
    }

    private static func tag(of span: Int, _ batch: borrowing SpanBatch, _ tags: [UInt32]) -> UInt32 {
        let resource = Int(batch.spans.resources[span])
        return resource < tags.count ? tags[resource] : 0
    }

    private mutating func newCount(_ count: Count) -> UInt32 {
        if freeCount == 0 {
            counts.append(count)
            return UInt32(counts.count)
        }
        let place = freeCount
        freeCount = counts[Int(place - 1)].next
        counts[Int(place - 1)] = count
        return place
    }

    /// Decides on all traces whose time has come; those that are pinned are kept whatever the policies say.
    public mutating func decide(at now: UInt64, pinned: Set<TraceID> = []) {
        while queueStart < queue.count {
            let since = waiting[Int(queue[queueStart])].since
            guard now >= since, now - since >= options.decisionWait else { break }
            decideOldest(at: now, pinned: pinned)
        }
        if queueStart > 4_096, queueStart * 2 > queue.count {
            queue.removeFirst(queueStart)
            queueStart = 0
        }
    }

    private mutating func decideOldest(at now: UInt64, pinned: Set<TraceID> = []) {
        let place = queue[queueStart]
        queueStart += 1
        let entry = waiting[Int(place)]
        let isPinned = pinned.contains(entry.trace.id)
        let verdict = isPinned ? nil : judge.verdict(on: entry.trace, marks, at: now)
        let isKept = isPinned || verdict != nil
        if let verdict {
            outcomes[verdict].traces += 1
            outcomes[verdict].spans += UInt64(entry.trace.spans)
        } else if isPinned {
            pinnedTraces += 1
        } else {
            leftOutTraces += 1
            removal.traces.insert(entry.trace.id)
            removal.since = min(removal.since, entry.since)
        }
        decided.note(entry.trace.id, isKept: isKept)
        var next = entry.counts
        while next != 0 {
            let count = counts[Int(next - 1)]
            if !isKept { removal.spansByTag[count.tag, default: 0] += UInt64(count.spans) }
            counts[Int(next - 1)].next = freeCount
            freeCount = next
            next = count.next
        }
        places[entry.trace.id] = nil
        freeWaiting.append(place)
    }

    /// What is to be removed now; it is the caller's then.
    public mutating func takeRemoval() -> Removal {
        defer { removal = Removal() }
        return removal
    }

    /// How many traces' spans are to be removed.
    public var tracesToRemove: Int { removal.traces.count }

    /// Traces that may wait for their removal; what cannot be removed for so long stays stored.
    public static let removalsMax = 1_000_000

    /// Gives back what could not be removed, for the next time.
    public mutating func putBack(_ other: Removal) {
        if removal.traces.count + other.traces.count > Self.removalsMax { return }
        removal.traces.formUnion(other.traces)
        removal.since = min(removal.since, other.since)
        removal.spansByTag.merge(other.spansByTag, uniquingKeysWith: +)
    }
}
