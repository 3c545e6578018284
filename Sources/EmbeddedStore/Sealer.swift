import SpanStorage
import Synchronization
import TraceModel

/// Turns full heads into segments, on a thread of its own, one after the other.
///
/// The order makes it safe: the file is written, synced, renamed and opened, then one transaction names it and moves
/// the log's mark, then readers see it instead of the chunks, and only then the log behind the mark is deleted. A crash
/// between any two leaves either a file that no row names, which the next start sweeps away, or a log that the mark
/// says is done with.
final class Sealer: Sendable {
    /// So many heads may be on their way into segments while the next one fills; then senders wait.
    ///
    /// Sealing takes a fraction of the time in which a head fills, and each head that waits holds some 30 MB.
    static let waitingMax = 1
    private static let retryMilliseconds = 1_000

    private let configuration: EmbeddedStoreConfiguration
    private let files: any FileSystem
    private let root: String
    private let catalogue: Catalogue
    private let view: StoreView
    private let rollups: RollupSealing
    private let folder: SegmentFolder
    private let thread: any WorkThread

    /// A head on its way into a segment.
    private struct Job: Sendable {
        var number: UInt64
        var chunks: [HeadChunk]
        var logMark: UInt64
        var operations: [(service: String, operation: Operation)]
        // Once its file is there: then only the catalogue is left to be told.
        var written: (segment: Segment?, facts: [SpanFacts])?
    }

    /// Somebody who waits until all heads up to a number are sealed.
    private struct Waiter: Sendable {
        var job: UInt64
        var body: @Sendable (SpanStoreError?) -> Void
    }

    private struct State {
        var lastJob: UInt64 = 0
        var error: SpanStoreError?
        var isClosed = false
        // Oldest first. While one waits for the disk the next must not overtake it: its mark covers all logs before.
        var jobs: [Job] = []
        var waiters: [Waiter] = []
        // Called after each attempt, when there may be room for batches, or a reason to refuse them.
        var onAttempt: (@Sendable (SpanStoreError?) -> Void)?
    }

    private let state = Mutex(State())

    init(
        _ configuration: EmbeddedStoreConfiguration,
        _ opening: StoreOpening,
        folder: SegmentFolder,
        thread: any WorkThread
    ) {
        self.thread = thread
        self.configuration = configuration
        self.folder = folder
        files = opening.files
        root = opening.root
        catalogue = opening.catalogue
        view = opening.view
        rollups = RollupSealing(
            opening.view,
            numbers: opening.rollupNumbers,
            waitNanoseconds: configuration.callWaitNanoseconds
        )
    }

    /// Why the last attempt to seal failed; nil once one succeeds.
    var lastError: SpanStoreError? { state.withLock { $0.error } }

    /// Notes why the log or a seal failed.
    func report(_ error: SpanStoreError) { state.withLock { $0.error = error } }

    /// Has `body` called after each attempt to seal, on the sealer's thread, with the error if it failed.
    func afterEachAttempt(_ body: @escaping @Sendable (SpanStoreError?) -> Void) {
        state.withLock { $0.onAttempt = body }
    }

    /// Seals chunks that readers see as "being sealed". It is tried until it succeeds or the store is closed; then
    /// the log still has the spans.
    func seal(_ chunks: [HeadChunk], logMark: UInt64, operations: [(service: String, operation: Operation)]) {
        state.withLock { state in
            state.lastJob += 1
            state.jobs.append(
                Job(number: state.lastJob, chunks: chunks, logMark: logMark, operations: operations)
            )
        }
        thread.run { self.attempt() }
    }

    /// Calls `body` once: when all that was given to `seal` before is in segments, or with the error of the first
    /// attempt that fails.
    func whenSealed(_ body: @escaping @Sendable (SpanStoreError?) -> Void) {
        let answer: SpanStoreError?? = state.withLock { state in
            if state.jobs.isEmpty { return .some(nil) }
            if state.isClosed { return .closed }
            state.waiters.append(Waiter(job: state.lastJob, body: body))
            return nil
        }
        if let answer { body(answer) }
    }

    /// Returns when nothing is being sealed any more.
    func close() async {
        state.withLock { $0.isClosed = true }
        await thread.drained()
        fail(with: .closed)
    }

    /// Returns when what was to be sealed before the call has been attempted.
    func settle() async { await thread.drained() }

    /// Seals the oldest job; each job has one attempt waiting or running.
    private func attempt() {
        guard let job = state.withLock({ $0.jobs.first }) else { return }
        var failure: SpanStoreError?
        do throws(SpanStoreError) {
            let (segment, facts) = try write(job)
            let figures = rollups.seal(facts, at: segment?.origin.sealedAt ?? configuration.now())
            try catalogue.add(segment?.row, logMark: job.logMark, operations: job.operations, rollups: figures)
            view.finishSealing(segment, figures)
            let ready = state.withLock { state in
                state.error = nil
                state.jobs.removeFirst()
                let ready = state.waiters.filter { $0.job <= job.number }
                state.waiters.removeAll { $0.job <= job.number }
                return ready
            }
            catalogue.whenCopied { [files, root] in Self.deleteLogs(upTo: job.logMark, in: "\(root)/log", files) }
            // Looking for callers and for what to merge touches segments that no question has asked for.
            for segment in view.segments { segment.block.letPagesGo() }
            for waiter in ready { waiter.body(nil) }
        } catch {
            failure = error
            report(error)
            fail(with: error)
            if !state.withLock({ $0.isClosed }) {
                thread.run(afterMilliseconds: Self.retryMilliseconds) { self.attempt() }
            }
        }
        state.withLock { $0.onAttempt }?(failure)
    }

    private func write(_ job: Job) throws(SpanStoreError) -> (Segment?, [SpanFacts]) {
        if let written = job.written { return written }
        let stored = job.chunks.map(\.batch).filter { !$0.isCountedOnly }
        let counted = job.chunks.map(\.batch).filter { $0.isCountedOnly }
        var segment: Segment?
        var facts: [SpanFacts] = []
        if !stored.isEmpty {
            let draft = BlockDraft(stored)
            segment = try folder.write(draft, as: Segment.Origin(sealedAt: configuration.now()))
            let hasPartial = stored.contains { $0.partialReportRef != nil }
            facts.append(hasPartial ? SpanFacts(joining: stored) : SpanFacts(draft))
        }
        if !counted.isEmpty { facts.append(SpanFacts(joining: counted)) }
        let written = (segment, facts)
        // A transaction that SQLite says has failed may yet be found done after a crash, when only the disk's answer
        // was lost. So the file that it names stays, and the next attempt is made with the same.
        state.withLock { $0.jobs[0].written = written }
        return written
    }

    private func fail(with error: SpanStoreError) {
        let waiters = state.withLock { state in
            let waiters = state.waiters
            state.waiters = []
            return waiters
        }
        for waiter in waiters { waiter.body(error) }
    }

    private static func deleteLogs(upTo mark: UInt64, in folder: String, _ files: any FileSystem) {
        // What cannot be deleted now is deleted at the next start: the mark tells that it is not needed.
        guard let names = try? files.list(folder) else { return }
        for name in names {
            if let number = LogFile.number(ofName: name), number <= mark { try? files.remove("\(folder)/\(name)") }
        }
    }
}
