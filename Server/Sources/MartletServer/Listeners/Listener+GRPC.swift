import GRPCServer
import NIOCore
import NIOPosix

extension Listener {
    /// Serves gRPC on sockets.
    ///
    /// `hint` tells those who speak HTTP/1 where they would be understood.
    static func start(
        _ site: GRPCSite,
        hint: String,
        name: PortName,
        sockets: [ListenSocket],
        group: any EventLoopGroup
    ) async throws -> Listener {
        let connections = Connections(max: site.limits.connectionsMax)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                guard connections.add(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    try site.configure(channel, hint: hint)
                }
            }
        return try await start(name, sockets, connections) { try await bootstrap.withBoundSocket($0).get() }
    }
}
