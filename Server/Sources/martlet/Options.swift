import ArgumentParser
import MartletServer

// The flags, in the groups of the help. They are texts here: the server's own reader knows what they mean, because
// it reads the same texts from the environment.

/// Flags of whatever stores spans: all-in-one and collector, which differ in what is on unless it is said.
struct ServerOptions: ParsableArguments {
    @OptionGroup(title: "Web UI and query API")
    var query: QueryOptions

    @OptionGroup(title: "Where spans come in")
    var ingest: IngestOptions

    @OptionGroup(title: "Where spans are kept")
    var storage: StorageOptions

    @OptionGroup(title: "Sampling")
    var sampling: SamplingOptions

    @OptionGroup(title: "Operation")
    var operation: OperationOptions

    var values: [[SettingName: String]] {
        [query.values, ingest.values, storage.values, sampling.values, operation.values]
    }
}

/// Flags of the query port.
struct QueryOptions: ParsableArguments {
    @Option(.queryAddress, "Address of the web UI.")
    var address: String?

    @Option(.queryGRPCAddress, "Query services over gRPC.")
    var grpcAddress: String?

    @Option(.queryBasePath, "Path below which it is served.", "path")
    var basePath: String?

    @Option(.uiConfiguration, "Jaeger's configuration of the web UI, as JSON.", "file")
    var uiConfiguration: String?

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .queryAddress: address, .queryGRPCAddress: grpcAddress, .queryBasePath: basePath,
            .uiConfiguration: uiConfiguration,
        ]
        return values.compactMapValues { $0 }
    }
}

/// Flags of the ports that take spans.
struct IngestOptions: ParsableArguments {
    @Option(.otlpGRPCAddress, "OTLP over gRPC.")
    var otlpGRPC: String?

    @Option(.otlpAddress, "OTLP over HTTP.")
    var otlp: String?

    @Option(.otlpEnabled, "Whether to take OTLP.", "true|false")
    var otlpEnabled: String?

    @Option(.otlpAllowedOrigins, "Web pages that may send OTLP.", "origins")
    var otlpAllowedOrigins: String?

    @Option(.collectorAddress, "Jaeger Thrift over HTTP.")
    var collector: String?

    @Option(.collectorGRPCAddress, "Jaeger's model over gRPC.")
    var collectorGRPC: String?

    @Option(.zipkinAddress, "Zipkin over HTTP.")
    var zipkin: String?

    @Option(.zipkinAllowedOrigins, "Web pages that may send Zipkin's spans.", "origins")
    var zipkinAllowedOrigins: String?

    @OptionGroup var datagrams: DatagramOptions

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .otlpGRPCAddress: otlpGRPC, .otlpAddress: otlp, .otlpEnabled: otlpEnabled,
            .otlpAllowedOrigins: otlpAllowedOrigins, .collectorAddress: collector,
            .collectorGRPCAddress: collectorGRPC, .zipkinAddress: zipkin, .zipkinAllowedOrigins: zipkinAllowedOrigins,
        ]
        return values.compactMapValues { $0 }.merging(datagrams.values) { $1 }
    }
}

/// Flags that whatever listens has, and those of the ports that a server and an agent share.
struct DatagramOptions: ParsableArguments {
    @Option(.listenHost, "Host for all addresses without one.", "host")
    var listenHost: String?

    @Option(.jaegerCompactAddress, "Jaeger compact over UDP.")
    var jaegerCompact: String?

    @Option(.jaegerBinaryAddress, "Jaeger binary over UDP.")
    var jaegerBinary: String?

    @Option(.zipkinCompactAddress, "Zipkin compact over UDP.")
    var zipkinCompact: String?

    @Option(.ingestBytes, "Bytes of what has come in and is under way.", "size")
    var ingestBytes: String?

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .listenHost: listenHost, .jaegerCompactAddress: jaegerCompact, .jaegerBinaryAddress: jaegerBinary,
            .zipkinCompactAddress: zipkinCompact, .ingestBytes: ingestBytes,
        ]
        return values.compactMapValues { $0 }
    }
}

/// Flags of the store.
struct StorageOptions: ParsableArguments {
    @Option(.storage, "Files, or memory that ends with it.", "embedded|memory")
    var storage: String?

    @Option(.dataDirectory, "Folder of the files.", "folder")
    var dataDirectory: String?

    @Option(.durability, "What stored spans survive: fsync a power cut, os a crash, async neither.", "fsync|os|async")
    var durability: String?

    @Option(.retentionSize, "How much is kept, as bytes or share.", "20GiB|80%|0")
    var retentionSize: String?

    @Option(.retentionAge, "How long spans are kept.", "168h|7d|0")
    var retentionAge: String?

    @Option(.rollupSize, "How much of figures is kept.", "2GiB|1%|0")
    var rollupSize: String?

    @Option(.rollupAge, "How long figures are kept.", "70d|0")
    var rollupAge: String?

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .storage: storage, .dataDirectory: dataDirectory, .durability: durability,
            .retentionSize: retentionSize, .retentionAge: retentionAge, .rollupSize: rollupSize, .rollupAge: rollupAge,
        ]
        return values.compactMapValues { $0 }
    }
}

/// Flags of what clients are told to sample.
struct SamplingOptions: ParsableArguments {
    @OptionGroup var answers: SamplingAddressOptions

    @Option(.samplingGRPCAddress, "The same over gRPC.")
    var grpcAddress: String?

    @Option(.samplingProbability, "Share of traces they are to sample.", "0...1")
    var probability: String?

    @Option(.samplingFile, "File with strategies by service.", "file")
    var file: String?

    @Option(.samplingType, "Whether probabilities follow the traffic.", "file|adaptive")
    var type: String?

    @Option(.samplingTarget, "Adaptive: traces a second of an operation.", "rate")
    var target: String?

    @Option(.samplingTolerance, "Adaptive: how far off is near enough.", "0...1")
    var tolerance: String?

    @Option(.samplingInitialProbability, "Adaptive: of unknown operations.", "0...1")
    var initialProbability: String?

    @Option(.samplingMinProbability, "Adaptive: the lowest.", "0...1")
    var minProbability: String?

    @Option(.samplingMinRate, "Adaptive: traces a second in any case.", "rate")
    var minRate: String?

    @Option(.samplingInterval, "Adaptive: how often they move.", "1m|10s")
    var interval: String?

    @Option(.samplingReloadInterval, "How often files are looked at.", "1s|1m|0")
    var reloadInterval: String?

    @Option(.debugCredits, "Forced traces a second of an operation.", "rate")
    var debugCredits: String?

    @Option(.baggageRestrictions, "File with the baggage that clients may set.", "file")
    var baggageRestrictions: String?

    @Option(.tailPolicies, "File with policies of tail sampling.", "file")
    var tailPolicies: String?

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .samplingGRPCAddress: grpcAddress, .samplingProbability: probability,
            .samplingFile: file, .samplingReloadInterval: reloadInterval, .samplingType: type,
            .samplingTarget: target, .samplingTolerance: tolerance, .samplingInitialProbability: initialProbability,
            .samplingMinProbability: minProbability, .samplingMinRate: minRate, .samplingInterval: interval,
            .tailPolicies: tailPolicies, .debugCredits: debugCredits, .baggageRestrictions: baggageRestrictions,
        ]
        return values.compactMapValues { $0 }.merging(answers.values) { $1 }
    }
}

/// The flag of the port where clients ask how to sample: of a server, or of an agent that passes the question on.
struct SamplingAddressOptions: ParsableArguments {
    @Option(.samplingAddress, "Where clients ask how to sample.")
    var address: String?

    var values: [SettingName: String] { [.samplingAddress: address].compactMapValues { $0 } }
}

/// Flags for those who run the server.
struct OperationOptions: ParsableArguments {
    @Option(.adminAddress, "Health and metrics.")
    var admin: String?

    @Option(.logLevel, "What is logged.", "debug|info|warning|error")
    var logLevel: String?

    var values: [SettingName: String] {
        [.adminAddress: admin, .logLevel: logLevel].compactMapValues { $0 }
    }
}

extension Option where Value == String? {
    /// The flag of a setting, with a line of help that ends with the default.
    init(_ setting: SettingName, _ abstract: String, _ value: String = "address") {
        self.init(
            name: .customLong(setting.rawValue),
            help: ArgumentHelp("\(abstract) (default: \(setting.standard))", valueName: value)
        )
    }
}
