import NIOCore
import NIOHTTP1
import NIOPosix

/// A port that is being read: its sockets, and the connections that came in by them.
struct Listener: Sendable {
    let name: PortName
    let channels: [any Channel]
    let connections: Connections

    /// Serves HTTP on sockets.
    static func start<Site: HTTPSite>(
        _ site: Site,
        name: PortName,
        sockets: [ListenSocket],
        budget: ByteBudget,
        group: any EventLoopGroup
    ) async throws -> Listener {
        let connections = Connections(max: site.limits.connectionsMax)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                guard connections.add(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    try configure(channel, site: site, budget: budget)
                }
            }
        return try await start(name, sockets, connections) { try await bootstrap.withBoundSocket($0).get() }
    }

    /// Stops listening, and waits for the requests that are under way.
    func stop(timeout: Duration) async {
        for channel in channels { try? await channel.close() }
        await connections.drain(timeout: timeout)
    }

    static func start(
        _ name: PortName,
        _ sockets: [ListenSocket],
        _ connections: Connections,
        open: (CInt) async throws -> any Channel
    ) async throws -> Listener {
        var channels: [any Channel] = []
        for (index, socket) in sockets.enumerated() {
            do {
                channels.append(try await open(socket.descriptor))
            } catch {
                for channel in channels { try? await channel.close() }
                for socket in sockets[(index + 1)...] { socket.close() }
                throw error
            }
        }
        return Listener(name: name, channels: channels, connections: connections)
    }

    private static func configure<Site: HTTPSite>(_ channel: any Channel, site: Site, budget: ByteBudget) throws {
        let pipeline = channel.pipeline.syncOperations
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = site.limits.headerBytesMax
        limits.maxHeaderFieldSize = site.limits.headerBytesMax
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: true,
            withErrorHandling: false,
            withOutboundHeaderValidation: true,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: limits
        )
        try pipeline.addHandler(SiteHandler(site: site, budget: budget))
    }
}
