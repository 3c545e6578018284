import Logging
import OpenTracing
import Thrift

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Packs spans into datagrams and sends them.
struct PacketSender<Writer: ThriftWriter & Sendable>: SpanSender, ~Copyable {
    /// Smaller datagrams pass everywhere; one that does not is lost for another reason.
    private static var packetSizeMinBytes: Int { 512 }
    /// Between two large datagrams of one burst: the receiver's buffer holds about three of them.
    private static var pauseMicroseconds: UInt32 { 500 }

    private(set) var statistics = ReporterStatistics()
    let batchSizeMaxSpans = Int.max
    private let settings: UDPReporter.Settings
    private let clock = SystemClock()
    private let logger: Logger
    private var packets: PacketBuilder<Writer>
    private var socket: DatagramSocket?
    private var lookedUpNanoseconds: Int64 = 0
    private var warning = LossWarning()
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
    mutating func send(_ spans: [FinishedSpan], fullQueueDroppedSpans: Int64) -> SendOutcome {
        let tooLargeBefore = statistics.tooLargeDroppedSpans
        if fullQueueDroppedSpans > statistics.fullQueueDroppedSpans {
            statistics.fullQueueDroppedSpans = fullQueueDroppedSpans
            warn("its queue of \(settings.queueCapacitySpans) spans is full")
        }
        openSocket()
        pack(spans)
        if statistics.tooLargeDroppedSpans > tooLargeBefore {
            warn("a span is larger than a packet may be, \(packets.packetSizeMax) bytes")
        }
        return .done
    }

    mutating func sendAgain() -> SendOutcome { .done }

    mutating func giveUp() {}

    /// Learns what became of the last packet, where the system knows.
    mutating func settle() {
        if let failure = socket?.takePendingFailure() { lastPacketFailed(failure) }
    }

    private mutating func pack(_ spans: [FinishedSpan]) {
        var index = 0
        /// The first span of the packet that is being filled, and what was lost before it.
        var first = 0
        var tooLargeBefore = statistics.tooLargeDroppedSpans
        var sentPackets = 0
        while index <= spans.count {
            let packet =
                index < spans.count
                ? packets.add(spans[index], statistics: &statistics) : packets.finish()
            if let packet {
                if sentPackets > 0, packet.bytes.count > 8192 { usleep(Self.pauseMicroseconds) }
                guard send(packet) else {
                    // Once more from the packet's first span on, in smaller packets.
                    packets.restart(packetSizeMax: max(Self.packetSizeMinBytes, packet.bytes.count / 2))
                    statistics.tooLargeDroppedSpans = tooLargeBefore
                    index = first
                    continue
                }
                sentPackets += 1
                first = index
                tooLargeBefore = statistics.tooLargeDroppedSpans
            }
            index += 1
        }
    }

    /// Sends a packet; false when the system refuses it for its size and a smaller one can be tried.
    private mutating func send(_ packet: PacketBuilder<Writer>.Packet) -> Bool {
        let count = Int64(packet.spanCount)
        guard socket != nil else {
            statistics.failedToEmitSpans += count
            return true
        }
        // A connected socket tells at a datagram that nobody got the one before; then this one is still to be sent.
        settle()
        do throws(SocketFailure) {
            try socket?.send(packet.bytes)
            statistics.sentSpans += count
            unsettledSpans = count
        } catch {
            if error == .tooLarge, packet.bytes.count > Self.packetSizeMinBytes { return false }
            statistics.failedToEmitSpans += count
            unsettledSpans = 0
            warn("a packet of \(packet.bytes.count) bytes: \(error)")
            if case .system = error { socket = nil }
        }
        return true
    }

    private mutating func lastPacketFailed(_ failure: SocketFailure) {
        statistics.sentSpans -= unsettledSpans
        statistics.failedToEmitSpans += unsettledSpans
        unsettledSpans = 0
        warn("\(failure)")
    }

    private mutating func openSocket() {
        let now = clock.monotonicNanoseconds
        let interval = settings.lookupInterval?.nanoseconds ?? .max
        if socket != nil, now - lookedUpNanoseconds < interval { return }
        settle()
        lookedUpNanoseconds = now
        do throws(SocketFailure) {
            socket = try DatagramSocket(host: settings.host, port: settings.port, family: settings.addressFamily)
            unsettledSpans = 0
            // What was too large on the way to the old address need not be so now.
            if packets.packetSizeMax != settings.packetSizeMaxBytes {
                packets.restart(packetSizeMax: settings.packetSizeMaxBytes)
            }
        } catch {
            // An old socket may go on working while the name service does not.
            if socket == nil { warn("\(error)") }
        }
    }

    private mutating func warn(_ reason: String) {
        guard warning.isDue() else { return }
        logger.warning(
            """
            Jaeger reporter loses spans on their way to \(settings.host):\(settings.port) (UDP): \(reason). \
            JAEGER_AGENT_HOST and JAEGER_AGENT_PORT say where to send them.
            """
        )
    }
}
