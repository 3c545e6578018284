import Logging
import OpenTracing

/// Sends spans to a collector over HTTP: as Jaeger's Thrift or as OTLP.
///
/// Unlike a datagram, a request is answered: spans are kept until the collector took them. While it is away or busy
/// they wait in the queue, and when that is full the newest are dropped and counted.
public final class CollectorReporter: Reporter {
    /// How spans look on the way.
    public enum Format: Sendable, Hashable {
        /// Thrift's binary protocol (`POST /api/traces` on port 14268).
        case jaegerThrift
        /// OTLP in protobuf (`POST /v1/traces` on port 4318), which any collector of OpenTelemetry takes too.
        case otlp
    }

    /// Who we say we are.
    public enum Authorization: Sendable, Hashable {
        /// A name and a password.
        case basic(user: String, password: String)
        /// A token.
        case bearer(String)

        /// What stands in the header `Authorization`.
        var header: String {
            switch self {
            case .basic(let user, let password): "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
            case .bearer(let token): "Bearer " + token
            }
        }
    }

    /// How a reporter sends.
    public struct Settings: Sendable, Hashable {
        /// Where to, with the path.
        public var url: String
        /// How spans look on the way.
        public var format: Format
        /// Who we say we are.
        public var authorization: Authorization?
        /// Further headers of each request.
        public var headers: [String: String] = [:]
        /// How many spans may wait to be sent; more are dropped and counted.
        public var queueCapacitySpans = 4096
        /// So many waiting spans are sent without waiting for the time to pass, and so many at most in one request.
        public var batchSizeSpans = 512
        /// How long a span waits for others at most.
        public var flushInterval: Duration = .seconds(1)
        /// How long one request may take.
        public var timeout: Duration = .seconds(5)
        /// A request that fails because the collector is away or busy is repeated for so long.
        public var retryTimeout: Duration = .seconds(300)
        /// How long `close` goes on trying while the collector is away.
        public var closeTimeout: Duration = .seconds(5)

        /// Makes settings; a URL whose path is `/v1/traces` is one for OTLP.
        public init(url: String, format: Format? = nil) {
            self.url = url
            let path = url.prefix { $0 != "?" }
            self.format = format ?? (path.hasSuffix("/v1/traces") ? .otlp : .jaegerThrift)
        }
    }

    private let settings: Settings
    private let batching: BatchingReporter<RequestSender>

    /// Makes a reporter; it connects when there is something to send.
    ///
    /// - Parameters:
    ///   - serviceName: The name under which the spans appear.
    ///   - processTags: What is told about this process.
    ///   - settings: Where and how to send.
    ///   - transport: Who sends the requests; by default plain HTTP without TLS.
    ///   - logger: Where it says that spans can't be sent.
    ///   - metrics: Where it counts what becomes of spans.
    public init(
        serviceName: String,
        processTags: TagList = [:],
        settings: Settings,
        transport: any HTTPTransport = SocketTransport(),
        logger: Logger = Logger(label: "jaeger"),
        metrics: (any TracerMetrics)? = nil
    ) {
        self.settings = settings
        batching = BatchingReporter(
            RequestSender(
                serviceName: serviceName,
                processTags: processTags,
                settings: settings,
                transport: transport,
                logger: logger
            ),
            settings: .init(
                queueCapacitySpans: settings.queueCapacitySpans,
                batchSizeSpans: settings.batchSizeSpans,
                flushInterval: settings.flushInterval,
                closeTimeout: settings.closeTimeout
            ),
            metrics: metrics
        )
    }

    /// What the collector took and what was lost so far; spans that wait are in neither.
    public var statistics: ReporterStatistics { batching.statistics }

    /// Puts a span into the queue, or drops it when the queue is full.
    public func report(_ span: FinishedSpan) { batching.report(span) }

    /// Returns when every span that was reported before is sent or given up, or the collector can't be reached.
    public func flush() async { await batching.flush() }

    /// Sends what waits, for `closeTimeout` even while the collector is away; spans that are reported from now on are
    /// lost, and counted.
    public func close() async { await batching.close() }

    /// Where the spans go.
    public var description: String { "CollectorReporter(\(settings.url))" }
}

/// Bytes as text of 64 characters (RFC 4648).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let isFilled = index <= group.count
                let digit = Int(number >> UInt32(18 - 6 * index)) & 63
                text.append(isFilled ? alphabet[digit] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
