import NIOCore
import NIOPosix

extension Listener {
    /// Takes in datagrams on sockets.
    static func start(
        pipeline: IngestPipeline,
        source: IngestSource,
        name: PortName,
        sockets: [ListenSocket],
        group: any EventLoopGroup
    ) async throws -> Listener {
        let count = DatagramHandler.datagramsPerRead
        let bootstrap = DatagramBootstrap(group: group)
            .channelOption(.datagramVectorReadMessageCount, value: count)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: count * DatagramHandler.datagramBytesMax)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = DatagramHandler(pipeline: pipeline, source: source)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        return try await start(name, sockets, Connections(max: 0)) { try await bootstrap.withBoundSocket($0).get() }
    }
}
