import TraceModel

/// Where the spans that come in go: a store, or another server's receivers.
///
/// All methods may be called from any thread at any time until `close()` has returned.
public protocol SpanSink: Sendable {
    /// Takes a batch, which may mix spans of many traces and services.
    ///
    /// Returns at once. `completion` is called exactly once, on a thread of the store's, when the spans are durable at
    /// the level the operator chose and every later question sees them; or when they were refused, in which case none
    /// of them is kept. Over its budget the store refuses immediately rather than queue without bound.
    func append(_ batch: SpanBatch, completion: @escaping @Sendable (Result<Void, SpanStoreError>) -> Void)

    /// Refuses further batches, makes durable what was taken, and returns when nothing is under way any more.
    func close() async
}

/// What keeps spans and answers questions about them: the embedded store, a ClickHouse cluster.
///
/// All methods may be called from any thread at any time until `close()` has returned.
public protocol SpanStore: SpanSink {
    /// The names of all services that have spans, sorted by their UTF-8 bytes.
    func services() async throws(SpanStoreError) -> [String]

    /// The operations of a service, sorted by name and then kind; of one kind only if `kind` is given.
    ///
    /// Empty for an unknown service.
    func operations(of service: String, kind: SpanKind?) async throws(SpanStoreError) -> [Operation]

    /// All spans of a trace in the order of their start, or nil if there are none.
    func trace(_ id: TraceID) async throws(SpanStoreError) -> SpanBatch?

    /// The spans of a trace, page by page, in the order of their start: the first `limit` (1 to `TracePage.spansMax`)
    /// after a place, which is the `next` of the page before; nil if there is no such trace.
    ///
    /// A trace of any size is read in the memory of one page. Spans that come in meanwhile are on the pages behind.
    func tracePage(
        _ id: TraceID,
        after place: TracePage.Place?,
        limit: Int
    ) async throws(SpanStoreError) -> TracePage?

    /// Some spans of a trace by their ids, in the order of their start, those without any left out; nil if there is no
    /// such trace. Ids may repeat in a trace: all spans of an id are returned.
    ///
    /// Throws `.query` for more than `TracePage.idsMax` ids.
    func spans(_ ids: Set<SpanID>, of trace: TraceID) async throws(SpanStoreError) -> SpanBatch?

    /// The first traces that match in the order asked for, whole: exact, as a scan of everything would find them.
    ///
    /// What does not fit into the query's budget is marked as a partial answer. Throws `.query` if the question makes
    /// no sense, `.overloaded` if too many others wait for an answer.
    func findTraces(_ query: TraceQuery) async throws(SpanStoreError) -> FoundTraces

    /// The same search as `findTraces`, of whose traces only summaries are made, which costs a fraction.
    func findTraceSummaries(_ query: TraceQuery) async throws(SpanStoreError) -> FoundSummaries

    /// The keys of attributes that spans of some time have, the most frequent first; `query.prefix` is of the key.
    func attributeKeys(_ query: AttributeQuery) async throws(SpanStoreError) -> AttributeCounts<AttributeKeyCount>

    /// The values that attributes of a key have in spans of some time, the most frequent first; `query.prefix` is of
    /// the value's text.
    ///
    /// The service's name is the value of `service.name` at the level of resources, whatever it came in by.
    func attributeValues(
        of key: String,
        _ query: AttributeQuery
    ) async throws(SpanStoreError) -> AttributeCounts<AttributeValueCount>

    /// Takes spans to count them and not to keep them, as tail sampling does with those that it leaves out: they are in
    /// all figures and in no trace.
    ///
    /// Durable, and answered, as with `append`.
    func count(_ batch: SpanBatch, completion: @escaping @Sendable (Result<Void, SpanStoreError>) -> Void)

    // Questions about figures, which are kept of every span and longer than the spans.

    /// How many spans there were, how many failed and how long they took, in steps of whole minutes.
    ///
    /// Exact for every span that was acknowledged. Throws `.query` if the answer would have too many points.
    func spanRates(_ query: RateQuery) async throws(SpanStoreError) -> SpanRates

    /// The calls from service to service whose called span began within a window (nanoseconds since 1970, the end not
    /// included), by the names of caller and callee. A minute that is partly in the window counts as a whole.
    ///
    /// A call is a span with a parent in another service, whenever and in whichever order the two come in; of the two
    /// sides of a call that share one id in Zipkin's format the client's is the caller of the server's, and the
    /// server's is the parent of the spans below. References and links beside the parent are no calls.
    func dependencies(in window: Range<UInt64>) async throws(SpanStoreError) -> [ServiceEdge]

    // What an operator does with what is stored.

    /// Deletes traces with all of their spans that were acknowledged before the call; those that come later stay.
    ///
    /// When this returns no question finds the spans any more and no file of the store has their bytes. Deleting wins
    /// over pinning: the pins of deleted traces are taken away. If it throws, or the process dies meanwhile, part of
    /// them may be deleted, each span once and for all; asking again deletes the rest.
    func delete(_ deletion: TraceDeletion) async throws(SpanStoreError) -> DeletedTraces

    /// Pins a trace, so that its spans outlive retention, those that come later too; true if it was not pinned yet.
    ///
    /// Throws `.query` if the trace is not there, or if as many traces are pinned as there may be.
    func pin(_ id: TraceID) async throws(SpanStoreError) -> Bool

    /// Leaves a trace to retention again; true if it was pinned.
    func unpin(_ id: TraceID) async throws(SpanStoreError) -> Bool

    /// The pinned traces, in the order in which they were pinned.
    func pinnedTraces() async -> [PinnedTrace]

    /// Figures for the status page and `/metrics`.
    func statistics() -> SpanStoreStatistics
}

/// One operation of a service.
public struct Operation: Hashable, Sendable {
    /// The spans' name.
    public var name: String
    /// The spans' kind; one name may have several.
    public var kind: SpanKind

    /// Makes an operation from its parts.
    public init(name: String, kind: SpanKind) {
        self.name = name
        self.kind = kind
    }
}

/// Figures about a store, all since its start unless they say otherwise.
public struct SpanStoreStatistics: Sendable {
    /// Spans that were made durable.
    public var storedSpans: UInt64 = 0
    /// Spans that were counted and not kept.
    public var countedSpans: UInt64 = 0
    /// Spans that were found in the log at the start and not in a block yet.
    public var replayedSpans: UInt64 = 0
    /// Spans that are not there any more, by reason.
    public var evicted = EvictedSpans()
    /// Spans in the store now.
    public var spans: UInt64 = 0
    /// Spans of these that are not in a block yet.
    public var headSpans: UInt64 = 0
    /// Bytes of memory that these take.
    public var headBytes: UInt64 = 0
    /// Bytes that wait to be written to the log.
    public var queuedBytes: UInt64 = 0
    /// Segment files.
    public var segments: UInt64 = 0
    /// Bytes of the segment files.
    public var diskBytes: UInt64 = 0
    /// Bytes of the log files.
    public var logBytes: UInt64 = 0
    /// Bytes of the catalogue.
    public var catalogueBytes: UInt64 = 0
    /// Whether the disk is full and nothing is taken in for that reason.
    public var isDiskFull = false
    /// Traces that are pinned.
    public var pinnedTraces: UInt64 = 0
    /// Segments that were merged into others.
    public var mergedSegments: UInt64 = 0
    /// Processor time of the store's own threads.
    public var work = WorkStatistics()
    /// The figures of spans.
    public var rollups = RollupStatistics()
    /// Segment files that are damaged: set aside at the start, or found so by a question since.
    public var damagedSegments: UInt64 = 0
    /// What these questions found, in words that begin with the file's path, the first hundred of it; and what of the
    /// store's own files the disk refuses to take.
    public var damage: [String] = []

    /// All zero.
    public init() {}
}

/// Processor time that a store's own threads took since its start, in nanoseconds.
public struct WorkStatistics: Sendable, Equatable {
    /// Writing the log and making spans visible.
    public var logNanoseconds: UInt64 = 0
    /// Making segments of what is in the log.
    public var sealNanoseconds: UInt64 = 0
    /// Merging, retention and deletion.
    public var upkeepNanoseconds: UInt64 = 0

    /// All zero.
    public init() {}
}

/// Why a store refused or failed.
public enum SpanStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// More is waiting to be written than the budget allows: try again after so many seconds.
    case overloaded(retryAfterSeconds: Int)
    /// The disk is full; reading goes on.
    case diskFull(path: String)
    /// The store is shutting down.
    case closed
    /// The operating system refused; the text names the file and the reason.
    case io(String)
    /// What is on disk is not what was written there; the text names the file.
    case damaged(String)
    /// The data were written by another version; the text says by which and what to do.
    case version(String)
    /// The question cannot be answered as it stands; the text says why.
    case query(String)

    public var description: String {
        switch self {
        case .overloaded(let seconds):
            "the store is busy: more is waiting to be written than its budget allows; try again in \(seconds) s"
        case .diskFull(let path): "no space is left on the disk that holds \(path)"
        case .closed: "the server is shutting down"
        case .io(let text), .damaged(let text), .version(let text), .query(let text): text
        }
    }
}

extension SpanStore {
    /// Takes spans to count them and not to keep them, and returns when the figures have them for good.
    public func count(_ batch: SpanBatch) async throws(SpanStoreError) {
        let result = await withCheckedContinuation { continuation in
            count(batch) { continuation.resume(returning: $0) }
        }
        try result.get()
    }

    /// Takes a batch and returns when it is durable and visible.
    public func append(_ batch: SpanBatch) async throws(SpanStoreError) {
        let result = await withCheckedContinuation { continuation in
            append(batch) { continuation.resume(returning: $0) }
        }
        try result.get()
    }
}
