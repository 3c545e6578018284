import Logging
import NIOCore
import NIOPosix
import TraceModel

/// An agent that runs: what its caller can know of it.
public struct RunningAgent: Sendable {
    /// Where it listens.
    public let addresses: [PortName: [SocketAddress]]
    /// Spans that wait on the disk.
    public let queuedSpans: @Sendable () -> Int

    /// The number of a port, if the agent listens there.
    public func port(_ name: PortName) -> Int? { addresses[name]?.first?.port }
}

/// Runs an agent for as long as `body` does: spans in by UDP, on to a collector by HTTP.
///
/// When this returns or throws nothing of the agent is left but its queue on the disk, which holds what was not sent.
///
/// - Throws: `StartError` if the agent cannot start, or what `body` throws.
public func withAgent<Result: Sendable>(
    _ settings: AgentSettings,
    logger: Logger,
    _ body: (RunningAgent) async throws -> Result
) async throws -> Result {
    let parts = try await AgentParts(settings, logger: logger)
    let agent = RunningAgent(addresses: parts.addresses) { parts.forwarder.queue.spans }
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await parts.forwarder.run() }
        do {
            let result = try await body(agent)
            await parts.stop()
            group.cancelAll()
            return result
        } catch {
            await parts.stop()
            throw error
        }
    }
}

/// The parts of a running agent.
struct AgentParts: Sendable {
    let addresses: [PortName: [SocketAddress]]
    let forwarder: SpanForwarder
    private let listeners: [Listener]

    init(_ settings: AgentSettings, logger: Logger) async throws(StartError) {
        let startedAt = UTCTime.now
        var start = ServerStart(ports: try BoundPorts(settings.server), group: MultiThreadedEventLoopGroup.singleton)
        addresses = start.ports.addresses
        do {
            let spool = try SpoolFolder(path: settings.queueDirectory, bytesMax: settings.queueBytesMax)
            if spool.figures.requests > 0 {
                logger.notice("spans wait from before", metadata: ["spans": "\(spool.figures.spans)"])
            }
            forwarder = SpanForwarder(to: settings.collector, spool: spool, logger: logger)
            let pipeline = IngestPipeline(sink: forwarder, bytesInFlightMax: settings.server.ingestBytesMax)
            try await start.receiveDatagrams(pipeline)
            let small = ByteBudget(bytesMax: 16 << 20)
            let proxy = SamplingProxySite(source: settings.samplingSource)
            _ = try await start.serve(proxy, .sampling, budget: small)
            let ingest = IngestMetrics(
                pipeline: pipeline,
                connections: [],
                datagramPorts: start.datagramPorts
            )
            let metrics = AgentMetrics(
                ingest: ingest,
                forwarder: forwarder,
                collector: settings.collector,
                startedAt: startedAt
            )
            _ = try await start.serve(AgentSite(metrics: metrics), .admin, budget: small)
            listeners = start.listeners
        } catch {
            await start.undo()
            throw error as? StartError ?? StartError("the agent cannot start: \(error)")
        }
    }

    /// Stops taking, and puts what was taken into the queue.
    func stop() async {
        for listener in listeners { await listener.stop(timeout: .seconds(1)) }
        await forwarder.close()
    }
}
