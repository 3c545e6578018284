import SpanStorage
import Synchronization
import TraceModel

/// Works out what a seal contributes to the rollups; by the sealer's thread, for one head after the other.
final class RollupSealing: Sendable {
    /// So many calls may wait; then the oldest make room.
    static let waitingMax = 100_000
    /// Callers are looked for among so many spans in segments, besides those of which an index is in memory ...
    static let searchedSpansMax = 64 * 49_152
    /// ... in so many segments: small ones are merged, so that there are hardly ever as many.
    static let searchedSegmentsMax = 1_024
    /// The catalogue has up to so many rows of calls; then one with all of them takes their place.
    private static let callRowsMax = 64

    private let view: StoreView
    private let numbers: RollupNumbers
    private let waitNanoseconds: UInt64

    /// Calls wait for so many nanoseconds.
    init(_ view: StoreView, numbers: RollupNumbers, waitNanoseconds: UInt64) {
        self.view = view
        self.numbers = numbers
        self.waitNanoseconds = waitNanoseconds
    }

    /// What is to be written together with the segment of some spans, and with those that are counted but not stored.
    func seal(_ facts: [SpanFacts], at time: UInt64) -> SealedRollups {
        let (state, _, segments) = view.rollupSnapshot()
        let parts = facts.map(RollupPart.init)
        let indexes = parts.map(\.index)
        var resolution = CallResolution(state.pending)
        for index in indexes { resolution.resolvePending(among: index) }
        var table = RollupTable()
        let older = OlderCallers(segments, since: time, less: waitNanoseconds)
        for (place, part) in parts.enumerated() {
            if place == 0 { table = part.table } else { table.merge(part.table) }
            let others = indexes.indices.filter { $0 != place }.map { indexes[$0] }
            resolution.resolve(part, among: others + state.recent.reversed()) { older.candidates($0, $1) }
        }
        var mark = time > waitNanoseconds ? state.pending.mark(before: time - waitNanoseconds) : 0
        let excess = state.pending.count + resolution.unsettledCount - Self.waitingMax
        // More than must go at once goes at once: looking for the oldest costs as much for one as for many.
        if excess > 0 { mark = max(mark, state.pending.mark(oldest: excess + Self.waitingMax / 10)) }
        let outcome = resolution.finish(into: &table, mark: mark, at: time)
        return sealed(table, outcome, state, indexes, at: time)
    }

    private func sealed(
        _ table: RollupTable,
        _ outcome: CallResolution.Outcome,
        _ state: RollupState,
        _ indexes: [SpanIndex],
        at time: UInt64
    ) -> SealedRollups {
        var change = outcome.change
        let isLong = state.callRows >= Self.callRowsMax
        if isLong {
            var all = state.pending
            change.apply(to: &all)
            change = PendingChange(all: all)
        }
        return SealedRollups(
            record: RollupRecord(table, number: numbers.next(), sealedAt: time),
            callsNumber: numbers.next(),
            calls: change.encode(),
            holdsAllCalls: isLong,
            change: outcome.change,
            indexes: indexes,
            droppedCalls: outcome.droppedCalls
        )
    }
}

/// Numbers for the rows of rollups, each given once.
final class RollupNumbers: Sendable {
    private let last = Mutex<UInt64>(0)

    /// Numbers up to one are given already.
    func raise(to number: UInt64) { last.withLock { $0 = max($0, number) } }

    func next() -> UInt64 {
        last.withLock { last in
            last += 1
            return last
        }
    }
}

/// Looks for callers in segments, the newest first.
struct OlderCallers {
    private let segments: [Segment]

    /// The segments among some that were sealed no longer before a time than calls wait.
    init(_ segments: [Segment], since time: UInt64, less waitNanoseconds: UInt64) {
        let oldest = time > waitNanoseconds ? time - waitNanoseconds : 0
        let newest = segments.filter { $0.origin.sealedAt >= oldest }
            .sorted { ($0.origin.sealedAt, $0.number) > ($1.origin.sealedAt, $1.number) }
        var spans = 0
        // A merge changes how many segments there are, and must not change how far back one looks.
        let searched = newest.prefix { segment in
            defer { spans += segment.spanCount }
            return spans < RollupSealing.searchedSpansMax
        }
        self.segments = Array(searched.prefix(RollupSealing.searchedSegmentsMax))
    }

    /// The spans of a trace that have one of some ids.
    func candidates(_ trace: TraceID, _ ids: Set<UInt64>) -> [CallerCandidate] {
        var found: [CallerCandidate] = []
        for segment in segments {
            // A segment that is damaged has no callers to offer; whoever reads its spans says so.
            if let more = try? segment.callers(trace, ids: ids) { found += more }
        }
        return found
    }
}

extension RollupRecord {
    /// The figures of a table as a row that is not merged; nil if there are none.
    init?(_ table: RollupTable, number: UInt64, sealedAt: UInt64) {
        guard let minutes = table.minutes else { return nil }
        self.minutes = table.encode()
        totals = nil
        row = RollupRow(
            number: number,
            isMerged: false,
            minutes: minutes,
            sealedAt: sealedAt,
            byteCount: self.minutes.count
        )
    }
}
