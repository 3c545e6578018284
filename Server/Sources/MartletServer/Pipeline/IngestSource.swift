/// The ways by which spans come in.
enum IngestSource: Int, CaseIterable, Sendable {
    case jaegerCompactUDP
    case jaegerBinaryUDP
    case zipkinCompactUDP
    case jaegerHTTP
    case otlpHTTP
    case zipkinHTTP
    case otlpGRPC
    case jaegerGRPC

    /// The value of the label `format`, as Jaeger's collector has it.
    var format: String {
        switch self {
        case .jaegerCompactUDP, .jaegerBinaryUDP, .jaegerHTTP: "jaeger"
        case .jaegerGRPC: "proto"
        case .zipkinCompactUDP, .zipkinHTTP: "zipkin"
        case .otlpHTTP, .otlpGRPC: "otlp"
        }
    }

    /// The value of the label `transport`.
    var transport: String {
        switch self {
        case .jaegerCompactUDP, .jaegerBinaryUDP, .zipkinCompactUDP: "udp"
        case .jaegerHTTP, .otlpHTTP, .zipkinHTTP: "http"
        case .otlpGRPC, .jaegerGRPC: "grpc"
        }
    }

    /// The value of the label `source` on the metrics that Jaeger does not have.
    var label: String {
        switch self {
        case .jaegerCompactUDP: "jaeger_compact_udp"
        case .jaegerBinaryUDP: "jaeger_binary_udp"
        case .zipkinCompactUDP: "zipkin_compact_udp"
        case .jaegerHTTP: "jaeger_http"
        case .otlpHTTP: "otlp_http"
        case .zipkinHTTP: "zipkin_http"
        case .otlpGRPC: "otlp_grpc"
        case .jaegerGRPC: "jaeger_grpc"
        }
    }

    /// The value of the label `protocol` on the metrics of Jaeger's agent.
    var encoding: String {
        self == .jaegerBinaryUDP ? "binary" : "compact"
    }
}

/// Why a request, or a datagram, was refused as a whole.
///
/// The raw value is the label `reason` on metrics.
enum RequestFailure: String, CaseIterable, Sendable {
    case undecodable
    case unsupportedMedia = "unsupported_media_type"
    case notFound = "not_found"
    case method = "method_not_allowed"
    case tooLarge = "too_large"
    case slow = "too_slow"
    case overloaded
    case store
}
