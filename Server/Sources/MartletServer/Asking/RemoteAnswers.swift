import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers of a server that runs.
public struct RemoteAnswers: AnswerSource {
    /// An answer may have so many bytes.
    private static let bodyBytesMax = 1 << 30

    private let host: String
    private let port: Int
    private let basePath: String

    /// The server at a URL such as `http://localhost:16686`, perhaps with a path below which it answers.
    public init(url: String) throws(AnswerFailure) {
        var rest = Substring(url)
        if rest.hasPrefix("https://") {
            throw AnswerFailure("\(url): TLS is not spoken here: go through a local proxy, or ask the server directly")
        }
        if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        basePath = String(path.hasSuffix("/") ? path.dropLast() : path)
        var name = authority
        var number = 16_686
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let port = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(port) else {
                throw AnswerFailure("\(url) is no address of a server: expected one such as http://localhost:16686")
            }
            number = port
            name = authority[..<colon]
        }
        guard !name.isEmpty, name.allSatisfy({ !$0.isWhitespace }) else {
            throw AnswerFailure("\(url) is no address of a server: expected one such as http://localhost:16686")
        }
        host = name.filter { $0 != "[" && $0 != "]" }
        port = number
    }

    public func get(
        _ path: String,
        _ parameters: [(name: String, value: String)]
    ) async throws(AnswerFailure) -> QueryAnswer {
        let (status, pieces) = try await stream(path, parameters)
        var body: [UInt8] = []
        do {
            for try await piece in pieces {
                body.append(contentsOf: piece)
                if body.count > Self.bodyBytesMax { throw AnswerFailure("the answer is larger than 1 GiB") }
            }
        } catch let error as AnswerFailure {
            throw error
        } catch {
            throw AnswerFailure("the answer of \(host):\(port) broke off: \(error)")
        }
        return QueryAnswer(status: status, body: body)
    }

    /// Asks for something that goes on; the pieces come as the server sends them.
    public func stream(
        _ path: String,
        _ parameters: [(name: String, value: String)]
    ) async throws(AnswerFailure) -> (status: Int, pieces: AsyncThrowingStream<[UInt8], any Error>) {
        let (pieces, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        do {
            let group = MultiThreadedEventLoopGroup.singleton
            let status = group.next().makePromise(of: Int.self)
            let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(10)).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Forwarder(status, continuation))
                }
            }
            let channel: any Channel
            do {
                channel = try await bootstrap.connect(host: host, port: port).get()
            } catch {
                status.fail(error)
                throw error
            }
            continuation.onTermination = { _ in channel.close(promise: nil) }
            let headers: HTTPHeaders = ["Host": "\(host):\(port)", "Connection": "close", "Accept": "*/*"]
            let target = Self.target(basePath + path, parameters)
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: headers)
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            return (try await status.futureResult.get(), pieces)
        } catch {
            throw AnswerFailure(
                "no martlet answers at http://\(host):\(port): is it running there? Say where with --url, or ask its "
                    + "files with --data-dir"
            )
        }
    }

    public func close() async {}
}

/// Hands on the status and the pieces of an answer.
private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let status: EventLoopPromise<Int>
    private let pieces: AsyncThrowingStream<[UInt8], any Error>.Continuation

    init(_ status: EventLoopPromise<Int>, _ pieces: AsyncThrowingStream<[UInt8], any Error>.Continuation) {
        self.status = status
        self.pieces = pieces
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status.succeed(Int(head.status.code))
        case .body(let part): pieces.yield(Array(part.readableBytesView))
        case .end:
            pieces.finish()
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        status.fail(error)
        pieces.finish(throwing: error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        status.fail(ChannelError.eof)
        pieces.finish(throwing: ChannelError.eof)
        context.fireChannelInactive()
    }
}
