import Logging
import Sampling

/// Everything that can be set, with its default.
public struct ServerSettings: Sendable {
    /// Where spans are kept.
    public enum Storage: String, CaseIterable, Sendable {
        /// In memory; they are gone when the server ends.
        case memory
        /// In files of the data directory.
        case embedded
    }

    /// What an acknowledgement promises.
    public enum Durability: String, CaseIterable, Sendable {
        /// The spans survive a power cut.
        case fsync
        /// The spans survive the end of the process, `kill -9` included.
        case os
        /// Spans of the last moment may be lost when the process dies.
        case async
    }

    /// The host for addresses that name none.
    ///
    /// `localhost` is 127.0.0.1 and, where the machine has it, ::1.
    public var listenHost = "localhost"
    // Where it listens; nil to not listen.

    /// The query API and the web UI.
    public var queryAddress: ListenAddress? = ListenAddress(port: 16686)
    /// Jaeger's query services over gRPC.
    public var queryGRPCAddress: ListenAddress? = ListenAddress(port: 16685)
    /// The path below which the query API and the web UI are served, for reverse proxies; starts with a slash.
    public var queryBasePath = "/"
    /// The file with the configuration of the web UI in Jaeger's format, if there is one.
    public var uiConfigurationFile: String?
    /// Jaeger Thrift over HTTP.
    public var collectorAddress: ListenAddress? = ListenAddress(port: 14268)
    /// Jaeger's model over gRPC.
    public var collectorGRPCAddress: ListenAddress? = ListenAddress(port: 14250)
    /// OTLP over gRPC.
    public var otlpGRPCAddress: ListenAddress? = ListenAddress(port: 4317)
    /// OTLP over HTTP.
    public var otlpAddress: ListenAddress? = ListenAddress(port: 4318)
    /// Origins of pages that browsers may send OTLP from; `*` is any.
    public var otlpAllowedOrigins: [String] = []
    /// Origins of pages that browsers may send Zipkin's spans from; `*` is any.
    public var zipkinAllowedOrigins: [String] = []
    /// Zipkin over HTTP.
    public var zipkinAddress: ListenAddress? = ListenAddress(port: 9411)
    /// Jaeger Thrift compact over UDP.
    public var jaegerCompactAddress: ListenAddress? = ListenAddress(port: 6831)
    /// Jaeger Thrift binary over UDP.
    public var jaegerBinaryAddress: ListenAddress? = ListenAddress(port: 6832)
    /// Zipkin Thrift compact over UDP.
    public var zipkinCompactAddress: ListenAddress? = ListenAddress(port: 5775)
    /// Remote sampling for Jaeger clients.
    public var samplingAddress: ListenAddress? = ListenAddress(port: 5778)
    /// Remote sampling over gRPC.
    public var samplingGRPCAddress: ListenAddress? = ListenAddress(port: 5779)
    /// Health and metrics.
    public var adminAddress: ListenAddress? = ListenAddress(port: 14269)

    /// Bytes of requests, unpacked, that may be under way at a time; those that would be more are refused.
    public var ingestBytesMax = 64 << 20

    /// Where spans are kept.
    public var storage = Storage.embedded
    /// The folder of the embedded store; it is made if need be.
    public var dataDirectory = "./martlet-data"
    /// What an acknowledgement promises.
    public var durability = Durability.os
    /// How many bytes the stored spans may take; in memory the store's own bound holds instead of a share of a disk.
    public var retentionSize = RetentionSize.shareOfDisk(0.8)
    /// How long stored spans are kept.
    public var retentionAge = RetentionAge.seconds(7 * 86_400)
    /// How many bytes the figures of spans may take; in memory the store's own bound holds unless something is said.
    public var rollupSize = RetentionSize.bytes(2 << 30)
    /// How long the figures of spans are kept; nil is ten times as long as the spans.
    public var rollupAge: RetentionAge?

    /// How likely clients that ask are told to sample a trace, 0 to 1.
    public var samplingProbability = 1.0
    /// The file with sampling strategies by service, if there is one.
    public var samplingFile: String?
    /// How often that file is looked at for changes; zero for never.
    public var samplingReloadInterval = Duration.seconds(1)
    /// How adaptive sampling works; nil if it does not.
    public var samplingAdaptive: AdaptiveOptions?
    /// How often adaptive sampling moves its probabilities.
    public var samplingInterval = Duration.seconds(60)
    /// Traces a second of each operation that clients which ask may force to be sampled; 0 for no limit.
    public var debugCreditsPerSecond = 0.0
    /// The file that says which baggage clients may set, if there is one.
    public var baggageRestrictionsFile: String?
    /// The file with the policies of tail sampling, if there is one.
    public var tailPolicies: String?
    /// What is logged: this level and above.
    public var logLevel = Logger.Level.info

    /// How long requests under way may take to end when the server stops.
    public var stopTimeout = Duration.seconds(10)

    /// What was said of the settings, where it was not left to the default.
    public internal(set) var said: [SettingName: SaidSetting] = [:]

    /// The defaults.
    public init() {}

    /// Does not listen on these ports.
    mutating func leaveOut(_ ports: [PortName]) {
        for port in ports { self[keyPath: port.path] = nil }
    }
}
