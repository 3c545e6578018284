import Dispatch
import Logging
import OpenTracing
import Synchronization

/// Sends spans to a Jaeger agent, or a server that listens like one, in UDP datagrams.
///
/// `report` puts a span into a bounded queue and returns. A serial dispatch queue takes them out when enough have come
/// together or some time has passed: not a task, since a program that keeps the concurrency pool busy would keep its
/// spans from being sent.
public final class UDPReporter: Reporter {
    /// How a reporter sends.
    public struct Settings: Sendable, Hashable {
        /// The agent's host name or address.
        public var host = "localhost"
        /// The agent's port for Thrift's compact protocol.
        public var port: UInt16 = 6831
        /// How many spans may wait to be sent; more are dropped and counted.
        public var queueCapacitySpans = 4096
        /// So many waiting spans are sent without waiting for the time to pass.
        public var batchSizeSpans = 256
        /// How long a span waits for others at most.
        public var flushInterval: Duration = .seconds(1)
        /// How large a datagram may be.
        ///
        /// macOS sends none above 9,216 bytes unless it is told to.
        public var packetSizeMaxBytes = Self.defaultPacketSizeMaxBytes

        /// The settings of a reporter that nothing was said about.
        public init() {}

        #if canImport(Darwin)
        static let defaultPacketSizeMaxBytes = 9216
        #else
        static let defaultPacketSizeMaxBytes = 65_000
        #endif
    }

    private struct Queue {
        var spans: [FinishedSpan] = []
        var isDrainScheduled = false
        var isTimerRunning = false
        var isClosed = false
        var fullQueueDroppedSpans: Int64 = 0
        var reportedAfterClose: Int64 = 0
    }

    /// What `report` leaves to be done outside the lock.
    private enum Wake { case none, now, later }

    private let settings: Settings
    private let queue = Mutex(Queue())
    private let sender: Mutex<PacketSender>
    private let worker = DispatchQueue(label: "jaeger-reporter", qos: .utility)

    /// Makes a reporter; it opens its socket when there is something to send.
    ///
    /// - Parameters:
    ///   - serviceName: The name under which the spans appear.
    ///   - processTags: What is told about this process besides its host, address and library.
    ///   - settings: How to send.
    ///   - logger: Where it says that spans can't be sent.
    public init(
        serviceName: String,
        processTags: TagList = [:],
        settings: Settings = Settings(),
        logger: Logger = Logger(label: "jaeger")
    ) {
        self.settings = settings
        sender = Mutex(
            PacketSender(serviceName: serviceName, processTags: processTags, settings: settings, logger: logger)
        )
    }

    /// What was sent and what was lost so far; spans that wait are in neither.
    public var statistics: ReporterStatistics {
        var statistics = sender.withLock { $0.statistics }
        queue.withLock { queue in
            statistics.fullQueueDroppedSpans = queue.fullQueueDroppedSpans
            statistics.failedToEmitSpans += queue.reportedAfterClose
        }
        return statistics
    }

    /// Puts a span into the queue, or drops it when the queue is full.
    public func report(_ span: FinishedSpan) {
        let wake: Wake = queue.withLock { queue in
            guard !queue.isClosed else {
                queue.reportedAfterClose += 1
                return .none
            }
            guard queue.spans.count < settings.queueCapacitySpans else {
                queue.fullQueueDroppedSpans += 1
                return .none
            }
            queue.spans.append(span)
            if queue.isDrainScheduled { return .none }
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
            worker.asyncAfter(deadline: .now() + settings.flushInterval.dispatchInterval) {
                self.queue.withLock { $0.isTimerRunning = false }
                self.drain()
            }
        }
    }

    /// Returns when every span that was reported before is sent or given up.
    public func flush() async {
        await withCheckedContinuation { continuation in
            worker.async {
                self.drain()
                self.sender.withLock { $0.settle() }
                continuation.resume()
            }
        }
    }

    /// Flushes; spans that are reported from now on are lost, and counted.
    public func close() async {
        queue.withLock { $0.isClosed = true }
        await flush()
    }

    /// Sends what waits.
    ///
    /// Runs on the worker only, so packets leave in the order in which spans came.
    private func drain() {
        let (spans, dropped) = queue.withLock { queue in
            queue.isDrainScheduled = false
            let spans = queue.spans
            queue.spans = []
            return (spans, queue.fullQueueDroppedSpans)
        }
        if spans.isEmpty { return }
        sender.withLock { $0.send(spans, fullQueueDroppedSpans: dropped) }
    }

    /// Where the spans go.
    public var description: String { "UDPReporter(\(settings.host):\(settings.port))" }
}

extension Duration {
    /// The duration as Dispatch has it: whole microseconds, at most about 292,000 years.
    fileprivate var dispatchInterval: DispatchTimeInterval {
        let microseconds = components.seconds.multipliedReportingOverflow(by: 1_000_000)
        if microseconds.overflow { return .never }
        return .microseconds(Int(microseconds.partialValue + components.attoseconds / 1_000_000_000_000))
    }
}
