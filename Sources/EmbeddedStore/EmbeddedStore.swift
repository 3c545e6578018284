import SpanStorage
import Synchronization
import TraceModel

/// The store on one machine's disk: a log for what just came, column blocks for the rest, SQLite for what there is.
///
/// A batch goes to the log, then into the head, then its sender hears of it; a full head is sealed into a segment, and
/// the log behind it is deleted. See docs/architecture.md for the picture and docs/block-format.md for the bytes.
public final class EmbeddedStore: SpanStore {
    /// What a person who watches the start should know: what was read back from the log, what was damaged.
    public let openingNotes: [String]

    private let view: StoreView
    private let queue: BatchQueue
    private let committer: Committer
    private let sealer: Sealer
    private let catalogue: Catalogue
    private let rollups: RollupQuestions
    private let threads = QueryThreads()
    // Held until the store is closed.
    private let lock: Mutex<FolderLock?>

    /// Opens the store of a folder, or makes it: what is in the log becomes visible again before this returns.
    ///
    /// Throws `SpanStoreError`: `.io` if the folder cannot be used or another process has it open, `.version` if a
    /// newer version wrote it, `.damaged` if its catalogue is unreadable.
    public static func open(_ configuration: EmbeddedStoreConfiguration) throws(SpanStoreError) -> EmbeddedStore {
        guard let directory = configuration.directory else {
            return try open(configuration, files: MemoryFileSystem(), root: "memory")
        }
        return try open(configuration, files: PosixFileSystem(), root: directory)
    }

    /// Opens a store on any file system; SQLite uses the real one, or memory.
    static func open(
        _ configuration: EmbeddedStoreConfiguration,
        files: any FileSystem,
        root: String
    ) throws(SpanStoreError) -> EmbeddedStore {
        let isOnDisk = configuration.directory != nil
        try StoreOpening.makeFolders(files, root: root)
        let lock = try isOnDisk ? FolderLock(root) : nil
        let catalogue = try Catalogue(path: isOnDisk ? "\(root)/catalogue.sqlite" : ":memory:")
        return try open(
            configuration,
            StoreOpening(files: files, root: root, catalogue: catalogue),
            hasLog: isOnDisk,
            lock: lock,
            threads: (DispatchThread("martlet.log", isUrgent: true), DispatchThread("martlet.seal", isUrgent: false))
        )
    }

    /// Opens a store over parts that a test may have made.
    static func open(
        _ configuration: EmbeddedStoreConfiguration,
        _ parts: StoreOpening,
        hasLog: Bool,
        lock: FolderLock?,
        threads: (log: any WorkThread, seal: any WorkThread)
    ) throws(SpanStoreError) -> EmbeddedStore {
        var opening = parts
        try opening.openSegments()
        var log: LogWriter?
        if hasLog {
            try opening.replayLog()
            do {
                log = try LogWriter(
                    files: opening.files,
                    folder: "\(opening.root)/log",
                    number: opening.lastLogNumber + 1,
                    previousSize: opening.lastLogSize
                )
            } catch {
                throw error.storeError()
            }
        }
        let lastSegment = try opening.catalogue.segmentMark()
        let sealer = Sealer(configuration, opening, lastNumber: lastSegment, thread: threads.seal)
        let committer = Committer(
            configuration,
            view: opening.view,
            sealer: sealer,
            log: log,
            newOperations: opening.newOperations
        )
        let queue = BatchQueue(
            bytesMax: configuration.queueBytesMax,
            thread: threads.log,
            hasRoom: { committer.hasRoom },
            write: { committer.commit($0) }
        )
        return EmbeddedStore(opening, sealer, committer, queue, lock, now: configuration.now)
    }

    private init(
        _ opening: StoreOpening,
        _ sealer: Sealer,
        _ committer: Committer,
        _ queue: BatchQueue,
        _ lock: FolderLock?,
        now: @escaping @Sendable () -> UInt64
    ) {
        openingNotes = opening.notes
        view = opening.view
        catalogue = opening.catalogue
        rollups = RollupQuestions(view: opening.view, catalogue: opening.catalogue, now: now)
        self.sealer = sealer
        self.committer = committer
        self.queue = queue
        self.lock = Mutex(lock)
        sealer.afterEachAttempt { [weak queue] in queue?.resume() }
        committer.sealIfFull()
        sealer.beginRetention()
    }

    public func append(_ batch: SpanBatch, completion: @escaping @Sendable (Result<Void, SpanStoreError>) -> Void) {
        if batch.isEmpty { return completion(.success(())) }
        queue.add(BatchQueue.Entry(batch: batch, completion: completion))
    }

    public func services() async throws(SpanStoreError) -> [String] { view.services() }

    public func operations(of service: String, kind: SpanKind?) async throws(SpanStoreError) -> [Operation] {
        view.operations(of: service, kind: kind)
    }

    public func trace(_ id: TraceID) async throws(SpanStoreError) -> SpanBatch? {
        try await threads.run(.standard) { [view] _ throws(SpanStoreError) in
            var collection = TraceCollection([id])
            for source in view.sources() {
                do throws(SpanStoreError) {
                    try source.collect(into: &collection)
                } catch {
                    guard view.damage.note(error) else { throw error }
                }
            }
            return collection.trace(id)
        }
    }

    public func findTraces(_ query: TraceQuery) async throws(SpanStoreError) -> FoundTraces {
        try query.validate()
        return try await threads.run(query.budget) { [view] meter throws(SpanStoreError) in
            var search = TraceSearch(query, in: view.sources(), meter: meter)
            let found = try search.traces()
            view.damage.note(found.outcome.partial)
            return found
        }
    }

    public func findTraceSummaries(_ query: TraceQuery) async throws(SpanStoreError) -> FoundSummaries {
        try query.validate()
        return try await threads.run(query.budget) { [view] meter throws(SpanStoreError) in
            var search = TraceSearch(query, in: view.sources(), meter: meter)
            let found = try search.summaries()
            view.damage.note(found.outcome.partial)
            return found
        }
    }

    public func spanRates(_ query: RateQuery) async throws(SpanStoreError) -> SpanRates {
        let questions = rollups
        return try await threads.run(.standard) { _ throws(SpanStoreError) in try questions.rates(query) }
    }

    public func dependencies(in window: Range<UInt64>) async throws(SpanStoreError) -> [ServiceEdge] {
        let questions = rollups
        return try await threads.run(.standard) { _ throws(SpanStoreError) in try questions.dependencies(in: window) }
    }

    public func statistics() -> SpanStoreStatistics {
        var statistics = view.statistics()
        statistics.queuedBytes = UInt64(queue.bytes)
        return statistics
    }

    public func close() async {
        await queue.close()
        await sealer.close()
        committer.close()
        catalogue.close()
        lock.withLock { $0 = nil }
    }

    /// Returns when nothing is being written or sealed. For tests that look at files.
    func settle() async {
        await queue.settle()
        await sealer.settle()
    }
}
