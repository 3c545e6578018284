import Synchronization

/// Plain HTTP/1.1 over a socket of its own: what reaches an agent or a collector in the same cluster, without a library
/// of the network. It speaks no TLS.
///
/// One connection is kept open between requests.
public final class SocketTransport: HTTPTransport {
    private struct Kept: ~Copyable {
        let host: String
        let port: UInt16
        let socket: StreamSocket
    }

    /// A slot that can be moved out of.
    private struct Slot: ~Copyable {
        var kept: Kept?
    }

    private let slot = Mutex(Slot())

    /// Makes a transport; it connects with the first request.
    public init() {}

    /// Sends a request and returns the answer.
    ///
    /// - Throws: When the URL is not of plain HTTP, nobody listens, or there is no answer in time.
    public func send(_ request: HTTPRequest) throws -> HTTPResponse {
        let url = try HTTPURL(request.url)
        let deadline = SystemClock().monotonicNanoseconds &+ request.timeout.nanoseconds
        let head = Self.head(request, url)
        return try slot.withLock { slot throws(HTTPFailure) in
            if let kept = slot.kept.take(), kept.host == url.host, kept.port == url.port {
                do throws(HTTPFailure) {
                    return try Self.exchange(head, request.body, kept, &slot, deadline)
                } catch .closedEarly {
                    // The server had closed it while nobody looked: that says nothing about this request.
                }
            }
            let socket = try StreamSocket(host: url.host, port: url.port, deadline: deadline)
            let fresh = Kept(host: url.host, port: url.port, socket: socket)
            return try Self.exchange(head, request.body, fresh, &slot, deadline)
        }
    }

    private static func exchange(
        _ head: [UInt8],
        _ body: [UInt8],
        _ connection: consuming Kept,
        _ slot: inout Slot,
        _ deadline: Int64
    ) throws(HTTPFailure) -> HTTPResponse {
        try connection.socket.send(head, deadline: deadline)
        if !body.isEmpty { try connection.socket.send(body, deadline: deadline) }
        var reader = HTTPResponseReader()
        while true {
            if let response = try reader.response(isAtEnd: false) {
                if reader.canKeepConnection { slot.kept = consume connection }
                return response
            }
            guard try connection.socket.receive(into: &reader.bytes, deadline: deadline) else {
                guard let response = try reader.response(isAtEnd: true) else { throw .closedEarly }
                return response
            }
        }
    }

    private static func head(_ request: HTTPRequest, _ url: HTTPURL) -> [UInt8] {
        var head = "\(request.method) \(url.target) HTTP/1.1\r\nHost: \(url.hostHeader)\r\n"
        if !request.body.isEmpty || request.method == "POST" { head += "Content-Length: \(request.body.count)\r\n" }
        for (name, value) in request.headers { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8)
    }
}

extension Duration {
    /// The duration in nanoseconds, or the most that there are.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 2 : whole + attoseconds / 1_000_000_000
    }
}
