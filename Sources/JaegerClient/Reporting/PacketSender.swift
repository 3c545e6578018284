import Logging
import OpenTracing

/// Packs spans and sends the packets: what a reporter does off the threads of the program that is traced.
struct PacketSender: ~Copyable, Sendable {
    /// After this time the host is looked up again: agents move.
    private static let lookupIntervalNanoseconds: Int64 = 30_000_000_000
    /// Between two warnings about the same loss.
    private static let warningIntervalNanoseconds: Int64 = 60_000_000_000

    private(set) var statistics = ReporterStatistics()
    private let settings: UDPReporter.Settings
    private let clock = SystemClock()
    private let logger: Logger
    private var packets: PacketBuilder
    private var socket: DatagramSocket?
    private var lookedUpNanoseconds: Int64 = 0
    private var warnedNanoseconds: Int64?
    /// Spans in the last packet, of which we may still hear that nobody got it.
    private var unsettledSpans: Int64 = 0

    init(serviceName: String, processTags: TagList, settings: UDPReporter.Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        packets = PacketBuilder(
            serviceName: serviceName,
            processTags: processTags,
            packetSizeMax: settings.packetSizeMaxBytes
        )
    }

    /// Sends spans; what can't be sent is counted, and now and then a warning says why.
    mutating func send(_ spans: [FinishedSpan], fullQueueDroppedSpans: Int64) {
        let tooLargeBefore = statistics.tooLargeDroppedSpans
        if fullQueueDroppedSpans > statistics.fullQueueDroppedSpans {
            statistics.fullQueueDroppedSpans = fullQueueDroppedSpans
            warn("its queue of \(settings.queueCapacitySpans) spans is full")
        }
        openSocket()
        for span in spans {
            if let packet = packets.add(span, statistics: &statistics) { send(packet) }
        }
        if let packet = packets.finish() { send(packet) }
        if statistics.tooLargeDroppedSpans > tooLargeBefore {
            warn("a span is larger than a packet may be, \(settings.packetSizeMaxBytes) bytes")
        }
    }

    /// Learns what became of the last packet, where the system knows.
    mutating func settle() {
        if let failure = socket?.takePendingFailure() { lastPacketFailed(failure) }
    }

    private mutating func send(_ packet: PacketBuilder.Packet) {
        let count = Int64(packet.spanCount)
        guard socket != nil else {
            statistics.failedToEmitSpans += count
            return
        }
        // A connected socket tells at a datagram that nobody got the one before; then this one is still to be sent.
        settle()
        do {
            try socket?.send(packet.bytes)
            statistics.sentSpans += count
            unsettledSpans = count
        } catch {
            statistics.failedToEmitSpans += count
            unsettledSpans = 0
            warn("a packet of \(packet.bytes.count) bytes: \(error)")
            if case .system = error { socket = nil }
        }
    }

    private mutating func lastPacketFailed(_ failure: DatagramSocket.Failure) {
        statistics.sentSpans -= unsettledSpans
        statistics.failedToEmitSpans += unsettledSpans
        unsettledSpans = 0
        warn("\(failure)")
    }

    private mutating func openSocket() {
        let now = clock.monotonicNanoseconds
        if socket != nil, now - lookedUpNanoseconds < Self.lookupIntervalNanoseconds { return }
        settle()
        lookedUpNanoseconds = now
        do throws(DatagramSocket.Failure) {
            socket = try DatagramSocket(host: settings.host, port: settings.port)
            unsettledSpans = 0
        } catch {
            // An old socket may go on working while the name service does not.
            if socket == nil { warn("\(error)") }
        }
    }

    private mutating func warn(_ reason: String) {
        let now = clock.monotonicNanoseconds
        if let last = warnedNanoseconds, now - last < Self.warningIntervalNanoseconds { return }
        warnedNanoseconds = now
        logger.warning(
            """
            Jaeger reporter loses spans on their way to \(settings.host):\(settings.port) (UDP): \(reason). \
            JAEGER_AGENT_HOST and JAEGER_AGENT_PORT say where to send them.
            """
        )
    }
}
