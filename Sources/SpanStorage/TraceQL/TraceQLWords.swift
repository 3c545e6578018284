import TraceModel

extension StatusCode {
    /// TraceQL's word.
    var word: String {
        switch self {
        case .unset: "unset"
        case .ok: "ok"
        case .error: "error"
        }
    }
}

extension SpanKind {
    /// TraceQL's word.
    var word: String { self == .unspecified ? "unspecified" : tagValue }
}

extension Intrinsic {
    /// The intrinsic of a name: its own, or one of the others that TraceQL has for it.
    init?(word: String) {
        if let own = Intrinsic(rawValue: word) {
            self = own
            return
        }
        switch word {
        case "span:name": self = .name
        case "span:duration": self = .duration
        case "span:status": self = .status
        case "span:statusMessage": self = .statusMessage
        case "span:kind": self = .kind
        case "trace:rootName": self = .rootName
        case "trace:rootService", "trace:rootServiceName": self = .rootServiceName
        case "trace:duration": self = .traceDuration
        case "childCount": self = .childCount
        default: return nil
        }
    }
}
