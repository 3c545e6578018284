/// The ports of the server, by what is spoken on them.
public enum PortName: String, CaseIterable, Sendable {
    case query
    case queryGRPC = "query-grpc"
    case otlpGRPC = "otlp-grpc"
    case otlpHTTP = "otlp-http"
    case jaegerHTTP = "jaeger-http"
    case jaegerGRPC = "jaeger-grpc"
    case zipkinHTTP = "zipkin-http"
    case jaegerCompact = "jaeger-compact"
    case jaegerBinary = "jaeger-binary"
    case zipkinCompact = "zipkin-compact"
    case sampling
    case samplingGRPC = "sampling-grpc"
    case admin

    /// The setting that chooses the port.
    public var setting: SettingName {
        switch self {
        case .query: .queryAddress
        case .queryGRPC: .queryGRPCAddress
        case .otlpGRPC: .otlpGRPCAddress
        case .otlpHTTP: .otlpAddress
        case .jaegerHTTP: .collectorAddress
        case .jaegerGRPC: .collectorGRPCAddress
        case .zipkinHTTP: .zipkinAddress
        case .jaegerCompact: .jaegerCompactAddress
        case .jaegerBinary: .jaegerBinaryAddress
        case .zipkinCompact: .zipkinCompactAddress
        case .sampling: .samplingAddress
        case .samplingGRPC: .samplingGRPCAddress
        case .admin: .adminAddress
        }
    }

    /// Whether it is UDP.
    public var isDatagram: Bool { datagramSource != nil }

    /// How spans come in by the port, if it is UDP.
    var datagramSource: IngestSource? {
        switch self {
        case .jaegerCompact: .jaegerCompactUDP
        case .jaegerBinary: .jaegerBinaryUDP
        case .zipkinCompact: .zipkinCompactUDP
        case .query, .queryGRPC, .otlpGRPC, .otlpHTTP, .jaegerHTTP, .jaegerGRPC, .zipkinHTTP, .sampling, .samplingGRPC,
            .admin:
            nil
        }
    }

    /// Where the settings want it; nil if it is switched off.
    func address(_ settings: ServerSettings) -> ListenAddress? { settings[keyPath: path] }

    /// The field of the settings that says so.
    var path: WritableKeyPath<ServerSettings, ListenAddress?> {
        switch self {
        case .query: \.queryAddress
        case .queryGRPC: \.queryGRPCAddress
        case .otlpGRPC: \.otlpGRPCAddress
        case .otlpHTTP: \.otlpAddress
        case .jaegerHTTP: \.collectorAddress
        case .jaegerGRPC: \.collectorGRPCAddress
        case .zipkinHTTP: \.zipkinAddress
        case .jaegerCompact: \.jaegerCompactAddress
        case .jaegerBinary: \.jaegerBinaryAddress
        case .zipkinCompact: \.zipkinCompactAddress
        case .sampling: \.samplingAddress
        case .samplingGRPC: \.samplingGRPCAddress
        case .admin: \.adminAddress
        }
    }
}
