import GRPCServer
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import Synchronization

/// A connection to a server of gRPC, for calls one after the other whose replies nobody reads.
///
/// How a call ended is all that is told. The connection is made when it is needed, and anew when it broke.
/// Belongs to one task at a time.
final class GRPCSender: Sendable {
    let host: String
    let port: Int
    private let timeout: TimeAmount
    private let channel = Mutex<(any Channel)?>(nil)

    init(host: String, port: Int, timeout: TimeAmount = .seconds(30)) {
        self.host = host
        self.port = port
        self.timeout = timeout
    }

    /// Calls a method, such as `/package.Service/Method`, with a message, and waits for the call's end.
    ///
    /// A connection that the server closed while nothing was under way is replaced; whatever else keeps the status from
    /// coming is thrown.
    func call(_ path: String, _ message: ByteBuffer) async throws -> GRPCStatus {
        let known = channel.withLock { $0 }
        if let known, known.isActive {
            do {
                return try await exchange(path, message, on: known)
            } catch is ConnectionGone {
                // It was closed at the moment in which we began to use it.
            }
        }
        // A new one may be gone as well before it is used, if this machine was too busy to use it soon.
        for _ in 0..<2 {
            do {
                return try await exchange(path, message, on: try await connect())
            } catch is ConnectionGone {}
        }
        return try await exchange(path, message, on: try await connect())
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
                    let connection = NIOHTTP2Handler.ConnectionConfiguration()
                    let http2 = NIOHTTP2Handler(
                        mode: .client,
                        connectionConfiguration: connection,
                        streamConfiguration: NIOHTTP2Handler.StreamConfiguration()
                    )
                    try channel.pipeline.syncOperations.addHandlers([http2, CallHandler()])
                }
            }
            .connect(host: host, port: port).get()
        channel.withLock { $0 = new }
        return new
    }

    private func exchange(_ path: String, _ message: ByteBuffer, on channel: any Channel) async throws -> GRPCStatus {
        let promise = channel.eventLoop.makePromise(of: GRPCStatus.self)
        let headers: HPACKHeaders = [
            ":method": "POST", ":scheme": "http", ":path": path, ":authority": "\(host):\(port)",
            "content-type": "application/grpc", "te": "trailers",
        ]
        var frame = ByteBuffer()
        frame.reserveCapacity(5 + message.readableBytes)
        frame.writeInteger(UInt8(0))
        frame.writeInteger(UInt32(message.readableBytes))
        frame.writeImmutableBuffer(message)
        let timeout = timeout
        channel.eventLoop.execute { [frame] in
            guard let handler = try? channel.pipeline.syncOperations.handler(type: CallHandler.self) else {
                return promise.fail(ConnectionGone())
            }
            let alarm = channel.eventLoop.scheduleTask(in: timeout) {
                promise.fail(ChannelError.connectTimeout(timeout))
                channel.close(promise: nil)
            }
            promise.futureResult.whenComplete { _ in alarm.cancel() }
            handler.begin(headers, frame, promise)
        }
        return try await promise.futureResult.get()
    }
}

/// The connection ended before anything of an answer came: the call may be made on another.
private struct ConnectionGone: Error {}

/// Writes one call after the other, and reads how it ended.
private final class CallHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private var context: ChannelHandlerContext?
    private var call: (stream: HTTP2StreamID, promise: EventLoopPromise<GRPCStatus>)?
    private var nextStream = HTTP2StreamID(1)
    private var isUsed = false
    private var isLeaving = false

    private static let connectionWindow = 1 << 20

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        fail(ConnectionGone())
    }

    func begin(_ headers: HPACKHeaders, _ message: ByteBuffer, _ promise: EventLoopPromise<GRPCStatus>) {
        guard let context, !isLeaving else { return promise.fail(ConnectionGone()) }
        let stream = nextStream
        nextStream = stream.advanced(by: 2)
        call = (stream, promise)
        write(context, stream, .headers(.init(headers: headers)))
        write(context, stream, .data(.init(data: .byteBuffer(message), endStream: true)))
        context.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers) where frame.streamID == call?.stream:
            if let status = GRPCStatus(trailers: headers.headers) { finish(status) }
        case .rstStream(let code) where frame.streamID == call?.stream:
            finish(GRPCStatus(.unavailable, "the server ended the call: \(code)"))
        case .goAway:
            isLeaving = true
            if call == nil { context.close(promise: nil) }
        default: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? NIOHTTP2WindowUpdatedEvent, event.streamID == .rootStream,
            let left = event.inboundWindowSize, left <= Self.connectionWindow / 2
        {
            write(context, .rootStream, .windowUpdate(windowSizeIncrement: Self.connectionWindow - left))
            context.flush()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(isUsed ? ConnectionGone() : ChannelError.eof)
        context.fireChannelInactive()
    }

    private func write(_ context: ChannelHandlerContext, _ stream: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: nil)
    }

    private func finish(_ status: GRPCStatus) {
        let promise = call?.promise
        call = nil
        isUsed = true
        if isLeaving { context?.close(promise: nil) }
        promise?.succeed(status)
    }

    private func fail(_ error: any Error) {
        call?.promise.fail(error)
        call = nil
    }
}
