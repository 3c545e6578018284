/// Where a command gets its answers: a server that runs, or the files of one that does not.
public protocol AnswerSource: Sendable {
    /// Asks one of the routes of the query port.
    func get(_ path: String, _ parameters: [(name: String, value: String)]) async throws(AnswerFailure) -> QueryAnswer

    /// Ends it.
    func close() async
}

/// What a route answered.
public struct QueryAnswer: Sendable {
    /// The status of HTTP.
    public var status: Int
    /// The body.
    public var body: [UInt8]
}

/// Why there is no answer at all, in words for the person who asked.
public struct AnswerFailure: Error, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}

extension AnswerSource {
    /// A path with parameters, escaped.
    static func target(_ path: String, _ parameters: [(name: String, value: String)]) -> String {
        if parameters.isEmpty { return path }
        let pairs = parameters.map { "\(AdminClient.escaped($0.name))=\(AdminClient.escaped($0.value))" }
        return path + "?" + pairs.joined(separator: "&")
    }
}
