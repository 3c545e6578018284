import NIOCore
import NIOHTTP1
import NIOPosix

extension SpanFile {
    /// Sends the spans to a server that runs, and waits as it asks when it is busy.
    ///
    /// - Parameters:
    ///   - host: Where the server listens.
    ///   - port: The number of each of its ports.
    public func send(host: String, port: @Sendable (PortName) -> Int) async throws(SpanFileError) {
        for request in requests {
            var attempts = 0
            while true {
                attempts += 1
                let answer = try await Self.post(request, host: host, port: port(request.port))
                if (200..<300).contains(answer.status.code) { break }
                let isBusy = answer.status == .tooManyRequests || answer.status == .serviceUnavailable
                guard isBusy, attempts < 10 else {
                    throw SpanFileError("the server says \(answer.status.code): \(answer.text)")
                }
                let seconds = answer.headers.first(name: "Retry-After").flatMap { Int($0) } ?? 1
                do { try await Task.sleep(for: .seconds(seconds)) } catch { throw SpanFileError("cancelled") }
            }
        }
    }

    private static func post(_ request: Request, host: String, port: Int) async throws(SpanFileError) -> PostAnswer {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(10))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    }
                }
                .connect(host: host, port: port).get()
            let promise = channel.eventLoop.makePromise(of: PostAnswer.self)
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(PostHandler(request, host: host, promise: promise))
            }.get()
            return try await promise.futureResult.get()
        } catch {
            throw SpanFileError("no answer from \(host), port \(port): is martlet running there? (\(error))")
        }
    }
}

private struct PostAnswer: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var text: String
}

/// Sends one request and gives its answer.
private final class PostHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: SpanFile.Request
    private let host: String
    private let promise: EventLoopPromise<PostAnswer>
    private var answer: PostAnswer?

    init(_ request: SpanFile.Request, host: String, promise: EventLoopPromise<PostAnswer>) {
        self.request = request
        self.host = host
        self.promise = promise
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Host": host, "Content-Type": request.contentType, "Content-Length": String(request.body.count),
            "Connection": "close",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: request.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer = PostAnswer(status: head.status, headers: head.headers, text: "")
        case .body(let part): answer?.text += String(decoding: part.readableBytesView.prefix(4_096), as: UTF8.self)
        case .end:
            if let answer { promise.succeed(answer) }
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
    }
}
