import SpanStorage
import Synchronization
import TraceModel

/// Turns full heads into segments, on a thread of its own, one after the other.
///
/// The order makes it safe: the file is written, synced and renamed, then one transaction names it and moves the log's
/// mark, then readers see it instead of the chunks, and only then the log behind the mark is deleted. A crash between
/// any two leaves either a file that no row names, which the next start sweeps away, or a log that the mark says is
/// done with.
final class Sealer: Sendable {
    /// So many heads may wait to be sealed; then the store refuses batches.
    static let waitingMax = 2
    private static let retrySeconds = 1
    private static let retentionSeconds = 60

    private let configuration: EmbeddedStoreConfiguration
    private let files: any FileSystem
    private let root: String
    private let catalogue: Catalogue
    private let view: StoreView
    private let cache: BlockMetaCache
    private let rollups: RollupSealing
    private let merging: RollupMerging
    private let thread: any WorkThread
    // Called after each attempt, when there may be room for batches, or a reason to refuse them.
    private let onAttempt = Mutex<(@Sendable () -> Void)?>(nil)

    /// A head on its way into a segment.
    private struct Job: Sendable {
        var chunks: [HeadChunk]
        var logMark: UInt64
        var operations: [(service: String, operation: Operation)]
    }

    private struct State {
        var lastNumber: UInt64
        var error: SpanStoreError?
        var isClosed = false
        // Oldest first. While one waits for the disk the next must not overtake it: its mark covers all logs before.
        var jobs: [Job] = []
    }

    private let state: Mutex<State>

    init(
        _ configuration: EmbeddedStoreConfiguration,
        _ opening: StoreOpening,
        lastNumber: UInt64,
        thread: any WorkThread
    ) {
        self.thread = thread
        self.configuration = configuration
        files = opening.files
        root = opening.root
        catalogue = opening.catalogue
        view = opening.view
        cache = opening.cache
        rollups = RollupSealing(opening.view, numbers: opening.rollupNumbers)
        merging = RollupMerging(opening, configuration)
        state = Mutex(State(lastNumber: lastNumber))
    }

    /// Applies the bounds of age and size now and then, as long as the sealer lives.
    func beginRetention() {
        thread.run(afterSeconds: Self.retentionSeconds) { [weak self] in
            guard let self, !self.state.withLock({ $0.isClosed }) else { return }
            self.evict()
            self.beginRetention()
        }
    }

    /// Why the last attempt to seal failed; nil once one succeeds.
    var lastError: SpanStoreError? { state.withLock { $0.error } }

    /// Notes why the log or a seal failed.
    func report(_ error: SpanStoreError) { state.withLock { $0.error = error } }

    /// Has `body` called after each attempt to seal, on the sealer's thread.
    func afterEachAttempt(_ body: @escaping @Sendable () -> Void) { onAttempt.withLock { $0 = body } }

    /// Seals chunks that readers see as "being sealed". It is tried until it succeeds or the store is closed; then
    /// the log still has the spans.
    func seal(_ chunks: [HeadChunk], logMark: UInt64, operations: [(service: String, operation: Operation)]) {
        state.withLock { $0.jobs.append(Job(chunks: chunks, logMark: logMark, operations: operations)) }
        thread.run { self.attempt() }
    }

    /// Returns when nothing is being sealed any more.
    func close() async {
        state.withLock { $0.isClosed = true }
        await thread.drained()
    }

    /// Returns when what was to be sealed before the call has been attempted.
    func settle() async { await thread.drained() }

    /// Seals the oldest job; each job has one attempt waiting or running.
    private func attempt() {
        guard let job = state.withLock({ $0.jobs.first }) else { return }
        do {
            let (segment, rollups) = try write(job)
            view.finishSealing(segment, rollups)
            state.withLock { state in
                state.error = nil
                state.jobs.removeFirst()
            }
            deleteLogs(upTo: job.logMark)
            evict()
        } catch {
            report(error)
            if !state.withLock({ $0.isClosed }) {
                thread.run(afterSeconds: Self.retrySeconds) { self.attempt() }
            }
        }
        onAttempt.withLock { $0 }?()
    }

    private func write(_ job: Job) throws(SpanStoreError) -> (Segment, SealedRollups) {
        let draft = BlockDraft(job.chunks.map(\.batch))
        let block = BlockWriter.write(draft)
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let path = "\(root)/segments/\(Segment.fileName(number))"
        do {
            try writeFile(block.bytes, path: path)
        } catch {
            // A file that is half there is in nobody's way, but it takes space that may be short.
            try? files.remove(path + ".tmp")
            throw error.storeError()
        }
        let now = configuration.now()
        let row = Catalogue.SegmentRow(
            number: number,
            spans: block.directory.spanCount,
            bytes: block.bytes.count,
            startMin: block.directory.startMin,
            startMax: block.directory.startMax,
            sealedAt: now
        )
        let sealed = rollups.seal([SpanFacts(draft)], at: now)
        try catalogue.add(row, logMark: job.logMark, operations: job.operations, rollups: sealed)
        do {
            let reader = try BlockReader(try files.read(path), path: path, cache: cache)
            return (Segment(number: number, block: reader, byteCount: block.bytes.count, sealedAt: now), sealed)
        } catch let error as FileError {
            throw error.storeError()
        } catch let error as SpanStoreError {
            throw error
        } catch {
            throw .io("\(error)")
        }
    }

    private func writeFile(_ bytes: [UInt8], path: String) throws(FileError) {
        let file = try files.create(path + ".tmp")
        defer { file.close() }
        try file.append(bytes)
        try file.sync()
        try files.rename(path + ".tmp", to: path)
        try files.syncDirectory("\(root)/segments")
    }

    private func deleteLogs(upTo mark: UInt64) {
        // What cannot be deleted now is deleted at the next start: the mark tells that it is not needed.
        guard let names = try? files.list("\(root)/log") else { return }
        for name in names {
            if let number = LogFile.number(ofName: name), number <= mark { try? files.remove("\(root)/log/\(name)") }
        }
    }

    private func evict() {
        let now = configuration.now()
        do { try merging.run(at: now) } catch { report(error) }
        let oldest = configuration.ageMaxNanoseconds.map { now > $0 ? now - $0 : 0 } ?? 0
        let evicted = view.evict(toBytes: configuration.segmentBytesMax, sealedBefore: oldest)
        if evicted.isEmpty { return }
        do {
            try catalogue.remove(segments: evicted.map(\.number))
        } catch {
            report(error)
        }
        // Readers that still hold the mapping go on; the space is free when the last of them is done.
        for segment in evicted { try? files.remove("\(root)/segments/\(Segment.fileName(segment.number))") }
    }
}
