extension SettingName {
    /// What holds where nothing was said, as help and status show it.
    public var standard: String {
        switch self {
        case .listenHost: "localhost"
        case .queryAddress: ":16686"
        case .queryGRPCAddress: ":16685"
        case .queryBasePath: "/"
        case .uiConfiguration: "none"
        case .collectorAddress: ":14268"
        case .collectorGRPCAddress: ":14250"
        case .otlpEnabled: "true"
        case .otlpAddress: ":4318"
        case .otlpGRPCAddress: ":4317"
        case .otlpAllowedOrigins: "none"
        case .zipkinAddress: ":9411"
        case .zipkinAllowedOrigins: "none"
        case .jaegerCompactAddress: ":6831"
        case .jaegerBinaryAddress: ":6832"
        case .zipkinCompactAddress: ":5775"
        case .samplingAddress: ":5778"
        case .samplingGRPCAddress: ":5779"
        case .adminAddress: ":14269"
        case .ingestBytes: "64MiB"
        case .storage: "embedded"
        case .dataDirectory: "./martlet-data"
        case .durability: "os"
        case .retentionSize: "80%"
        case .retentionAge: "7d"
        case .rollupSize: "2GiB"
        case .rollupAge: "ten times as long as spans"
        case .samplingProbability: "1"
        case .samplingFile: "none"
        case .samplingReloadInterval: "1s"
        case .samplingType: "file"
        case .samplingTarget: "1"
        case .samplingTolerance: "0.3"
        case .samplingInitialProbability: "0.001"
        case .samplingMinProbability: "1e-5"
        case .samplingMinRate: "1/60"
        case .samplingInterval: "1m"
        case .debugCredits: "no limit"
        case .baggageRestrictions: "none"
        case .tailPolicies: "none"
        case .logLevel: "info"
        case .agentCollector: "http://localhost:14268"
        case .agentSampling: "the collector"
        case .agentQueue: "./martlet-agent-queue"
        case .agentQueueSize: "256MiB"
        }
    }
}

/// What somebody said of a setting, and where.
public struct SaidSetting: Sendable, Equatable {
    /// The text as it was written.
    public var value: String
    /// The flag, or the variable of the environment.
    public var origin: String
}
