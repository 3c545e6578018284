import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection of the query port: Hummingbird's, with answers packed for clients that unpack.
///
/// NIO's compressor speaks NIO's types of HTTP, so it stands before the codec of the types that Hummingbird uses, where
/// Hummingbird lets nothing be added.
struct QueryConnection: HTTPChannelHandler {
    let responder: HTTPChannelHandler.Responder

    /// Answers shorter than this are sent as they are, in bytes: they fit a packet anyway.
    private static let packedBytesMin = 1400

    func setup(
        channel: any Channel,
        logger: Logger
    ) -> EventLoopFuture<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = 32 << 10
            limits.maxHeaderListSize = 32 << 10
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: true,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: limits
            )
            try pipeline.addHandler(CompressorGuard())
            try pipeline.addHandler(
                HTTPResponseCompressor(initialByteBufferCapacity: 1024) { head, isPossible in
                    isPossible && Self.isWorthPacking(&head) ? .compressIfPossible : .doNotCompress
                }
            )
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: .seconds(120), logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }

    private static func isWorthPacking(_ head: inout HTTPResponseHead) -> Bool {
        guard let type = head.headers.first(name: "Content-Type"),
            type.hasPrefix("text/") || type.hasPrefix("application/json") || type.hasPrefix("image/svg"),
            // Events must not wait for others to be packed with.
            !type.hasPrefix("text/event-stream"),
            head.headers.first(name: "Content-Length").flatMap({ Int($0) }) ?? .max >= packedBytesMin
        else { return false }
        head.headers.add(name: "Vary", value: "Accept-Encoding")
        if let tag = head.headers.first(name: "ETag"), tag.hasPrefix("\"") {
            // The packed bytes are others than those that the tag stands for.
            head.headers.replaceOrAdd(name: "ETag", value: "W/" + tag)
        }
        return true
    }
}
