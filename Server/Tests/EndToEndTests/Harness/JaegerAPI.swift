import Foundation

/// Jaeger's JSON as its own UI and other people's tools read it.
struct JaegerTrace: Decodable, Sendable {
    let traceID: String
    let spans: [JaegerSpan]
    let processes: [String: JaegerProcess]

    func span(_ operation: String) -> JaegerSpan? { spans.first { $0.operationName == operation } }

    /// The spans by their ways from the root: `hello-world:say-hello > formatter:format`, sorted.
    ///
    /// One line says of which service each span is, what it does, and below which others it stands.
    var paths: [String] {
        let byID = Dictionary(spans.map { ($0.spanID, $0) }) { first, _ in first }
        return spans.map { span in
            var path: [String] = []
            var current: JaegerSpan? = span
            while let here = current, path.count <= spans.count {
                path.insert("\(process(of: here)?.serviceName ?? "?"):\(here.operationName)", at: 0)
                let parent = here.references.first { $0.refType == "CHILD_OF" }
                current = parent.flatMap { byID[$0.spanID] }
                if parent != nil, current == nil { path.insert("missing", at: 0) }
            }
            return path.joined(separator: " > ")
        }.sorted()
    }

    func process(of span: JaegerSpan) -> JaegerProcess? { processes[span.processID] }
}

struct JaegerSpan: Decodable, Sendable {
    struct Reference: Decodable, Sendable, Equatable {
        let refType: String
        let traceID: String
        let spanID: String
    }

    let traceID: String
    let spanID: String
    let operationName: String
    let references: [Reference]
    let startTime: Int64
    let duration: Int64
    let tags: [JaegerTag]
    let processID: String
}

struct JaegerProcess: Decodable, Sendable {
    let serviceName: String
    let tags: [JaegerTag]
}

struct JaegerTag: Decodable, Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case string(String)
        case bool(Bool)
        case int(Int64)
        case double(Double)
    }

    let key: String
    let type: String
    let value: Value

    init(_ key: String, _ type: String, _ value: Value) {
        self.key = key
        self.type = type
        self.value = value
    }

    private enum CodingKeys: String, CodingKey { case key, type, value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.decode(String.self, forKey: .key)
        type = try container.decode(String.self, forKey: .type)
        value =
            switch type {
            case "bool": .bool(try container.decode(Bool.self, forKey: .value))
            case "int64": .int(try container.decode(Int64.self, forKey: .value))
            case "float64": .double(try container.decode(Double.self, forKey: .value))
            default: .string(try container.decode(String.self, forKey: .value))
            }
    }
}

/// The query API of a server, as a client sees it.
struct JaegerAPI: Sendable {
    private struct Envelope<Content: Decodable>: Decodable { let data: Content? }

    let port: Int

    init(_ server: Martlet) { port = server.ports.query }

    func services() async throws -> [String] { try await read("/api/services") ?? [] }

    func operations(of service: String) async throws -> [String] {
        try await read("/api/services/\(JaegerAPI.encoded(service))/operations") ?? []
    }

    func traces(service: String, _ query: [String: String] = [:]) async throws -> [JaegerTrace] {
        let all = query.merging(["service": service]) { own, _ in own }
        let text = all.sorted { $0.key < $1.key }.map { "\($0)=\(JaegerAPI.encoded($1))" }.joined(separator: "&")
        return try await read("/api/traces?\(text)") ?? []
    }

    /// One trace; nil when there is none.
    func trace(_ id: String) async throws -> JaegerTrace? {
        let found: [JaegerTrace]? = try await read("/api/traces/\(id)")
        return found?.first
    }

    /// Looks until `count` spans of the service are there, and returns its traces.
    ///
    /// UDP gives no answer to wait for.
    func traces(service: String, untilSpans count: Int) async throws -> [JaegerTrace] {
        let found: [JaegerTrace]? = try await poll {
            let traces = try await self.traces(service: service)
            return traces.reduce(0) { $0 + $1.spans.count } >= count ? traces : nil
        }
        guard let found else { throw HarnessError("\(service) has not got \(count) spans in time") }
        return found
    }

    private func read<Content: Decodable>(_ path: String) async throws -> Content? {
        let answer = try await HTTP.get(port, path)
        if answer.status == 404 { return nil }
        guard answer.status == 200 else { throw HarnessError("GET \(path): \(answer.status) \(answer.text)") }
        return try JSONDecoder().decode(Envelope<Content>.self, from: Data(answer.body)).data
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
