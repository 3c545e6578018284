import Compression
import NIOCore
import NIOHTTP1

/// What answers the requests of one port.
///
/// Its methods are called on the event loop of the connection.
protocol HTTPSite: Sendable {
    /// The bounds of the site.
    var limits: HTTPLimits { get }

    /// Looks at a request before its body is read; an answer refuses it without reading further.
    func screen(_ head: HTTPRequestHead) -> SiteAnswer?

    /// The answer, in the words of the protocol, to a request that the connection could not take in.
    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer

    /// Answers a whole request, by calling `reply` once, now or later, on any thread.
    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void)
}

/// A whole request.
struct SiteRequest {
    var head: HTTPRequestHead
    /// The body, decompressed.
    var body: ByteBuffer
}

/// An answer.
struct SiteAnswer: Sendable {
    var status: HTTPResponseStatus
    /// Without the headers that frame the body.
    var headers: HTTPHeaders
    var body: ByteBuffer

    init(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A line of text, with a newline at its end.
    static func text(_ status: HTTPResponseStatus, _ text: String, headers: HTTPHeaders = [:]) -> SiteAnswer {
        var answer = SiteAnswer(status, headers: headers, body: ByteBuffer(string: text + "\n"))
        answer.headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        // A browser that shows an error must not take echoed text for a page.
        answer.headers.add(name: "X-Content-Type-Options", value: "nosniff")
        return answer
    }

    /// A JSON text.
    static func json(_ status: HTTPResponseStatus, _ json: String) -> SiteAnswer {
        SiteAnswer(status, headers: ["Content-Type": "application/json"], body: ByteBuffer(string: json))
    }

    /// A JSON text, as bytes.
    static func json(_ status: HTTPResponseStatus, _ json: [UInt8]) -> SiteAnswer {
        SiteAnswer(status, headers: ["Content-Type": "application/json"], body: ByteBuffer(bytes: json))
    }

    /// The answer with one more header.
    func with(_ name: String, _ value: String) -> SiteAnswer {
        var answer = self
        answer.headers.replaceOrAdd(name: name, value: value)
        return answer
    }
}

/// Why a connection could not take in a request.
enum SiteRefusal: Sendable, Equatable {
    /// The body is over the limit, in bytes as sent or decompressed.
    case tooLarge(limit: Int)
    /// The body unpacks to suspiciously much.
    case bomb(ratio: Int)
    /// The body is packed in a way that is not supported.
    case encoding(String)
    /// The body does not unpack; what zlib said.
    case undecodable(String)
    /// More requests are under way than the server has memory for.
    case busy(retryAfterSeconds: Int)
    /// The body did not arrive in time.
    case slow(seconds: Int64)

    init(_ error: DecompressionError) {
        switch error {
        case .tooLarge(let limit): self = .tooLarge(limit: limit)
        case .bomb(let ratio): self = .bomb(ratio: ratio)
        case .damaged, .truncated, .trailing, .exhausted: self = .undecodable("\(error)")
        }
    }

    /// In words, for the client's operator.
    var words: String {
        switch self {
        case .tooLarge(let limit): "the body is larger than the limit of \(limit) bytes (decompressed)"
        case .bomb(let ratio): "the body decompresses to more than \(ratio) times its size"
        case .encoding(let name): "the content encoding \"\(name)\" is not supported; send gzip, deflate, zstd or none"
        case .undecodable(let reason): "the body cannot be decompressed: \(reason)"
        case .busy(let seconds):
            "the server is busy: more is under way than its budget allows; try again in \(seconds) s"
        case .slow(let seconds): "the body did not arrive within \(seconds) s"
        }
    }

    /// When to try again, in seconds, where that may help.
    var retryAfterSeconds: Int? {
        if case .busy(let seconds) = self { seconds } else { nil }
    }

    /// The status of plain HTTP.
    var status: HTTPResponseStatus {
        switch self {
        case .tooLarge, .bomb: .payloadTooLarge
        case .encoding: .unsupportedMediaType
        case .undecodable: .badRequest
        case .busy: .serviceUnavailable
        case .slow: .requestTimeout
        }
    }

    /// The value of the label `reason` on metrics.
    var reason: RequestFailure {
        switch self {
        case .tooLarge, .bomb: .tooLarge
        case .encoding: .unsupportedMedia
        case .undecodable: .undecodable
        case .busy: .overloaded
        case .slow: .slow
        }
    }
}

/// The bounds of a site, so that no client can make it hold much for long.
struct HTTPLimits: Sendable {
    /// Bytes of a body, decompressed.
    var bodyBytesMax = 64 << 20
    /// How many times its size a body may decompress to, once it is over a mebibyte.
    ///
    /// Spans give 5 to 50.
    var decompressionRatioMax = 200
    /// What a packed body may unpack to.
    var decompression: DecompressionLimits {
        DecompressionLimits(bytesMax: bodyBytesMax, ratioMax: decompressionRatioMax)
    }
    /// Bytes of all headers of a request.
    ///
    /// NIO refuses more.
    var headerBytesMax = 32 << 10
    /// Bytes of a request's target.
    var targetBytesMax = 8 << 10
    /// For a new connection to send a request's head.
    var headTimeout = TimeAmount.seconds(10)
    /// For a body to arrive.
    var bodyTimeout = TimeAmount.seconds(60)
    /// For a connection between requests.
    var idleTimeout = TimeAmount.seconds(120)
    /// For a client to read its refusal while it still sends.
    var lingerTimeout = TimeAmount.seconds(3)
    /// Connections at a time.
    var connectionsMax = 4096

    /// For sites that take no bodies.
    static let small: HTTPLimits = {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 64 << 10
        limits.connectionsMax = 512
        return limits
    }()
}
