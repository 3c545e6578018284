import HTTPTypes
import Hummingbird

/// A route of the HTTP API: what the router knows of it, and what the description says of it.
///
/// There is one table of them, so that the API and its description cannot drift apart.
public struct Route: Sendable {
    /// What a route is about; the description groups them by it.
    public enum Area: String, CaseIterable, Sendable {
        case jaeger = "Jaeger's API"
        case traces = "One trace"
        case analysis = "Analysis"
        case figures = "Figures and dependencies"
        case live = "Live tail, files and models"
        case jaegerV3 = "Jaeger's API, version 3"
        case tempo = "Tempo's API"
        case server = "The server"
    }

    /// How a route is answered.
    enum Answering: Sendable {
        /// A route that only reads, for GET and HEAD.
        case reading(QueryRoutes.Answer)
        /// A route that changes something or takes a body, for POST.
        case writing(QueryRoutes.Answer)
        /// A route that takes requests as they are.
        case request(HTTPRequest.Method, @Sendable (Request) async -> Response)
    }

    let area: Area
    /// The path below the base path, without a slash in front: `api/traces/{id}`.
    let path: String
    /// What it does, in a line.
    let summary: String
    let parameters: [RouteParameter]
    let body: RouteBody?
    /// What the answer is when all is well: the first one unless the client asks for another.
    let answers: [RouteAnswerShape]
    let errors: ErrorStyle
    let answering: Answering

    init(
        _ area: Area,
        _ path: String,
        _ summary: String,
        _ parameters: [RouteParameter] = [],
        body: RouteBody? = nil,
        answers: [RouteAnswerShape],
        errors: ErrorStyle = .jaeger,
        _ answering: Answering
    ) {
        self.area = area
        self.path = path
        self.summary = summary
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.errors = errors
        self.answering = answering
    }

    /// A route of the server beside the query API.
    ///
    /// - Parameters:
    ///   - path: The path below the base path, without a slash in front.
    ///   - method: GET, which answers HEAD as well, or POST.
    ///   - summary: What it does, in a line.
    ///   - parameters: Its parameters.
    ///   - body: What it takes.
    ///   - answer: The shape of its answer, which is JSON.
    ///   - handle: Answers a request. For HEAD the body is left out afterwards.
    public init(
        _ path: String,
        _ method: HTTPRequest.Method,
        _ summary: String,
        parameters: [RouteParameter] = [],
        body: RouteBody? = nil,
        answer: Schema,
        handle: @escaping @Sendable (Request) async -> Response
    ) {
        self.init(
            .server,
            path,
            summary,
            parameters,
            body: body,
            answers: [.json(answer)],
            errors: .plain,
            .request(method, handle)
        )
    }

    /// The methods that it takes.
    var methods: [HTTPRequest.Method] {
        switch answering {
        case .reading: [.get, .head]
        case .writing: [.post]
        case .request(let method, _): method == .get ? [.get, .head] : [method]
        }
    }

    /// Its name in the description: `get_api_traces_id`.
    var name: String {
        let words = path.split { "/-.{}".contains($0) }.joined(separator: "_")
        return "\(methods[0].rawValue.lowercased())_\(words)"
    }
}

/// A parameter of a route.
public struct RouteParameter: Sendable {
    enum Place: String, Sendable { case path, query, header }

    let name: String
    let place: Place
    let kind: ParameterKind
    let words: String
    let example: String
    let isRequired: Bool
    let mayRepeat: Bool

    init(
        _ name: String,
        _ kind: ParameterKind,
        _ words: String,
        example: String,
        in place: Place = .query,
        isRequired: Bool = false,
        mayRepeat: Bool = false
    ) {
        self.name = name
        self.place = place
        self.kind = kind
        self.words = words
        self.example = example
        self.isRequired = isRequired || place == .path
        self.mayRepeat = mayRepeat
    }

    /// A header that must be there.
    public static func header(_ name: String, _ words: String, example: String) -> Self {
        Self(name, .text, words, example: example, in: .header, isRequired: true)
    }
}

/// What a route takes.
public struct RouteBody: Sendable {
    let type: String
    let schema: Schema
    let words: String
    /// An example, as JSON.
    let example: String

    /// A body of a type, what it is, and an example in JSON.
    public init(type: String = "application/json", _ schema: Schema, _ words: String, example: String) {
        self.type = type
        self.schema = schema
        self.words = words
        self.example = example
    }
}

/// The shape of an answer.
struct RouteAnswerShape: Sendable {
    let type: String
    /// Nil if it is not JSON.
    let schema: Schema?
    let words: String

    static func json(_ schema: Schema, _ words: String = "The answer.") -> Self {
        Self(type: "application/json", schema: schema, words: words)
    }

    static func other(_ type: String, _ words: String) -> Self {
        Self(type: type, schema: nil, words: words)
    }
}
