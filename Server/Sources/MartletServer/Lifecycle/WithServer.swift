import EmbeddedStore
import Logging
import NIOCore
import NIOPosix
import Sampling
import SpanStorage

/// A server that runs: what its caller can know of it.
public struct RunningServer: Sendable {
    /// Where it listens.
    public let addresses: [PortName: [SocketAddress]]
    /// Where its spans are.
    public let store: any SpanStore
    /// How long its start took.
    public let startDuration: Duration

    /// How many spans the store has.
    public var spanCount: UInt64 { store.statistics().spans }

    /// The number of a port, if the server listens there.
    public func port(_ name: PortName) -> Int? {
        addresses[name]?.first?.port
    }
}

/// Runs a server for as long as `body` does.
///
/// When this returns or throws nothing of the server is left. The start goes from the ports to the store to the
/// receivers; the stop the other way round, so that everything that was acknowledged is stored.
///
/// - Throws: `StartError` if the server cannot start, or what `body` throws.
public func withServer<Result: Sendable>(
    _ settings: ServerSettings,
    logger: Logger,
    _ body: (RunningServer) async throws -> Result
) async throws -> Result {
    let clock = ContinuousClock()
    let began = clock.now
    let parts = try await ServerParts(settings, logger: logger)
    let server = RunningServer(
        addresses: parts.addresses,
        store: parts.store,
        startDuration: clock.now - began
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await parts.query.serve() }
        group.addTask { await parts.attend() }
        do {
            let result = try await body(server)
            await parts.stop()
            group.cancelAll()
            return result
        } catch {
            await parts.stop()
            throw error
        }
    }
}
