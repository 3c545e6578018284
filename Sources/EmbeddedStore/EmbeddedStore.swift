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
    let queue: BatchQueue
    let committer: Committer
    let sealer: Sealer
    let upkeep: Upkeep
    private let catalogue: Catalogue
    private let rollups: RollupQuestions
    private let threads: QueryThreads
    private let workThreads: Threads
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
        let (catalogue, notes) =
            try isOnDisk
            ? CatalogueRecovery(files: files, root: root).open() : (Catalogue(path: ":memory:"), [])
        return try open(
            configuration,
            StoreOpening(files: files, root: root, catalogue: catalogue, notes: notes),
            hasLog: isOnDisk,
            lock: lock,
            threads: Threads(
                log: DispatchThread("martlet.log", isUrgent: true),
                seal: DispatchThread("martlet.seal", isUrgent: false),
                upkeep: DispatchThread("martlet.upkeep", isUrgent: false)
            )
        )
    }

    /// Opens a store over parts that a test may have made.
    static func open(
        _ configuration: EmbeddedStoreConfiguration,
        _ parts: StoreOpening,
        hasLog: Bool,
        lock: FolderLock?,
        threads: Threads
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
        let folder = SegmentFolder(opening)
        let reserve = DiskReserve(files: opening.files, root: opening.root)
        let sealer = Sealer(configuration, opening, folder: folder, thread: threads.seal)
        let upkeep = try Upkeep(configuration, opening, folder: folder, reserve: reserve, thread: threads.upkeep)
        let committer = Committer(
            configuration,
            view: opening.view,
            sealer: sealer,
            reserve: reserve,
            log: log,
            newOperations: opening.newOperations
        )
        let queue = BatchQueue(
            bytesMax: configuration.queueBytesMax,
            thread: threads.log,
            now: configuration.now,
            hasRoom: { committer.hasRoom },
            write: { committer.commit($0) }
        )
        reserve.restore()
        return EmbeddedStore(configuration, opening, sealer, upkeep, committer, queue, threads, lock)
    }

    /// The threads on which a store works.
    struct Threads: Sendable {
        /// Writes the log, and answers those who send.
        var log: any WorkThread
        /// Seals.
        var seal: any WorkThread
        /// Looks after the segments.
        var upkeep: any WorkThread
        /// Answer questions.
        var questions = QueryThreads()
    }

    private init(
        _ configuration: EmbeddedStoreConfiguration,
        _ opening: StoreOpening,
        _ sealer: Sealer,
        _ upkeep: Upkeep,
        _ committer: Committer,
        _ queue: BatchQueue,
        _ threads: Threads,
        _ lock: FolderLock?
    ) {
        self.threads = threads.questions
        workThreads = threads
        openingNotes = opening.notes
        view = opening.view
        catalogue = opening.catalogue
        rollups = RollupQuestions(
            view: opening.view,
            catalogue: opening.catalogue,
            now: configuration.now,
            waitNanoseconds: configuration.callWaitNanoseconds
        )
        self.sealer = sealer
        self.upkeep = upkeep
        self.committer = committer
        self.queue = queue
        self.lock = Mutex(lock)
        sealer.afterEachAttempt { [weak queue, weak upkeep] error in
            if case .diskFull? = error { upkeep?.reserve.giveUp() }
            queue?.resume()
            upkeep?.wake()
        }
        committer.sealIfFull()
        upkeep.begin(
            onTick: { [weak queue, weak committer, reserve = upkeep.reserve] in
                queue?.perform { [committer] error in
                    if error != nil { return }
                    // What is in the log takes less room in a segment.
                    if reserve.isFull { try? committer?.sealAll() } else { committer?.sealIfOld() }
                }
            },
            onRoom: { [weak queue] in queue?.resume() }
        )
    }

    public func append(_ batch: SpanBatch, completion: @escaping @Sendable (Result<Void, SpanStoreError>) -> Void) {
        if batch.isEmpty { return completion(.success(())) }
        queue.add(BatchQueue.Entry(batch: batch, completion: completion))
    }

    public func count(_ batch: SpanBatch, completion: @escaping @Sendable (Result<Void, SpanStoreError>) -> Void) {
        append(batch.forCounting(), completion: completion)
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

    public func tracePage(
        _ id: TraceID,
        after place: TracePage.Place?,
        limit: Int
    ) async throws(SpanStoreError) -> TracePage? {
        guard (1...TracePage.spansMax).contains(limit) else {
            throw .query("a page has between 1 and \(TracePage.spansMax) spans, not \(limit)")
        }
        return try await threads.run(.standard) { [view] _ throws(SpanStoreError) in
            try TracePager(id, view.sources()).page(after: place, limit: limit)
        }
    }

    public func spans(_ ids: Set<SpanID>, of trace: TraceID) async throws(SpanStoreError) -> SpanBatch? {
        guard ids.count <= TracePage.idsMax else {
            throw .query("\(ids.count) spans are asked for, and \(TracePage.idsMax) may be")
        }
        return try await threads.run(.standard) { [view] _ throws(SpanStoreError) in
            try TracePager(trace, view.sources()).spans(ids)
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

    // A thread holds on to what it was given for a moment after it has answered. That must not be the catalogue: it
    // would end its use of the files behind the back of whoever opens them next.

    public func spanRates(_ query: RateQuery) async throws(SpanStoreError) -> SpanRates {
        try await threads.run(.standard) { [weak self] _ throws(SpanStoreError) in
            guard let self else { throw .closed }
            return try self.rollups.rates(query)
        }
    }

    public func dependencies(in window: Range<UInt64>) async throws(SpanStoreError) -> [ServiceEdge] {
        try await threads.run(.standard) { [weak self] _ throws(SpanStoreError) in
            guard let self else { throw .closed }
            return try self.rollups.dependencies(in: window)
        }
    }

    public func attributeKeys(
        _ query: AttributeQuery
    ) async throws(SpanStoreError) -> AttributeCounts<AttributeKeyCount> {
        let (census, partial) = try await census(query, .keys)
        var answer = census.keys()
        answer.partial = partial
        return answer
    }

    public func attributeValues(
        of key: String,
        _ query: AttributeQuery
    ) async throws(SpanStoreError) -> AttributeCounts<AttributeValueCount> {
        let (census, partial) = try await census(query, .values(key: key))
        var answer = census.values()
        answer.partial = partial
        return answer
    }

    private func census(
        _ query: AttributeQuery,
        _ subject: AttributeCensus.Subject
    ) async throws(SpanStoreError) -> (AttributeCensus, PartialAnswer?) {
        try query.validate()
        return try await threads.run(query.budget) { [view] meter throws(SpanStoreError) in
            var census = AttributeCensus(query, subject)
            let partial = try census.run(view.sources(), meter: meter)
            return (census, partial)
        }
    }

    public func statistics() -> SpanStoreStatistics {
        var statistics = view.statistics()
        statistics.queuedBytes = UInt64(queue.bytes)
        statistics.isDiskFull = upkeep.reserve.isFull
        statistics.pinnedTraces = UInt64(upkeep.pins.count)
        if let error = catalogue.copyError {
            statistics.damage.append(
                "catalogue.copy: it cannot be written, and until it is no file is deleted: \(error)"
            )
        }
        let others = upkeep.otherBytes
        statistics.logBytes = UInt64(others.log)
        statistics.catalogueBytes = UInt64(others.catalogue)
        statistics.work.logNanoseconds = workThreads.log.spentNanoseconds
        statistics.work.sealNanoseconds = workThreads.seal.spentNanoseconds
        statistics.work.upkeepNanoseconds = workThreads.upkeep.spentNanoseconds
        return statistics
    }

    public func close() async {
        await queue.close()
        await sealer.close()
        await upkeep.close()
        committer.close()
        catalogue.close()
        lock.withLock { $0 = nil }
    }

    /// Returns when nothing is being written or sealed. For tests that look at files.
    func settle() async {
        await queue.settle()
        await sealer.settle()
        await upkeep.settle()
    }
}
