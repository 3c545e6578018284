import Foundation

/// Requests to a real Jaeger and what it answered: `Tests/Golden`, where the README says how they came about.
struct Recording: Decodable, Sendable {
    /// A request, and the different answers that the recorded servers gave to it.
    struct Case: Decodable, Sendable {
        var name: String
        /// Which port: `query`, `thrift`, `otlp`, `zipkin`, `sampling`, `udpc` or `udpb`.
        var target: String
        var method: String
        var path: String
        var headers: [String: String]?
        /// The file in `bodies` that is sent.
        var body: String?
        /// What can be asked for when the datagram has been taken in, as it has no answer.
        var visible: String?
        var answers: [Answer]?
    }

    /// An answer, and which servers gave it.
    struct Answer: Decodable, Sendable {
        var servers: [String]
        var status: Int
        /// The body, if it was JSON.
        var json: JSONValue?
        /// The body otherwise.
        var text: String?
    }

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Tests/Golden")

    /// All requests, in the order in which they were sent.
    static func cases() throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: try Data(contentsOf: folder.appendingPathComponent("cases.json")))
    }

    /// The cases in which we answer differently on purpose, and why.
    static func deliberate() throws -> [String: String] {
        let file = folder.appendingPathComponent("deliberate.json")
        return try JSONDecoder().decode([String: String].self, from: try Data(contentsOf: file))
    }

    static func body(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent("bodies/\(name)")))
    }
}

extension Recording.Answer {
    /// The answer in the form in which two are compared: lists have no order, and a span has its process in it, because
    /// the numbers of processes follow the order of spans.
    var canonical: String {
        if let json { return "\(status) \(json.withProcessesInSpans.sorted.text)" }
        return "\(status) \(text ?? "")"
    }

    /// An answer that came now.
    init(_ answer: HTTPResponse) {
        servers = []
        status = answer.status
        json = try? JSONValue(answer.body)
        text = json == nil ? answer.text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }
}

extension JSONValue {
    /// The same with all lists sorted.
    fileprivate var sorted: JSONValue {
        switch self {
        case .array(let items): .array(items.map(\.sorted).sorted { $0.text < $1.text })
        case .object(let members): .object(members.mapValues(\.sorted))
        default: self
        }
    }

    fileprivate var withProcessesInSpans: JSONValue {
        switch self {
        case .array(let items): return .array(items.map(\.withProcessesInSpans))
        case .object(var members):
            if let spans = members["spans"]?.array, let processes = members["processes"] {
                members["processes"] = nil
                members["spans"] = .array(spans.map { $0.withProcess(of: processes) })
            }
            return .object(members.mapValues(\.withProcessesInSpans))
        default: return self
        }
    }

    private func withProcess(of processes: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        let id = members.removeValue(forKey: "processID")?.string
        members["process"] = id.flatMap { processes[$0] } ?? .null
        return .object(members)
    }
}
