import Logging
import OpenTracing
import Thrift

/// Sends spans to a Jaeger agent, or a server that listens like one, in UDP datagrams.
public final class UDPReporter: Reporter {
    /// How a reporter sends.
    public struct Settings: Sendable, Hashable {
        /// Which of Thrift's protocols the datagrams have.
        public enum Encoding: Sendable, Hashable {
            /// What the agent's port 6831 expects, and most clients write.
            case compact
            /// What the agent's port 6832 expects.
            case binary
        }

        /// Which addresses of the host are used.
        public enum AddressFamily: Sendable, Hashable {
            /// IPv4, or what else the host has when it has none of these.
            case any
            case ipv4
            case ipv6
        }

        /// The agent's host name or address.
        public var host = "localhost"
        /// The agent's port.
        public var port: UInt16 = 6831
        /// Which of Thrift's protocols that port expects.
        public var encoding = Encoding.compact
        /// Which addresses of the host are used.
        public var addressFamily = AddressFamily.any
        /// How many spans may wait to be sent; more are dropped and counted.
        public var queueCapacitySpans = 4096
        /// So many waiting spans are sent without waiting for the time to pass.
        public var batchSizeSpans = 256
        /// How long a span waits for others at most.
        public var flushInterval: Duration = .seconds(1)
        /// How large a datagram may be.
        ///
        /// macOS sends none above 9,216 bytes unless it is told to. Where the system refuses a datagram as too large,
        /// it is split and the next ones are made smaller.
        public var packetSizeMaxBytes = Self.defaultPacketSizeMaxBytes
        /// After this time the host is looked up again, since agents move; nil to look it up once.
        public var lookupInterval: Duration? = .seconds(30)

        /// The settings of a reporter that nothing was said about.
        public init() {}

        #if canImport(Darwin)
        static let defaultPacketSizeMaxBytes = 9216
        #else
        static let defaultPacketSizeMaxBytes = 65_000
        #endif
    }

    private enum Batching: Sendable {
        case compact(BatchingReporter<PacketSender<CompactWriter>>)
        case binary(BatchingReporter<PacketSender<BinaryWriter>>)
    }

    private let settings: Settings
    private let batching: Batching

    /// Makes a reporter; it opens its socket when there is something to send.
    ///
    /// - Parameters:
    ///   - serviceName: The name under which the spans appear.
    ///   - processTags: What is told about this process besides its host, address and library.
    ///   - settings: How to send.
    ///   - logger: Where it says that spans can't be sent.
    ///   - metrics: Where it counts what becomes of spans.
    public init(
        serviceName: String,
        processTags: TagList = [:],
        settings: Settings = Settings(),
        logger: Logger = Logger(label: "jaeger"),
        metrics: (any TracerMetrics)? = nil
    ) {
        self.settings = settings
        func batching<Writer>(_: Writer.Type) -> BatchingReporter<PacketSender<Writer>> {
            BatchingReporter(
                PacketSender<Writer>(
                    serviceName: serviceName,
                    processTags: processTags,
                    settings: settings,
                    logger: logger
                ),
                settings: .init(
                    queueCapacitySpans: settings.queueCapacitySpans,
                    batchSizeSpans: settings.batchSizeSpans,
                    flushInterval: settings.flushInterval,
                    closeTimeout: .zero
                ),
                metrics: metrics
            )
        }
        switch settings.encoding {
        case .compact: self.batching = .compact(batching(CompactWriter.self))
        case .binary: self.batching = .binary(batching(BinaryWriter.self))
        }
    }

    /// What was sent and what was lost so far; spans that wait are in neither.
    public var statistics: ReporterStatistics {
        switch batching {
        case .compact(let batching): batching.statistics
        case .binary(let batching): batching.statistics
        }
    }

    /// Puts a span into the queue, or drops it when the queue is full.
    public func report(_ span: FinishedSpan) {
        switch batching {
        case .compact(let batching): batching.report(span)
        case .binary(let batching): batching.report(span)
        }
    }

    /// Returns when every span that was reported before is sent or given up.
    public func flush() async {
        switch batching {
        case .compact(let batching): await batching.flush()
        case .binary(let batching): await batching.flush()
        }
    }

    /// Flushes; spans that are reported from now on are lost, and counted.
    public func close() async {
        switch batching {
        case .compact(let batching): await batching.close()
        case .binary(let batching): await batching.close()
        }
    }

    /// Where the spans go.
    public var description: String { "UDPReporter(\(settings.host):\(settings.port))" }
}
