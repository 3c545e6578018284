/// The settings of the server.
///
/// The raw value is the flag's name, and Jaeger's name where Jaeger has the setting.
public enum SettingName: String, CaseIterable, Sendable {
    case listenHost = "listen-host"
    case queryAddress = "query.http-server.host-port"
    case queryGRPCAddress = "query.grpc-server.host-port"
    case queryBasePath = "query.base-path"
    case uiConfiguration = "query.ui-config"
    case collectorAddress = "collector.http-server.host-port"
    case collectorGRPCAddress = "collector.grpc-server.host-port"
    case otlpEnabled = "collector.otlp.enabled"
    case otlpAddress = "collector.otlp.http.host-port"
    case otlpGRPCAddress = "collector.otlp.grpc.host-port"
    case otlpAllowedOrigins = "collector.otlp.http.cors.allowed-origins"
    case zipkinAddress = "collector.zipkin.host-port"
    case zipkinAllowedOrigins = "collector.zipkin.cors.allowed-origins"
    case jaegerCompactAddress = "processor.jaeger-compact.server-host-port"
    case jaegerBinaryAddress = "processor.jaeger-binary.server-host-port"
    case zipkinCompactAddress = "processor.zipkin-compact.server-host-port"
    case samplingAddress = "http-server.host-port"
    case samplingGRPCAddress = "sampling.grpc-server.host-port"
    case adminAddress = "admin.http.host-port"
    case ingestBytes = "ingest.max-bytes-in-flight"
    case storage = "storage"
    case dataDirectory = "data-dir"
    case durability = "durability"
    case retentionSize = "retention.max-bytes"
    case retentionAge = "retention.max-age"
    case rollupSize = "retention.rollup-max-bytes"
    case rollupAge = "retention.rollup-max-age"
    case samplingProbability = "sampling.default-sampling-probability"
    case samplingFile = "sampling.strategies-file"
    case samplingReloadInterval = "sampling.strategies-reload-interval"
    case samplingType = "sampling.config-type"
    case samplingTarget = "sampling.target-samples-per-second"
    case samplingTolerance = "sampling.delta-tolerance"
    case samplingInitialProbability = "sampling.initial-sampling-probability"
    case samplingMinProbability = "sampling.min-sampling-probability"
    case samplingMinRate = "sampling.min-samples-per-second"
    case samplingInterval = "sampling.calculation-interval"
    case debugCredits = "sampling.debug-credits-per-second"
    case baggageRestrictions = "sampling.baggage-restrictions-file"
    case tailPolicies = "sampling.tail-policies"
    case logLevel = "log-level"
    case agentCollector = "agent.collector"
    case agentSampling = "agent.sampling-from"
    case agentQueue = "agent.queue-dir"
    case agentQueueSize = "agent.queue-max-bytes"

    /// The flag as people type it.
    public var flag: String { "--" + rawValue }

    /// The environment variable that does the same: upper case, punctuation as underscores, as in Jaeger.
    public var variable: String {
        self == .listenHost ? "JAEGER_LISTEN_HOST" : Self.variable(forFlag: rawValue)
    }

    /// Older spellings of the flag, which Jaeger had and compose files still use.
    public var olderFlags: [String] {
        switch self {
        case .queryAddress: ["query.port"]
        case .zipkinAddress: ["collector.zipkin.http-port"]
        case .collectorAddress: ["collector.http-port"]
        case .collectorGRPCAddress: ["collector.grpc-port"]
        case .samplingAddress: ["http-server.port"]
        default: []
        }
    }

    /// Whether the flag may stand alone, for `true`.
    public var isSwitch: Bool { self == .otlpEnabled }

    /// Whether it is a setting of the agent alone.
    var isAgents: Bool { rawValue.hasPrefix("agent.") }

    /// The environment variable of a flag by the rule.
    public static func variable(forFlag flag: String) -> String {
        String(flag.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
