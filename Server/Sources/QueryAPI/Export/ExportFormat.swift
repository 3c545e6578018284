/// In which form traces are handed out.
enum ExportFormat: String, CaseIterable {
    /// Jaeger's JSON, which its UI and ours take back.
    case jaeger
    /// A request of OTLP in JSON, which every OTLP receiver takes.
    case otlpJSON = "otlp-json"
    /// The same in protobuf.
    case otlpProtobuf = "otlp-proto"
    /// A request of OTLP in JSON on each line, one for each trace, or for each part of a large one.
    case lines = "ndjson"
    /// A table of spans.
    case table = "csv"
    /// A page that needs nothing but a browser.
    case page = "html"

    /// The kind of content.
    var contentType: String {
        switch self {
        case .jaeger, .otlpJSON: "application/json"
        case .otlpProtobuf: "application/x-protobuf"
        case .lines: "application/x-ndjson"
        case .table: "text/csv; charset=utf-8"
        case .page: "text/html; charset=utf-8"
        }
    }

    /// What files of it are called.
    var fileExtension: String {
        switch self {
        case .jaeger: "json"
        case .otlpJSON: "otlp.json"
        case .otlpProtobuf: "pb"
        case .lines: "ndjson"
        case .table: "csv"
        case .page: "html"
        }
    }
}
