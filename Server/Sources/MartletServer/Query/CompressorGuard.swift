import NIOCore
import NIOHTTP1

/// Stands between a connection and NIO's compressor, and keeps from it what it does not bear.
///
/// It packs the answers to HEAD, which have a length and no body. And an answer without a request, as Hummingbird gives
/// to bytes that are no HTTP, ends the process: so that answer is given here, and the error goes no further.
final class CompressorGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var unansweredRequests = 0
    private var mustClose = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if mustClose { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        unansweredRequests += 1
        if head.method == .HEAD {
            head.headers.remove(name: "Accept-Encoding")
            context.fireChannelRead(wrapInboundOut(.head(head)))
        } else {
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        unansweredRequests -= 1
        guard mustClose, unansweredRequests == 0 else { return context.write(data, promise: promise) }
        let channel = context.channel
        context.writeAndFlush(data).whenComplete { _ in channel.close(promise: nil) }
        promise?.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        if mustClose { return }
        mustClose = true
        if unansweredRequests > 0 { return }
        let body = ByteBuffer(string: "this is not a request of HTTP/1: \(error)\n")
        var head = HTTPResponseHead(version: .http1_1, status: .badRequest)
        head.headers = [
            "Content-Type": "text/plain; charset=utf-8", "Content-Length": String(body.readableBytes),
            "Connection": "close",
        ]
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
