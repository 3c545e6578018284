import SpanStorage
import Synchronization
import TraceModel

/// What happens to segments after they were sealed: retention, pins, deletion, and room when the disk is full.
///
/// All of it is done on one thread, in short steps one after the other, so that no two changes meet. Nobody who sends
/// or asks waits for it.
final class Upkeep: Sendable {
    private static let tickMillisecondsWhenFull = 1_000

    let configuration: EmbeddedStoreConfiguration
    let view: StoreView
    let catalogue: Catalogue
    let folder: SegmentFolder
    let pins: Pins
    let reserve: DiskReserve
    private let rollups: RollupMerging
    private let compactor: Compactor
    private let files: any FileSystem
    private let root: String
    private let thread: any WorkThread

    /// A deletion and who waits for it.
    private struct DeletionJob: Sendable {
        var what: TraceDeletion
        var work: Deletion?
        var completion: @Sendable (Result<DeletedTraces, SpanStoreError>) -> Void
    }

    private struct State {
        var isClosed = false
        var deletions: [DeletionJob] = []
        var isMerging = false
        // A step that was planned before the present turn is not done.
        var mergeTurn: UInt64 = 0
        // Who waits until nothing is left to merge, and what of it could not be read.
        var mergeWaiters: [@Sendable (SpanStoreError?) -> Void] = []
        var mergeDamage: SpanStoreError?
        // Bytes that may still be put out while the disk is full; nil while it is not.
        var roomLeft: Int?
        var onTick: (@Sendable () -> Void)?
        var onRoom: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    init(
        _ configuration: EmbeddedStoreConfiguration,
        _ opening: StoreOpening,
        folder: SegmentFolder,
        reserve: DiskReserve,
        thread: any WorkThread
    ) throws(SpanStoreError) {
        self.configuration = configuration
        self.folder = folder
        self.reserve = reserve
        self.thread = thread
        view = opening.view
        catalogue = opening.catalogue
        files = opening.files
        root = opening.root
        rollups = RollupMerging(opening, configuration)
        compactor = Compactor(configuration, view: opening.view, folder: folder)
        pins = try Pins(opening.catalogue)
    }

    /// Begins to look after the store, as long as this object lives: `onTick` is called now and then, `onRoom` when the
    /// disk has room again.
    func begin(onTick: @escaping @Sendable () -> Void, onRoom: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.onTick = onTick
            state.onRoom = onRoom
        }
        wake()
        beginTick(afterMilliseconds: configuration.upkeepMilliseconds)
    }

    /// Applies the bounds soon: a segment has come, or an operation found the disk full.
    func wake() {
        thread.run { [weak self] in self?.applyBounds() }
    }

    /// Deletes traces from the segments; `completion` is called once, on the upkeep's thread.
    func delete(
        _ deletion: TraceDeletion,
        completion: @escaping @Sendable (Result<DeletedTraces, SpanStoreError>) -> Void
    ) {
        let isFirst: Bool? = state.withLock { state in
            if state.isClosed { return nil }
            state.deletions.append(DeletionJob(what: deletion, completion: completion))
            return state.deletions.count == 1
        }
        switch isFirst {
        case nil: completion(.failure(.closed))
        case true?: thread.run { self.continueDeletion() }
        case false?: break
        }
    }

    /// Pins a trace, or takes its pin away, between two steps of whatever is under way.
    func pin(_ id: TraceID, _ isPinned: Bool) async -> Result<Bool, SpanStoreError> {
        await withCheckedContinuation { continuation in
            thread.run {
                do throws(SpanStoreError) {
                    guard isPinned else { return continuation.resume(returning: .success(try self.pins.remove(id))) }
                    let isNew = try self.pins.add(id, at: self.configuration.now())
                    continuation.resume(returning: .success(isNew))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }

    /// Does some work between two steps of whatever is under way.
    func perform(_ work: @escaping @Sendable () -> Void) { thread.run(work) }

    /// Returns when nothing is under way any more.
    func close() async {
        state.withLock { $0.isClosed = true }
        await thread.drained()
        let left = state.withLock { state in
            let left = state.deletions
            state.deletions = []
            return left
        }
        compactor.abandon()
        endMerging(.closed)
        for job in left {
            job.work?.abandon()
            job.completion(.failure(.closed))
        }
    }

    /// Returns when what was to be done before the call is done.
    func settle() async { await thread.drained() }

    /// Bytes of log and catalogue.
    var otherBytes: (log: Int, catalogue: Int) {
        var log = 0
        for name in (try? files.list("\(root)/log")) ?? [] { log += (try? files.size("\(root)/log/\(name)")) ?? 0 }
        return (log, (try? catalogue.byteCount()) ?? 0)
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private var change: SegmentChange { SegmentChange(view: view, catalogue: catalogue, folder: folder, pins: pins) }

    private func tick() {
        if isClosed { return }
        applyBounds()
        state.withLock { $0.onTick }?()
        beginMerging()
        beginTick(afterMilliseconds: reserve.isFull ? Self.tickMillisecondsWhenFull : configuration.upkeepMilliseconds)
    }

    private func beginTick(afterMilliseconds milliseconds: Int) {
        thread.run(afterMilliseconds: milliseconds) { [weak self] in self?.tick() }
    }
}

// Retention.
extension Upkeep {
    private func applyBounds() {
        // A deletion has the segments in its hands; they are looked at when it has ended.
        if isClosed || state.withLock({ !$0.deletions.isEmpty }) { return }
        do { try rollups.run(at: configuration.now()) } catch { note(error) }
        do { try catalogue.catchUp() } catch { note(error) }
        let retention = Retention(bytesMax: configuration.storeBytesMax, ageMax: configuration.ageMaxNanoseconds)
        evict(retention.expired(candidates(), now: configuration.now()), for: .age)
        let segments = candidates()
        let others = otherBytes
        let bytes = view.segments.reduce(others.log + others.catalogue) { $0 + $1.byteCount }
        evict(retention.surplus(segments, bytes: bytes), for: .bytes)
        makeRoom()
    }

    /// The segments that can be put out: all but those that hold nothing but pinned traces already.
    private func candidates() -> [Segment] {
        let pinned = pins.ids
        return view.segments.filter { segment in
            guard segment.origin.isKept, let held = try? segment.traces(among: pinned) else { return true }
            return held.count < segment.block.directory.traceCount
        }
    }

    /// On a full disk: the oldest segments go until there is room, but never more than a quarter of what there was.
    /// Beyond that it is somebody else who fills the disk, and deleting would not help.
    private func makeRoom() {
        guard reserve.isFull else { return state.withLock { $0.roomLeft = nil } }
        let stored = view.segments.reduce(0) { $0 + $1.byteCount }
        let roomLeft = state.withLock { state in
            let roomLeft = state.roomLeft ?? stored / 4
            state.roomLeft = roomLeft
            return roomLeft
        }
        let wanted = min(reserve.missing, roomLeft)
        // As long as the copy of the catalogue names the files they stay, and there would be no more room.
        if wanted > 0, configuration.storeBytesMax < .max, catalogue.copyError == nil {
            evict(Retention.oldest(candidates(), ofBytes: wanted), for: .diskFull)
            let left = view.segments.reduce(0) { $0 + $1.byteCount }
            state.withLock { $0.roomLeft = roomLeft - max(0, stored - left) }
        }
        if reserve.restore() { state.withLock { $0.onRoom }?() }
    }

    private func evict(_ segments: [Segment], for reason: Retention.Reason) {
        let pinned = pins.ids
        var whole: [Segment] = []
        for segment in segments {
            do {
                let held = try segment.traces(among: pinned)
                if held.isEmpty { whole.append(segment) } else { try keep(held, of: segment, reason) }
            } catch {
                // It stays until it can be read, or the next tick.
                note(error)
            }
        }
        if whole.isEmpty { return }
        do {
            try change.replace(whole, by: []) { statistics in
                for segment in whole { statistics.evicted.count(segment.spanCount, for: reason) }
            }
        } catch {
            note(error)
        }
    }

    /// Puts a segment out but for its pinned traces.
    private func keep(
        _ ids: Set<TraceID>,
        of segment: Segment,
        _ reason: Retention.Reason
    ) throws(SpanStoreError) {
        var origin = segment.origin
        origin.isKept = true
        let kept = try folder.write(try segment.spans { ids.contains($0) }, as: origin)
        try change.replace([segment], by: [kept]) { statistics in
            statistics.evicted.count(segment.spanCount - kept.spanCount, for: reason)
        }
    }

    private func note(_ error: SpanStoreError) {
        if case .diskFull = error { reserve.giveUp() }
    }
}

// Merging.
extension Upkeep {
    /// Merges all that can be merged, small segments even if they are few, without a rest between the steps;
    /// `completion` is called once, with what could not be read if there was any.
    func mergeAll(completion: @escaping @Sendable (SpanStoreError?) -> Void) {
        thread.run {
            if self.isClosed { return completion(.closed) }
            // It does not wait for the rest after a step that is just over.
            self.state.withLock { state in
                state.mergeWaiters.append(completion)
                state.isMerging = false
            }
            self.beginMerging()
        }
    }

    private func beginMerging() {
        let turn: UInt64? = state.withLock { state in
            if state.isMerging { return nil }
            state.isMerging = true
            state.mergeTurn += 1
            return state.mergeTurn
        }
        if let turn { continueMerging(turn) }
    }

    /// Does a step of a merge; there is one step waiting or running at the most.
    private func continueMerging(_ turn: UInt64) {
        // Deletions and a full disk come first, and then the segments are not what they were.
        let (isPresent, mayGoOn, isAwaited) = state.withLock { state in
            (state.mergeTurn == turn, !state.isClosed && state.deletions.isEmpty, !state.mergeWaiters.isEmpty)
        }
        if !isPresent { return }
        guard mayGoOn, !reserve.isFull else {
            compactor.abandon()
            if reserve.isFull { endMerging(.diskFull(path: root)) }
            return state.withLock { $0.isMerging = false }
        }
        do throws(SpanStoreError) {
            let smallMin = isAwaited ? 2 : configuration.mergedSegmentsMin
            let step = try compactor.step(change, smallMin: smallMin, leavingBytes: isAwaited ? 0 : leavingBytes)
            if let rest = step { return goOnMerging(turn, afterMilliseconds: isAwaited ? 0 : rest) }
            endMerging(nil)
        } catch {
            note(error)
            if isAwaited, case .damaged = error {
                // What cannot be read stays as it is; the others are merged all the same.
                state.withLock { $0.mergeDamage = $0.mergeDamage ?? error }
                return goOnMerging(turn, afterMilliseconds: 0)
            }
            endMerging(error)
        }
        state.withLock { $0.isMerging = false }
    }

    private func goOnMerging(_ turn: UInt64, afterMilliseconds rest: Int) {
        // While something is sealed nothing is merged, however urgent it is.
        let rest = view.sealingCount > 0 ? max(rest, 100) : rest
        if rest == 0 { return thread.run { [weak self] in self?.continueMerging(turn) } }
        thread.run(afterMilliseconds: rest) { [weak self] in self?.continueMerging(turn) }
    }

    private func endMerging(_ error: SpanStoreError?) {
        let (waiters, damage) = state.withLock { state in
            defer { (state.mergeWaiters, state.mergeDamage) = ([], nil) }
            return (state.mergeWaiters, state.mergeDamage)
        }
        for waiter in waiters { waiter(error ?? damage) }
    }

    /// Bytes of the oldest segments that the bound of bytes will soon put out.
    private var leavingBytes: Int {
        guard configuration.storeBytesMax < .max else { return 0 }
        let bytes = view.segments.reduce(0) { $0 + $1.byteCount }
        return max(0, bytes - configuration.storeBytesMax / 10 * 9)
    }
}

// Deletion.
extension Upkeep {
    /// Does a step of the first deletion; each has one step waiting or running.
    private func continueDeletion() {
        if isClosed { return }
        guard var job = state.withLock({ $0.deletions.first }) else { return }
        var work = job.work ?? Deletion(job.what, in: view.segments, folder: folder)
        do {
            if try work.step(change) {
                try requireGone()
                finish(job, .success(work.result))
            } else {
                job.work = work
                state.withLock { [job] state in state.deletions[0] = job }
                thread.run { self.continueDeletion() }
            }
        } catch {
            work.abandon()
            note(error)
            finish(job, .failure(error))
        }
    }

    /// What was deleted is gone when the copy of the catalogue does not name it either.
    private func requireGone() throws(SpanStoreError) {
        do throws(SpanStoreError) {
            try catalogue.catchUp()
        } catch {
            throw .io("the spans are deleted, but their files stay until the catalogue's copy is written: \(error)")
        }
    }

    private func finish(_ job: DeletionJob, _ result: Result<DeletedTraces, SpanStoreError>) {
        let isLast = state.withLock { state in
            state.deletions.removeFirst()
            return state.deletions.isEmpty
        }
        job.completion(result)
        thread.run {
            guard isLast else { return self.continueDeletion() }
            self.applyBounds()
            if !self.state.withLock({ $0.mergeWaiters.isEmpty }) { self.beginMerging() }
        }
    }
}
