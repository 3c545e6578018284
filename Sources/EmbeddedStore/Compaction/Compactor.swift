import SpanStorage
import Synchronization
import TraceModel

/// Merges segments behind the scenes, one merge at a time and a step at a time, on the upkeep's thread.
///
/// After each step it rests four times as long as the step took, and longer while spans or questions come in, so that
/// it never has more than a fifth of a core and hardly anything when others need it.
final class Compactor: Sendable {
    private static let restFactor: UInt64 = 4
    private static let busyRestFactor: UInt64 = 19
    private static let restMillisecondsMax: UInt64 = 5_000

    private let configuration: EmbeddedStoreConfiguration
    private let view: StoreView
    private let folder: SegmentFolder

    private struct State {
        var merge: Merge?
        // The share of traces that a segment and the one after it have in common, by their numbers.
        var shared: [UInt64: (next: UInt64, share: Double)] = [:]
        // Segments that could not be read to the end.
        var unreadable: Set<UInt64> = []
        var activity: UInt64 = 0
    }

    private let state = Mutex(State())

    init(_ configuration: EmbeddedStoreConfiguration, view: StoreView, folder: SegmentFolder) {
        self.configuration = configuration
        self.view = view
        self.folder = folder
    }

    /// Does the next step of a merge, or begins one; returns after how many milliseconds to go on, or nil when there
    /// is nothing to merge.
    ///
    /// `smallMin` is how many small segments of about one size are worth a merge.
    func step(
        _ change: SegmentChange,
        smallMin: Int,
        leavingBytes: Int
    ) throws(SpanStoreError) -> Int? {
        // Whoever seals needs the disk more.
        if view.sealingCount > 0 { return 100 }
        let began = configuration.now()
        var present = state.withLock { $0.merge }
        if present == nil { present = try begin(smallMin, leavingBytes) }
        guard var merge = present else { return nil }
        do throws(SpanStoreError) {
            let isDone = try merge.step()
            state.withLock { [merge] state in state.merge = isDone ? nil : merge }
            if isDone { try commit(merge, change) }
        } catch {
            abandon()
            if case .damaged = error {
                state.withLock { [merge] state in state.unreadable.formUnion(merge.inputs.map(\.number)) }
            }
            throw error
        }
        return rest(since: began)
    }

    /// Gives the present merge up; nothing has changed then.
    func abandon() {
        let merge = state.withLock { state in
            let merge = state.merge
            state.merge = nil
            return merge
        }
        merge?.abandon()
    }

    private func commit(_ merge: Merge, _ change: SegmentChange) throws(SpanStoreError) {
        // If an input has been put out or rewritten meanwhile, what was written is for nothing.
        try change.replace(merge.inputs, by: merge.outputs) { $0.mergedSegments += UInt64(merge.inputs.count) }
    }

    private func rest(since began: UInt64) -> Int {
        let now = configuration.now()
        let activity = view.activity
        let isBusy = state.withLock { state in
            let isBusy = activity &- state.activity > 100
            state.activity = activity
            return isBusy
        }
        let milliseconds = (now > began ? now - began : 0) / 1_000_000 + 1
        let factor = isBusy ? Self.busyRestFactor : Self.restFactor
        return Int(min(milliseconds, Self.restMillisecondsMax) * factor)
    }

    private func begin(_ smallMin: Int, _ leavingBytes: Int) throws(SpanStoreError) -> Merge? {
        var policy = MergePolicy()
        policy.smallMin = smallMin
        policy.blockSpansMax = configuration.blockSpansMax
        policy.ageMax = configuration.ageMaxNanoseconds
        policy.leavingBytes = leavingBytes
        let segments = view.segments
        let chosen = policy.choose(candidates(segments), now: configuration.now())
        if chosen.isEmpty { return nil }
        let inputs = chosen.compactMap { number in segments.first { $0.number == number } }
        return try Merge(
            inputs,
            folder: folder,
            spansMax: configuration.blockSpansMax,
            bytesMax: configuration.blockBytesMax
        )
    }

    private func candidates(_ segments: [Segment]) -> [MergePolicy.Candidate] {
        let unreadable = state.withLock { $0.unreadable }
        let sorted = segments.filter { !unreadable.contains($0.number) }
            .sorted { ($0.origin.sealedAt, $0.number) < ($1.origin.sealedAt, $1.number) }
        var candidates: [MergePolicy.Candidate] = []
        for (index, segment) in sorted.enumerated() {
            var candidate = MergePolicy.Candidate(
                number: segment.number,
                spans: segment.spanCount,
                bytes: segment.byteCount,
                sealedAt: segment.origin.sealedAt,
                merges: segment.origin.merges,
                isKept: segment.origin.isKept
            )
            if index + 1 < sorted.count { candidate.sharedWithNext = shared(segment, sorted[index + 1]) }
            candidates.append(candidate)
        }
        let numbers = Set(sorted.map(\.number))
        state.withLock { state in state.shared = state.shared.filter { numbers.contains($0.key) } }
        return candidates
    }

    /// The share of the smaller one's traces that both have, worked out once for each pair of fresh segments.
    private func shared(_ one: Segment, _ two: Segment) -> Double {
        guard one.origin.merges == 0, two.origin.merges == 0 else { return 0 }
        if let known = state.withLock({ $0.shared[one.number] }), known.next == two.number { return known.share }
        var share = 0.0
        if let table = try? one.block.traces(), let ids = try? two.traceIDs() {
            let count = ids.reduce(0) { table.number(of: $1) == nil ? $0 : $0 + 1 }
            share = Double(count) / Double(max(1, min(ids.count, one.block.directory.traceCount)))
            one.block.letPagesGo()
            two.block.letPagesGo()
        }
        state.withLock { $0.shared[one.number] = (two.number, share) }
        return share
    }
}
