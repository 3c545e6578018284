import NIOCore
import Receivers
import TraceModel

/// Takes in the datagrams of Jaeger's agent: never an answer, and nothing that comes ends it.
///
/// The datagrams of one read of the socket become one batch, so that a burst costs the store a few appends.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    /// How many datagrams the socket hands over in one call.
    static let datagramsPerRead = 16
    /// The most bytes that one datagram can have.
    ///
    /// NIO cuts longer ones without a word, so each gets all of this.
    static let datagramBytesMax = 65_535

    private let pipeline: IngestPipeline
    private let source: IngestSource
    private var received = Received()
    private var datagrams: UInt64 = 0
    private var bytes: UInt64 = 0
    private var undecodable: UInt64 = 0

    init(pipeline: IngestPipeline, source: IngestSource) {
        self.pipeline = pipeline
        self.source = source
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let datagram = unwrapInboundIn(data).data
        let now = UTCTime.now.nanoseconds
        datagrams += 1
        bytes += UInt64(datagram.readableBytes)
        do throws(ReceiverError) {
            try JaegerReceiver.decodeDatagram(datagram.readableBytesSpan, into: &received, receivedAt: now)
        } catch {
            undecodable += 1
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let count = datagrams
        pipeline.requests.update(source) { counts in
            counts.requests += count
            counts.bytes += bytes
            if undecodable > 0 { counts.failures[.undecodable, default: 0] += undecodable }
        }
        (datagrams, bytes, undecodable) = (0, 0, 0)
        if received.batch.isEmpty, received.rejections.isEmpty, received.clientStatistics.isEmpty { return }
        let taken = received
        received = Received()
        let size = taken.batch.byteCount
        // Nobody waits for an answer, so what the store has not taken yet must count against the budget.
        guard pipeline.budget.reserve(size) else {
            pipeline.requests.update(source) { $0.droppedDatagrams += count }
            return pipeline.drop(taken, from: source)
        }
        pipeline.store(datagrams: taken, from: source, on: context.eventLoop) { [pipeline, source] error in
            pipeline.budget.release(size)
            if error != nil { pipeline.requests.update(source) { $0.droppedDatagrams += count } }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An error of one datagram (an ICMP message, a buffer that is short for a moment) is no reason to stop.
        pipeline.requests.update(source) { $0.socketErrors += 1 }
    }
}
