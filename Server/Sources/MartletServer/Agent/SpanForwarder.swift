import Logging
import NIOPosix
import Senders
import SpanStorage
import Synchronization
import TraceModel

/// Sends spans on to a collector: gathers them into requests, keeps these on the disk until they were taken, and sends
/// again with growing pauses while the collector is away or busy.
///
/// A batch counts as taken when the request that has its spans is in the queue on the disk: it survives the end of
/// this process. A request is sent at least once: if the answer is lost it is sent again.
final class SpanForwarder: SpanSink {
    /// What became of spans, since the start.
    struct Figures: Sendable {
        /// Requests and spans that the collector took.
        var sentRequests: UInt64 = 0
        var sentSpans: UInt64 = 0
        /// Spans that the collector will not take, however often it is asked.
        var refusedSpans: UInt64 = 0
        /// Attempts that are to be repeated.
        var retries: UInt64 = 0
        /// Whether the last attempt succeeded.
        var isConnected = false
        /// What the collector, or the network, said last, when it was no success.
        var lastProblem: String?
    }

    /// Spans that are gathered, and who waits for them.
    private struct Gathering {
        var batch = SpanBatch()
        var index = ResourceIndex()
        var waiting: [@Sendable (Result<Void, SpanStoreError>) -> Void] = []
        var isClosed = false
    }

    private let collector: CollectorAddress
    private let spool: SpoolFolder
    private let connection: CollectorConnection
    private let logger: Logger
    private let gathering = Mutex(Gathering())
    private let counted = Mutex(Figures())
    private let flushes: AsyncStream<Void>
    private let flush: AsyncStream<Void>.Continuation

    /// A request is made when so many spans have come, or after this time.
    private static let spansPerRequest = 512
    private static let flushInterval = Duration.seconds(1)
    /// Spans that may be gathered while the disk is slow.
    private static let gatheredSpansMax = 50_000
    private static let pauseMax = 30.0

    init(to collector: CollectorAddress, spool: SpoolFolder, logger: Logger) {
        self.collector = collector
        self.spool = spool
        self.logger = logger
        connection = CollectorConnection(to: collector)
        (flushes, flush) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What became of spans.
    var figures: Figures { counted.withLock { $0 } }

    /// What waits on the disk.
    var queue: SpoolFolder.Figures { spool.figures }

    func append(_ batch: SpanBatch, completion: @escaping @Sendable (Result<Void, SpanStoreError>) -> Void) {
        if batch.isEmpty { return completion(.success(())) }
        let refusal: SpanStoreError? = gathering.withLock { gathering in
            if gathering.isClosed { return .closed }
            if gathering.batch.count >= Self.gatheredSpansMax { return .overloaded(retryAfterSeconds: 1) }
            var copy = BatchCopy(from: batch)
            for row in 0..<batch.count {
                copy.append(row, of: batch, to: &gathering.batch, index: &gathering.index)
            }
            gathering.waiting.append(completion)
            if gathering.batch.count >= Self.spansPerRequest { flush.yield() }
            return nil
        }
        if let refusal { completion(.failure(refusal)) }
    }

    /// Queues and sends, until its task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.flushInterval)) != nil { self.flush.yield() }
            }
            group.addTask {
                for await _ in self.flushes { await self.enqueue() }
            }
            group.addTask { await self.send() }
        }
    }

    /// Puts what was gathered into the queue, and takes nothing more.
    func close() async {
        gathering.withLock { $0.isClosed = true }
        await enqueue()
        await connection.close()
    }

    private func enqueue() async {
        let (batch, waiting) = gathering.withLock { gathering in
            let taken = (gathering.batch, gathering.waiting)
            gathering = Gathering(isClosed: gathering.isClosed)
            return taken
        }
        if batch.isEmpty { return }
        let result = await withCheckedContinuation { continuation in
            // Not on a thread that others wait for: the disk may be slow.
            NIOThreadPool.singleton.submit { [self] _ in continuation.resume(returning: write(batch)) }
        }
        for completion in waiting { completion(result) }
    }

    private func write(_ batch: SpanBatch) -> Result<Void, SpanStoreError> {
        do throws(SpoolError) {
            for (body, spans) in collector.format.bodies(of: batch) {
                guard try spool.add(body, spans: spans, kind: collector.format.rawValue) else {
                    return .failure(.overloaded(retryAfterSeconds: 10))
                }
            }
            return .success(())
        } catch {
            return .failure(.io(error.description))
        }
    }

    /// Sends the queue, the oldest request first.
    private func send() async {
        var pause = 0.0
        while !Task.isCancelled {
            guard let entry = spool.oldest else {
                guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
                continue
            }
            if let hint = await attempt(entry) {
                pause = min(max(1, pause * 2), Self.pauseMax)
                // Up to a fifth more by chance: many agents must not all return at once.
                let seconds = max(pause, Double(hint)) * Double.random(in: 1...1.2)
                guard (try? await Task.sleep(for: .milliseconds(Int64(seconds * 1_000)))) != nil else { return }
            } else {
                pause = 0
            }
        }
    }

    /// Sends a request; nil if it is done with, otherwise how many seconds to wait at the least before the next one.
    private func attempt(_ entry: SpoolFolder.Entry) async -> Int? {
        let body: [UInt8]
        do throws(SpoolError) {
            body = try spool.body(of: entry)
        } catch {
            logger.error("a request of the queue is lost", metadata: ["error": "\(error)", "spans": "\(entry.spans)"])
            counted.withLock { $0.refusedSpans += UInt64(entry.spans) }
            spool.remove(entry)
            return nil
        }
        let answer: CollectorAnswer
        do {
            answer = try await connection.send(body, kind: entry.kind)
        } catch {
            note(problem: "\(collector) cannot be reached: \(error)")
            return 0
        }
        switch answer {
        case .later(let seconds, let words):
            note(problem: words)
            return seconds ?? 0
        case .taken:
            if !figures.isConnected { logger.info("the collector takes spans", metadata: ["url": "\(collector)"]) }
            counted.withLock { figures in
                figures.sentRequests += 1
                figures.sentSpans += UInt64(entry.spans)
                figures.isConnected = true
                figures.lastProblem = nil
            }
        case .refused(let words):
            logger.error(
                "the collector refuses spans for good",
                metadata: ["answer": "\(words)", "spans": "\(entry.spans)"]
            )
            counted.withLock { figures in
                figures.refusedSpans += UInt64(entry.spans)
                figures.lastProblem = words
            }
        }
        spool.remove(entry)
        return nil
    }

    private func note(problem: String) {
        let isNew = counted.withLock { figures in
            figures.retries += 1
            let isNew = figures.isConnected || figures.lastProblem == nil
            figures.isConnected = false
            figures.lastProblem = problem
            return isNew
        }
        if isNew { logger.warning("spans wait in the queue", metadata: ["problem": "\(problem)"]) }
    }
}
