import SpanStorage
import Synchronization
import TraceModel

/// What readers see: the head, the chunks that are being sealed and the segments, changed together so that each span
/// is seen exactly once at any moment.
final class StoreView: Sendable {
    private struct State {
        var head = Head()
        // Grows with all that is sent and asked.
        var activity: UInt64 = 0
        // When the first and the last of its batches came.
        var headSince: UInt64 = 0
        var headUntil: UInt64 = 0
        // What is on its way into a segment, oldest first.
        var sealing: [[HeadChunk]] = []
        var segments: [Segment] = []
        var operations = OperationIndex()
        var rollups = RollupState()
        var statistics = SpanStoreStatistics()
    }

    /// What readers found damaged.
    let damage = DamageLog()

    private let state = Mutex(State())
    // Held while the catalogue's rollups have changed and those in `state` have not yet.
    private let rollupChange = Mutex(())

    /// Makes batches visible that came at a time, and returns the operations that were not known.
    func append(_ batches: [SpanBatch], at time: UInt64) -> [(service: String, operation: Operation)] {
        state.withLock { state in
            var new: [(service: String, operation: Operation)] = []
            if state.head.isEmpty { state.headSince = time }
            state.headUntil = time
            for batch in batches {
                state.head.append(batch)
                state.activity += UInt64(batch.count)
                if batch.isCountedOnly {
                    state.statistics.countedSpans += UInt64(batch.count)
                    continue
                }
                state.statistics.storedSpans += UInt64(batch.count)
                new += state.operations.add(batch)
            }
            return new
        }
    }

    /// Makes spans visible that were in the log when the store was opened, and returns the operations that were new.
    ///
    /// As nobody knows when they came, they count as having come at the beginning of time.
    func replay(_ batch: SpanBatch) -> [(service: String, operation: Operation)] {
        state.withLock { state in
            state.head.append(batch)
            if batch.isCountedOnly { return [] }
            state.statistics.replayedSpans += UInt64(batch.count)
            return state.operations.add(batch)
        }
    }

    /// The operations that the catalogue remembers.
    func restore(operations: [(service: String, operation: Operation)]) {
        state.withLock { state in
            for entry in operations { _ = state.operations.add(entry.operation, of: entry.service) }
        }
    }

    /// Segments that are there when the store is opened.
    func restore(segments: [Segment], damaged: Int) {
        state.withLock { state in
            state.segments = segments
            state.statistics.damagedSegments = UInt64(damaged)
        }
    }

    /// Size of the head.
    var headSize: (spans: Int, bytes: Int) {
        state.withLock { ($0.head.spanCount, $0.head.byteCount) }
    }

    /// When the first and the last batch of the head came, and how many spans it has; nil if it is empty.
    var headTimes: (since: UInt64, until: UInt64, spans: Int)? {
        state.withLock { state in
            state.head.isEmpty ? nil : (state.headSince, state.headUntil, state.head.spanCount)
        }
    }

    /// Begins to seal the head: its chunks stay visible and a new head begins. Nil if it is empty.
    func beginSealing() -> [HeadChunk]? {
        state.withLock { state in
            let chunks = state.head.snapshot()
            if chunks.isEmpty { return nil }
            state.sealing.append(chunks)
            state.head = Head()
            return chunks
        }
    }

    /// Puts a segment in the place of the chunks that were sealed first, with the rollups of what is in them; of spans
    /// that are only counted there is no segment.
    func finishSealing(_ segment: Segment?, _ rollups: SealedRollups) {
        state.withLock { state in
            if !state.sealing.isEmpty { state.sealing.removeFirst() }
            if let segment { state.segments.append(segment) }
            state.rollups.apply(rollups)
        }
    }

    /// How many heads are on their way into segments.
    var sealingCount: Int { state.withLock { $0.sealing.count } }

    /// A number that grows with each span that comes and with each question.
    var activity: UInt64 { state.withLock { $0.activity } }

    /// All segments, in the order in which they came.
    var segments: [Segment] { state.withLock { $0.segments } }

    /// Puts segments in the place of others at once, and counts; false, and nothing happens, if one of the old ones is
    /// not there any more.
    func replace(
        _ old: [Segment],
        by new: [Segment],
        counting count: (inout SpanStoreStatistics) -> Void
    ) -> Bool {
        state.withLock { state in
            let leaving = Set(old.map(\.number))
            let left = state.segments.filter { !leaving.contains($0.number) }
            guard left.count + old.count == state.segments.count else { return false }
            state.segments = left + new
            count(&state.statistics)
            return true
        }
    }

    /// Everything that can be asked about spans, at one moment.
    func sources() -> [any SpanSource] {
        let (head, sealing, segments) = state.withLock { state in
            // A question is as much work as many spans.
            state.activity += 1_000
            return (state.head.snapshot(), state.sealing, state.segments)
        }
        var sources: [any SpanSource] = head.filter { !$0.batch.isCountedOnly }
        for chunks in sealing { sources += chunks.filter { !$0.batch.isCountedOnly } as [any SpanSource] }
        sources += segments as [any SpanSource]
        return sources
    }

    /// The names of the services.
    func services() -> [String] { state.withLock { $0.operations }.names() }

    /// The operations of a service.
    func operations(of service: String, kind: SpanKind?) -> [Operation] {
        state.withLock { $0.operations }.operations(of: service, kind: kind)
    }

    /// Figures, without those that only the queue knows.
    func statistics() -> SpanStoreStatistics {
        let (damagedFiles, damage) = (UInt64(damage.fileCount), damage.texts)
        return state.withLock { state in
            var statistics = state.statistics
            statistics.damagedSegments += damagedFiles
            statistics.damage += damage
            statistics.headSpans = UInt64(state.head.spanCount)
            statistics.headBytes = UInt64(state.head.byteCount)
            for chunk in state.sealing.joined() where !chunk.batch.isCountedOnly {
                statistics.headSpans += UInt64(chunk.spanCount)
            }
            statistics.rollups = state.rollups.statistics
            statistics.segments = UInt64(state.segments.count)
            statistics.diskBytes = UInt64(state.segments.reduce(0) { $0 + $1.byteCount })
            statistics.spans = statistics.headSpans + UInt64(state.segments.reduce(0) { $0 + $1.spanCount })
            return statistics
        }
    }
}

// The rollups.
extension StoreView {
    /// The rollups that are there when the store is opened.
    func restore(_ rollups: RollupState) { state.withLock { $0.rollups = rollups } }

    /// Where figures are, and which calls wait.
    func rollups() -> RollupState { state.withLock { $0.rollups } }

    /// The rollups, what is in no segment yet, and the segments, at one moment.
    func rollupSnapshot() -> (RollupState, [HeadChunk], [Segment]) {
        state.withLock { ($0.rollups, $0.sealing.flatMap { $0 } + $0.head.snapshot(), $0.segments) }
    }

    /// Puts rows of figures in the place of others.
    func replaceRollups(_ old: Set<UInt64>, by new: [RollupRow]) {
        state.withLock { $0.rollups.replace(old, by: new) }
    }

    /// Notes that the bytes of a row of figures do not hold together.
    func noteDamage(ofRollup row: UInt64) { state.withLock { $0.rollups.noteDamage(of: row) } }

    /// Makes a change in which the catalogue is ahead of the view for a moment.
    func changeRollups(_ body: () throws(SpanStoreError) -> Void) throws(SpanStoreError) {
        try rollupChange.withLock { _ throws(SpanStoreError) in try body() }
    }

    /// Returns when no such change is under way.
    func awaitRollups() { rollupChange.withLock { _ in } }
}
