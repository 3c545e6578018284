import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import QueryAPI
import SpanStorage
import TraceModel
import WebUI

/// Port 16686: the query API and the web UI, on Hummingbird's router.
///
/// The sockets are bound before, by hand, so Hummingbird's own server is not used, only what it runs on a connection.
struct QueryServer: Sendable {
    let connections = Connections(max: 1024)
    private let listeners: [NIOAsyncChannel<QueryConnection.Value, Never>]
    private let channel: QueryConnection
    private let logger: Logger

    /// What questions need beside the store.
    struct Parts {
        /// Who listens to what comes in.
        var live: LiveTail
        var counters: QueryCounters
        var status: ServerStatus
    }

    private static func routes(_ store: any SpanStore, _ parts: Parts) -> QueryRoutes {
        QueryRoutes(
            store: store,
            now: { UTCTime.now.nanoseconds },
            tail: parts.live,
            version: Martlet.version,
            tracePage: TracePageTemplate(WebUI.exportedPage)
        )
    }

    /// Takes over sockets; nothing is answered before `serve()`.
    init(
        store: any SpanStore,
        parts: Parts,
        settings: ServerSettings,
        sockets: [ListenSocket],
        group: any EventLoopGroup,
        logger: Logger
    ) async throws {
        let basePath = settings.queryBasePath == "/" ? "" : settings.queryBasePath
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: CountQueries(counters: parts.counters))
        Self.routes(store, parts).add(
            to: router,
            basePath: basePath,
            others: [ImportRoute(status: parts.status).route, StatusRoutes(status: parts.status).route]
        )
        let configuration = try UIConfiguration(file: settings.uiConfigurationFile)
        UserInterface(basePath: basePath, configuration: configuration).add(to: router)
        let responder = router.buildResponder()
        let channel = QueryConnection(
            responder: { request, writer, channel in
                let context = BasicRequestContext(source: .init(channel: channel, logger: logger))
                var response: Response
                do {
                    response = try await responder.respond(to: request, context: context)
                } catch let error as any HTTPResponseError {
                    response = try error.response(from: request, context: context)
                } catch {
                    logger.error("a question failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
                    response = .plain(.internalServerError, "the server failed to answer; its log says why")
                }
                try await writer.write(response: response.head, body: response.body)
            }
        )
        var listeners: [NIOAsyncChannel<QueryConnection.Value, Never>] = []
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        for (index, socket) in sockets.enumerated() {
            do {
                let listener = try await bootstrap.bind(socket.descriptor) {
                    [connections] child -> EventLoopFuture<QueryConnection.Value> in
                    guard connections.add(child) else {
                        return child.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                    }
                    return channel.setup(channel: child, logger: logger)
                }
                listeners.append(listener)
            } catch {
                for listener in listeners { try? await listener.channel.close() }
                for socket in sockets[(index + 1)...] { socket.close() }
                throw error
            }
        }
        self.listeners = listeners
        self.channel = channel
        self.logger = logger
    }

    /// Answers until `stop` is called.
    func serve() async {
        await withDiscardingTaskGroup { group in
            for listener in listeners {
                group.addTask {
                    do {
                        try await listener.executeThenClose { inbound in
                            await withDiscardingTaskGroup { connections in
                                do {
                                    for try await child in inbound {
                                        connections.addTask { await channel.handle(value: child, logger: logger) }
                                    }
                                } catch {
                                    logger.error("the query port failed", metadata: ["error": "\(error)"])
                                }
                            }
                        }
                    } catch {
                        logger.debug("the query port did not close cleanly", metadata: ["error": "\(error)"])
                    }
                }
            }
        }
    }

    /// Stops listening, and waits for the questions that are being answered.
    func stop(timeout: Duration) async {
        for listener in listeners { try? await listener.channel.close() }
        await connections.drain(timeout: timeout)
    }
}
