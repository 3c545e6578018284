import SpanStorage
import TraceModel

/// The store on one machine's disk: a log for what just came, column blocks for the rest, SQLite for what there is.
///
/// A batch goes to the log, then into the head, then its sender hears of it; a full head is sealed into a segment, and
/// the log behind it is deleted. See docs/architecture.md for the picture and docs/block-format.md for the bytes.
public final class EmbeddedStore: SpanStore {
    private let view: StoreView
    private let queue: BatchQueue
    private let sealer: Sealer

    /// Opens the store of a folder, or makes it: what is in the log becomes visible again before this returns.
    ///
    /// Throws `SpanStoreError`: `.io` if the folder cannot be used or another process has it open, `.version` if a
    /// newer version wrote it, `.damaged` if its catalogue is unreadable.
    public static func open(_ configuration: EmbeddedStoreConfiguration) throws(SpanStoreError) -> EmbeddedStore {
        let view = StoreView()
        let sealer = Sealer(view: view)
        let queue = BatchQueue(bytesMax: configuration.queueBytesMax) { entries in
            _ = view.append(entries.map(\.batch))
            for entry in entries { entry.completion(.success(())) }
        }
        return EmbeddedStore(view: view, queue: queue, sealer: sealer)
    }

    private init(view: StoreView, queue: BatchQueue, sealer: Sealer) {
        self.view = view
        self.queue = queue
        self.sealer = sealer
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
        var collection = TraceCollection([id])
        for source in view.sources() { try source.collect(into: &collection) }
        return collection.trace(id)
    }

    public func findTraces(_ query: TraceQuery) async throws(SpanStoreError) -> FoundTraces {
        guard (1...TraceQuery.limitMax).contains(query.limit) else {
            throw .query("the limit must be between 1 and \(TraceQuery.limitMax), not \(query.limit)")
        }
        var search = TraceSearch(query, in: view.sources())
        return try search.run()
    }

    public func statistics() -> SpanStoreStatistics {
        var statistics = view.statistics()
        statistics.queuedBytes = UInt64(queue.bytes)
        return statistics
    }

    public func close() async {
        await queue.close()
    }
}
