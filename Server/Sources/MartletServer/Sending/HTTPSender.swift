import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A connection to a server, for requests one after the other; it is made when it is needed, and anew when it broke.
///
/// Belongs to one task at a time.
final class HTTPSender: Sendable {
    /// What to send.
    struct Request: Sendable {
        var method = HTTPMethod.POST
        /// With the query, if there is one.
        var target: String
        var headers: [(String, String)] = []
        var body = ByteBuffer()
    }

    /// What came back.
    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var headers: HTTPHeaders
        /// The first mebibyte of it.
        var body: ByteBuffer

        /// The body as text.
        var text: String { String(buffer: body) }

        /// When the server wants the request again, in seconds, if it says so.
        var retryAfterSeconds: Int? { headers.first(name: "Retry-After").flatMap { Int($0) } }
    }

    let host: String
    let port: Int
    private let timeout: TimeAmount
    private let channel = Mutex<(any Channel)?>(nil)

    init(host: String, port: Int, timeout: TimeAmount = .seconds(30)) {
        self.host = host
        self.port = port
        self.timeout = timeout
    }

    /// Sends a request and waits for its answer.
    ///
    /// A connection that the server closed while nothing was under way is replaced; whatever else goes wrong is thrown.
    func send(_ request: Request) async throws -> Answer {
        let known = channel.withLock { $0 }
        if let known, known.isActive {
            do {
                return try await exchange(request, on: known)
            } catch is IdleConnectionClosed {
                // It was closed at the moment in which we began to use it.
            }
        }
        // A new one may be gone as well before it is used, if this machine was too busy to use it soon.
        for _ in 0..<2 {
            do {
                return try await exchange(request, on: try await connect())
            } catch is IdleConnectionClosed {}
        }
        return try await exchange(request, on: try await connect())
    }

    /// Closes the connection.
    func close() async {
        let known = channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
        try? await known?.close()
    }

    private func connect() async throws -> any Channel {
        let new = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(ExchangeHandler())
                }
            }
            .connect(host: host, port: port).get()
        channel.withLock { $0 = new }
        return new
    }

    private func exchange(_ request: Request, on channel: any Channel) async throws -> Answer {
        let promise = channel.eventLoop.makePromise(of: Answer.self)
        var headers: HTTPHeaders = ["Host": port == 80 ? host : "\(host):\(port)"]
        for (name, value) in request.headers { headers.add(name: name, value: value) }
        if request.method == .POST {
            headers.add(name: "Content-Length", value: String(request.body.readableBytes))
        }
        let head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.target, headers: headers)
        let timeout = timeout
        channel.eventLoop.execute {
            do {
                let handler = try channel.pipeline.syncOperations.handler(type: ExchangeHandler.self)
                handler.begin(promise)
            } catch {
                return promise.fail(IdleConnectionClosed())
            }
            let alarm = channel.eventLoop.scheduleTask(in: timeout) {
                promise.fail(ChannelError.connectTimeout(timeout))
                channel.close(promise: nil)
            }
            promise.futureResult.whenComplete { _ in alarm.cancel() }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if request.body.readableBytes > 0 {
                channel.write(HTTPClientRequestPart.body(.byteBuffer(request.body)), promise: nil)
            }
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        return try await promise.futureResult.get()
    }
}

/// The connection ended before any byte of an answer came: the request may be sent on another.
private struct IdleConnectionClosed: Error {}

/// Puts answers together.
private final class ExchangeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart

    private static let bodyBytesMax = 1 << 20

    private var promise: EventLoopPromise<HTTPSender.Answer>?
    private var answer: HTTPSender.Answer?
    private var isUsed = false

    /// The answer of what is sent next goes to this promise.
    func begin(_ promise: EventLoopPromise<HTTPSender.Answer>) {
        self.promise = promise
        answer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if head.status == .continue { return }
            answer = HTTPSender.Answer(status: head.status, headers: head.headers, body: ByteBuffer())
        case .body(var part):
            if let held = answer?.body.readableBytes, held < Self.bodyBytesMax { answer?.body.writeBuffer(&part) }
        case .end:
            guard let answer, let promise else { return }
            self.promise = nil
            self.answer = nil
            isUsed = true
            let mustClose = answer.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
            if mustClose { context.close(promise: nil) }
            promise.succeed(answer)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise?.fail(error)
        promise = nil
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isUsed, answer == nil {
            promise?.fail(IdleConnectionClosed())
        } else {
            promise?.fail(ChannelError.eof)
        }
        promise = nil
        context.fireChannelInactive()
    }
}
