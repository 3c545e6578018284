import NIOCore
import Senders
import TraceModel

/// Where an agent sends spans, and in which format: a URL such as `http://collector:14268/api/traces`
/// or `grpc://collector:4317`.
public struct CollectorAddress: Sendable, Equatable, CustomStringConvertible {
    /// What a request's body is; the raw value is the end of the name of its file in the queue.
    enum Format: String, Sendable {
        case otlp
        case thrift

        /// Requests with all spans of a batch, and how many each has.
        func bodies(of batch: SpanBatch) -> [(body: [UInt8], spans: Int)] {
            switch self {
            case .otlp: return [(OTLPEncoder.body(of: batch), batch.count)]
            case .thrift: return JaegerThriftEncoder.bodies(of: batch)
            }
        }

        var contentType: String {
            switch self {
            case .otlp: "application/x-protobuf"
            case .thrift: "application/x-thrift"
            }
        }
    }

    /// What requests go over; the raw value is the URL's scheme.
    enum Transport: String, Sendable {
        case http
        case grpc
    }

    let transport: Transport
    let host: String
    let port: Int
    let path: String
    let format: Format

    /// Reads a URL; without a path it is Jaeger's `/api/traces`, or on port 4318 `/v1/traces` of OTLP.
    ///
    /// What begins with `grpc://` is OTLP over gRPC and has no path.
    /// Nil if it is no such URL, or its path is neither.
    public init?(parsing text: String) {
        guard let mark = text.firstRange(of: "://"), let scheme = Transport(rawValue: String(text[..<mark.lowerBound]))
        else { return nil }
        transport = scheme
        let rest = text[mark.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let standard = scheme == .grpc ? 4317 : 80
        guard let address = try? ListenAddress(parsing: Self.withPort(rest[..<slash], or: standard)),
            let host = address.host
        else { return nil }
        self.host = host
        port = address.port
        if scheme == .grpc {
            guard ["", "/"].contains(rest[slash...]) else { return nil }
            path = ""
            format = .otlp
            return
        }
        var path = String(rest[slash...])
        if path.isEmpty || path == "/" { path = address.port == 4318 ? "/v1/traces" : "/api/traces" }
        self.path = path
        let bare = path.prefix { $0 != "?" }
        if bare.hasSuffix("/v1/traces") {
            format = .otlp
        } else if bare.hasSuffix("/api/traces") {
            format = .thrift
        } else {
            return nil
        }
    }

    private static func withPort(_ text: Substring, or standard: Int) -> String {
        let hasPort = text.hasSuffix("]") ? false : text.contains(":")
        return hasPort ? String(text) : "\(text):\(standard)"
    }

    /// The URL.
    public var description: String { "\(transport)://\(ListenAddress(host: host, port: port))\(path)" }

    /// A request with a body of this kind, which an agent with other settings may have queued.
    func request(_ body: [UInt8], kind: String) -> HTTPSender.Request {
        let format = Format(rawValue: kind) ?? format
        let path = format == self.format ? path : format == .otlp ? "/v1/traces" : "/api/traces"
        return HTTPSender.Request(
            target: path,
            headers: [("Content-Type", format.contentType)],
            body: ByteBuffer(bytes: body)
        )
    }
}

extension CollectorAddress {
    /// Where it is asked how to sample.
    public struct SamplingSource: Sendable, Equatable {
        let host: String
        let port: Int
        /// `/api/sampling` of Jaeger's collector, or `/sampling` of port 5778.
        let path: String

        /// Reads `host:port`, where `/sampling` is asked; nil if it is no address.
        public init?(parsing text: String) {
            guard let address = try? ListenAddress(parsing: text), let host = address.host else { return nil }
            self.init(host: host, port: address.port, path: "/sampling")
        }

        init(host: String, port: Int, path: String) {
            self.host = host
            self.port = port
            self.path = path
        }

        /// The question for one that a client put to the agent.
        func target(for target: RequestTarget) -> String {
            let path =
                switch target.path {
                case "/", "/sampling", "/api/sampling": Substring(self.path)
                default: target.path
                }
            return target.query.isEmpty ? String(path) : "\(path)?\(target.query)"
        }
    }

    /// Jaeger's collector answers beside its spans; where OTLP goes, the port that clients ask.
    var samplingSource: SamplingSource {
        format == .thrift
            ? SamplingSource(host: host, port: port, path: "/api/sampling")
            : SamplingSource(host: host, port: 5778, path: "/sampling")
    }
}
