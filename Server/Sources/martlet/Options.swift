import ArgumentParser
import MartletServer

// The flags, in the groups of the help. They are texts here: the server's own reader knows what they mean, because
// it reads the same texts from the environment.

/// Flags of the query port.
struct QueryOptions: ParsableArguments {
    @Option(name: .of(.queryAddress), help: .address("Address of the web UI.", 16686))
    var address: String?

    @Option(name: .of(.queryBasePath), help: .of("Path below which it is served.", "path", "/"))
    var basePath: String?

    var values: [SettingName: String] {
        [.queryAddress: address, .queryBasePath: basePath].compactMapValues { $0 }
    }
}

/// Flags of the ports that take spans.
struct IngestOptions: ParsableArguments {
    @Option(name: .of(.listenHost), help: .of("Host for all addresses without one.", "host", "localhost"))
    var listenHost: String?

    @Option(name: .of(.otlpGRPCAddress), help: .address("OTLP over gRPC.", 4317))
    var otlpGRPC: String?

    @Option(name: .of(.otlpAddress), help: .address("OTLP over HTTP.", 4318))
    var otlp: String?

    @Option(name: .of(.otlpEnabled), help: .of("Whether to take OTLP.", "true|false", "true"))
    var otlpEnabled: String?

    @Option(name: .of(.otlpAllowedOrigins), help: .of("Web pages that may send OTLP.", "origins", "none"))
    var otlpAllowedOrigins: String?

    @Option(name: .of(.collectorAddress), help: .address("Jaeger Thrift over HTTP.", 14268))
    var collector: String?

    @Option(name: .of(.collectorGRPCAddress), help: .address("Jaeger's model over gRPC.", 14250))
    var collectorGRPC: String?

    @Option(name: .of(.zipkinAddress), help: .address("Zipkin over HTTP.", 9411))
    var zipkin: String?

    @Option(name: .of(.jaegerCompactAddress), help: .address("Jaeger compact over UDP.", 6831))
    var jaegerCompact: String?

    @Option(name: .of(.jaegerBinaryAddress), help: .address("Jaeger binary over UDP.", 6832))
    var jaegerBinary: String?

    @Option(name: .of(.zipkinCompactAddress), help: .address("Zipkin compact over UDP.", 5775))
    var zipkinCompact: String?

    @Option(name: .of(.ingestBytes), help: .of("Bytes of requests under way.", "size", "64MiB"))
    var ingestBytes: String?

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .ingestBytes: ingestBytes, .listenHost: listenHost, .otlpGRPCAddress: otlpGRPC, .otlpAddress: otlp,
            .collectorGRPCAddress: collectorGRPC,
            .otlpEnabled: otlpEnabled,
            .otlpAllowedOrigins: otlpAllowedOrigins, .collectorAddress: collector, .zipkinAddress: zipkin,
            .jaegerCompactAddress: jaegerCompact, .jaegerBinaryAddress: jaegerBinary,
            .zipkinCompactAddress: zipkinCompact,
        ]
        return values.compactMapValues { $0 }
    }
}

/// Flags of the store.
struct StorageOptions: ParsableArguments {
    @Option(name: .of(.storage), help: .of("Files, or memory that ends with it.", "embedded|memory", "embedded"))
    var storage: String?

    @Option(name: .of(.dataDirectory), help: .of("Folder of the files.", "folder", "./martlet-data"))
    var dataDirectory: String?

    @Option(
        name: .of(.durability),
        help: .of("What stored spans survive: fsync a power cut, os a crash, async neither.", "fsync|os|async", "os")
    )
    var durability: String?

    @Option(name: .of(.retentionSize), help: .of("How much is kept, as bytes or share.", "20GiB|80%|0", "80%"))
    var retentionSize: String?

    @Option(name: .of(.retentionAge), help: .of("How long spans are kept.", "168h|7d|0", "7d"))
    var retentionAge: String?

    @Option(name: .of(.rollupSize), help: .of("How much of figures is kept.", "2GiB|1%|0", "2GiB"))
    var rollupSize: String?

    @Option(name: .of(.rollupAge), help: .of("How long figures are kept.", "70d|0", "ten times as long as spans"))
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
    @Option(name: .of(.samplingAddress), help: .address("Where clients ask.", 5778))
    var address: String?

    @Option(name: .of(.samplingGRPCAddress), help: .address("The same over gRPC.", 5779))
    var grpcAddress: String?

    @Option(name: .of(.samplingProbability), help: .of("Share of traces they are to sample.", "0...1", "1"))
    var probability: String?

    @Option(name: .of(.samplingFile), help: .of("File with strategies by service.", "file", "none"))
    var file: String?

    @Option(name: .of(.samplingType), help: .of("Whether probabilities follow the traffic.", "file|adaptive", "file"))
    var type: String?

    @Option(name: .of(.samplingTarget), help: .of("Adaptive: traces a second of an operation.", "rate", "1"))
    var target: String?

    @Option(name: .of(.samplingTolerance), help: .of("Adaptive: how far off is near enough.", "0...1", "0.3"))
    var tolerance: String?

    @Option(name: .of(.samplingInitialProbability), help: .of("Adaptive: of unknown operations.", "0...1", "0.001"))
    var initialProbability: String?

    @Option(name: .of(.samplingMinProbability), help: .of("Adaptive: the lowest.", "0...1", "1e-5"))
    var minProbability: String?

    @Option(name: .of(.samplingMinRate), help: .of("Adaptive: traces a second in any case.", "rate", "1/60"))
    var minRate: String?

    @Option(name: .of(.samplingInterval), help: .of("Adaptive: how often they move.", "1m|10s", "1m"))
    var interval: String?

    @Option(name: .of(.samplingReloadInterval), help: .of("How often it is looked at.", "1s|1m|0", "1s"))
    var reloadInterval: String?

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .samplingAddress: address, .samplingGRPCAddress: grpcAddress, .samplingProbability: probability,
            .samplingFile: file, .samplingReloadInterval: reloadInterval, .samplingType: type,
            .samplingTarget: target, .samplingTolerance: tolerance, .samplingInitialProbability: initialProbability,
            .samplingMinProbability: minProbability, .samplingMinRate: minRate, .samplingInterval: interval,
        ]
        return values.compactMapValues { $0 }
    }
}

/// Flags for those who run the server.
struct OperationOptions: ParsableArguments {
    @Option(name: .of(.adminAddress), help: .address("Health and metrics.", 14269))
    var admin: String?

    @Option(name: .of(.logLevel), help: .of("What is logged.", "debug|info|warning|error", "info"))
    var logLevel: String?

    var values: [SettingName: String] {
        [.adminAddress: admin, .logLevel: logLevel].compactMapValues { $0 }
    }
}

extension NameSpecification {
    /// The flag of a setting.
    fileprivate static func of(_ setting: SettingName) -> NameSpecification {
        .customLong(setting.rawValue)
    }
}

extension ArgumentHelp {
    /// A line of help with its default.
    fileprivate static func of(_ abstract: String, _ value: String, _ standard: String) -> ArgumentHelp {
        ArgumentHelp("\(abstract) (default: \(standard))", valueName: value)
    }

    /// A line of help of an address.
    fileprivate static func address(_ abstract: String, _ port: Int) -> ArgumentHelp {
        of(abstract, "address", ":\(port)")
    }
}
