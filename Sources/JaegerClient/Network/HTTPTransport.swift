/// A request to a server of tracing.
public struct HTTPRequest: Sendable, Hashable {
    /// Where to; with the query.
    public var url: String
    /// `GET` or `POST`.
    public var method: String
    /// Headers besides `Host` and `Content-Length`.
    public var headers: [(name: String, value: String)]
    /// What is sent.
    public var body: [UInt8]
    /// How long all of it may take.
    public var timeout: Duration

    /// Makes a request; without a body it is a `GET`.
    public init(
        url: String,
        method: String = "GET",
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        timeout: Duration = .seconds(5)
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    /// Whether two requests ask for the same.
    public static func == (left: HTTPRequest, right: HTTPRequest) -> Bool {
        left.url == right.url && left.method == right.method && left.body == right.body && left.timeout == right.timeout
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }

    /// Hashes what identifies the request.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(url)
        hasher.combine(method)
        hasher.combine(body)
    }
}

/// What a server answered.
public struct HTTPResponse: Sendable, Hashable {
    /// The status code.
    public var status: Int
    /// How many seconds the server asks to wait before the next try (`Retry-After`), where it does.
    public var retryAfterSeconds: Int?
    /// What came with it, up to a megabyte.
    public var body: [UInt8]

    /// Makes an answer from its parts.
    public init(status: Int, retryAfterSeconds: Int? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
    }
}

/// Sends requests: the one thing to replace where the server is reached by TLS, a proxy or a client of your own.
///
/// Called on a thread of the library's own, one request at a time; it may block there.
public protocol HTTPTransport: Sendable {
    /// Sends a request and returns the answer, whatever its status.
    ///
    /// - Throws: When there is no answer; the error's description is logged.
    func send(_ request: HTTPRequest) throws -> HTTPResponse
}
