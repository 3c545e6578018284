import Dispatch
import Synchronization

/// The queue in front of a sender, and the thread on which that works.
///
/// `report` puts a span into a bounded queue and returns. A serial dispatch queue takes them out when enough have come
/// together or some time has passed: not a task, since a program that keeps the concurrency pool busy would keep its
/// spans from being sent. Spans that a sender has taken and not yet sent still count as waiting, so that a server that
/// is away costs a known amount of memory.
final class BatchingReporter<Sender: SpanSender & ~Copyable>: Sendable {
    struct Settings: Sendable {
        var queueCapacitySpans: Int
        var batchSizeSpans: Int
        var flushInterval: Duration
        /// How long `close` goes on trying.
        var closeTimeout: Duration
    }

    private let settings: Settings
    private let metrics: (any TracerMetrics)?
    private let queue = Mutex(SpanQueue())
    private let sender: Mutex<Sender>
    private let counted = Mutex(ReporterStatistics())
    private let worker = DispatchQueue(label: "jaeger-reporter", qos: .utility)

    init(_ sender: consuming sending Sender, settings: Settings, metrics: (any TracerMetrics)?) {
        self.settings = settings
        self.metrics = metrics
        self.sender = Mutex(sender)
    }

    /// What was sent and what was lost so far; spans that wait are in neither.
    var statistics: ReporterStatistics {
        var statistics = sender.withLock { $0.statistics }
        queue.withLock { queue in
            statistics.fullQueueDroppedSpans = queue.fullQueueDroppedSpans
            statistics.failedToEmitSpans += queue.reportedAfterClose
        }
        return statistics
    }

    /// Puts a span into the queue, or drops it when the queue is full.
    func report(_ span: FinishedSpan) {
        let wake: Wake = queue.withLock { queue in
            guard !queue.isClosed else {
                queue.reportedAfterClose += 1
                return .none
            }
            guard queue.spans.count + queue.takenSpans < settings.queueCapacitySpans else {
                queue.fullQueueDroppedSpans += 1
                return .none
            }
            queue.spans.append(span)
            if queue.isDrainScheduled || queue.isWaiting { return .none }
            if queue.spans.count >= settings.batchSizeSpans {
                queue.isDrainScheduled = true
                return .now
            }
            if queue.isTimerRunning { return .none }
            queue.isTimerRunning = true
            return .later
        }
        switch wake {
        case .none: break
        case .now: worker.async { self.drain() }
        case .later:
            worker.asyncAfter(deadline: .now() + .nanoseconds(Int(settings.flushInterval.nanoseconds))) {
                self.queue.withLock { $0.isTimerRunning = false }
                self.drain()
            }
        }
    }

    /// Returns when every span that was reported before is sent or given up, or the server can't be reached.
    func flush() async {
        await withCheckedContinuation { continuation in
            worker.async {
                self.drain(isAsked: true)
                self.sender.withLock { $0.settle() }
                self.count()
                continuation.resume()
            }
        }
    }

    /// Sends what waits, for a while even if the server is away; spans that are reported from now on are lost, and
    /// counted.
    func close() async {
        queue.withLock { $0.isClosed = true }
        let deadline = ContinuousClock.now + settings.closeTimeout
        await flush()
        while hasWaitingSpans, ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            await flush()
        }
        await withCheckedContinuation { continuation in
            worker.async {
                self.giveUp()
                continuation.resume()
            }
        }
    }

    private var hasWaitingSpans: Bool { queue.withLock { !$0.spans.isEmpty || $0.takenSpans > 0 } }

    /// Sends what waits, unless the server asked to be left alone and nobody insists.
    ///
    /// Runs on the worker only, so spans leave in the order in which they came.
    private func drain(isAsked: Bool = false) {
        let mayGoOn = queue.withLock { queue in
            queue.isDrainScheduled = false
            return isAsked || !queue.isWaiting
        }
        guard mayGoOn else { return }
        if queue.withLock({ $0.takenSpans }) > 0, !settle(sender.withLock { $0.sendAgain() }) { return }
        while let (spans, dropped) = take() {
            if !settle(sender.withLock { $0.send(spans, fullQueueDroppedSpans: dropped) }) { return }
        }
        count()
    }

    /// Takes as many spans out of the queue as the sender takes at once.
    private func take() -> (spans: [FinishedSpan], dropped: Int64)? {
        let most = sender.withLock { $0.batchSizeMaxSpans }
        return queue.withLock { queue in
            if queue.spans.isEmpty { return nil }
            let spans: [FinishedSpan]
            if queue.spans.count <= most {
                spans = queue.spans
                queue.spans = []
            } else {
                spans = Array(queue.spans.prefix(most))
                queue.spans.removeFirst(most)
            }
            queue.takenSpans = spans.count
            return (spans, queue.fullQueueDroppedSpans)
        }
    }

    /// Whether more can be sent; otherwise tries again later.
    private func settle(_ outcome: SendOutcome) -> Bool {
        switch outcome {
        case .done:
            queue.withLock { queue in
                queue.takenSpans = 0
                queue.isWaiting = false
            }
            return true
        case .tryAgain(let nanoseconds):
            let isFirst = queue.withLock { queue in
                defer { queue.isWaiting = true }
                return !queue.isWaiting
            }
            if isFirst {
                worker.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) {
                    self.queue.withLock { $0.isWaiting = false }
                    self.drain()
                }
            }
            count()
            return false
        }
    }

    private func giveUp() {
        sender.withLock { $0.giveUp() }
        queue.withLock { queue in
            queue.reportedAfterClose += Int64(queue.spans.count)
            queue.spans = []
            queue.takenSpans = 0
        }
        count()
    }

    /// Tells the metrics what has changed since it was told last.
    private func count() {
        guard let metrics else { return }
        let now = statistics
        let before = counted.withLock { counted in
            defer { counted = now }
            return counted
        }
        let failed = now.failedToEmitSpans - before.failedToEmitSpans
        let dropped = now.lostSpans - before.lostSpans - failed
        // A packet that was counted as sent may turn out to be lost; a counter does not go back.
        if now.sentSpans > before.sentSpans { metrics.add(Int(now.sentSpans - before.sentSpans), to: .spansReported) }
        if failed > 0 { metrics.add(Int(failed), to: .spansFailed) }
        if dropped > 0 { metrics.add(Int(dropped), to: .spansDropped) }
        metrics.setQueueLength(queue.withLock { $0.spans.count + $0.takenSpans })
    }
}

/// Spans that wait.
///
/// Not within the generic type, so that the compiler knows all of it where the lock is used.
private struct SpanQueue {
    var spans: [FinishedSpan] = []
    /// Taken by the sender and not sent yet.
    var takenSpans = 0
    var isDrainScheduled = false
    var isTimerRunning = false
    /// The server asked to be left alone.
    var isWaiting = false
    var isClosed = false
    var fullQueueDroppedSpans: Int64 = 0
    var reportedAfterClose: Int64 = 0
}

/// What ``BatchingReporter/report(_:)`` leaves to be done outside the lock.
private enum Wake { case none, now, later }
