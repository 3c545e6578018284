import NIOCore
import NIOHTTP2

extension GRPCSite {
    /// Makes a new connection one that speaks gRPC, over HTTP/2 without TLS and without an upgrade (RFC 9113,
    /// section 3.3).
    ///
    /// - Parameters:
    ///   - channel: The connection, on its event loop.
    ///   - hint: For those who speak HTTP/1 here: where they would be understood.
    /// - Throws: `ChannelError` if the connection has been closed already.
    public func configure(_ channel: any Channel, hint: String) throws {
        try channel.pipeline.syncOperations.addHandler(PrefaceGuard(site: self, hint: hint))
    }

    fileprivate func speakHTTP2(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.callsMax),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headerBytesMax),
            HTTP2Setting(parameter: .initialWindowSize, value: limits.callWindow),
            HTTP2Setting(parameter: .maxFrameSize, value: 256 << 10),
        ]
        // Clients that measure the line's delay, and those that keep it awake, ping more than a browser would.
        connection.controlFrameRateLimit.maximumCount = 1_000
        // What a client still sends of calls that were refused is passed over, of all that it may have open.
        connection.maximumRecentlyResetStreams = 4 * limits.callsMax
        // A call that times out on the client is reset: a burst of these is no attack yet.
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.streamResetFrameRateLimit.maximumCount = 500
        try pipeline.addHandler(
            NIOHTTP2Handler(mode: .server, connectionConfiguration: connection, streamConfiguration: stream)
        )
        try pipeline.addHandler(GRPCConnection(site: self))
    }
}

/// Waits for the words by which a client begins HTTP/2, and makes way for it.
///
/// Those who speak HTTP/1 here hear where they should go. Nothing is said before: a server of HTTP/2 speaks first, and
/// they would take that for noise.
final class PrefaceGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    private let site: GRPCSite
    private let hint: String
    private var held = ByteBuffer()
    private var isRefused = false
    private var alarm: Scheduled<Void>?

    init(site: GRPCSite, hint: String) {
        self.site = site
        self.hint = hint
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        alarm = context.eventLoop.scheduleTask(in: site.limits.headTimeout) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isRefused { return }
        var bytes = unwrapInboundIn(data)
        held.writeBuffer(&bytes)
        let begin = held.readableBytesView.prefix(Self.preface.utf8.count)
        if begin.elementsEqual(Self.preface.utf8) {
            do {
                try site.speakHTTP2(context.pipeline.syncOperations)
            } catch {
                return context.close(promise: nil)
            }
            context.fireChannelRead(wrapInboundOut(held))
            held = ByteBuffer()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } else if !Self.preface.utf8.starts(with: begin) {
            refuse(context, isText: begin.allSatisfy { $0 >= 0x09 && $0 < 0x7F })
        }
    }

    private func refuse(_ context: ChannelHandlerContext, isText: Bool) {
        isRefused = true
        guard isText else { return context.close(promise: nil) }
        let body = "this port speaks gRPC; \(hint)\n"
        let answer =
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
    }
}
