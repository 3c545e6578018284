import Receivers
import Synchronization
import TraceModel

/// Counts requests and datagrams by source.
final class RequestCounters: Sendable {
    /// The counts of one source.
    struct Counts: Sendable {
        /// Requests or datagrams that came in, refused ones included.
        var requests: UInt64 = 0
        /// Bytes of their bodies, decompressed.
        var bytes: UInt64 = 0
        /// By the reason for which they were refused.
        var failures: [RequestFailure: UInt64] = [:]
        /// Datagrams whose spans the store refused.
        var droppedDatagrams: UInt64 = 0
        /// Errors of the socket.
        var socketErrors: UInt64 = 0
        /// What was cut off spans, by kind.
        var truncations: [Truncation.Kind: UInt64] = [:]
    }

    /// What Jaeger clients said that they dropped themselves, of one service.
    struct ClientDrops: Sendable {
        var fullQueue: Int64 = 0
        var tooLarge: Int64 = 0
        var failedToEmit: Int64 = 0
    }

    private struct State {
        var counts = [Counts](repeating: Counts(), count: IngestSource.allCases.count)
        var clients: [String: ClientDrops] = [:]
    }

    private static let clientsMax = 4000
    private let state = Mutex(State())

    /// Changes the counts of a source, under a lock.
    func update(_ source: IngestSource, _ change: (inout Counts) -> Void) {
        state.withLock { change(&$0.counts[source.rawValue]) }
    }

    /// Counts a request that was refused as a whole.
    func fail(_ source: IngestSource, _ failure: RequestFailure, bytes: Int = 0) {
        update(source) { counts in
            counts.requests += 1
            counts.bytes += UInt64(bytes)
            counts.failures[failure, default: 0] += 1
        }
    }

    /// Notes what was cut off spans, and what clients said of themselves.
    func note(_ received: Received, from source: IngestSource) {
        if received.truncations.isEmpty, received.clientStatistics.isEmpty { return }
        state.withLock { state in
            for cut in received.truncations {
                state.counts[source.rawValue].truncations[cut.kind, default: 0] += UInt64(clamping: cut.count)
            }
            for client in received.clientStatistics {
                var service = received.batch.strings.text(client.service)
                if state.clients[service] == nil, state.clients.count >= Self.clientsMax {
                    service = SpanLedger.otherServices
                }
                state.clients[service] = ClientDrops(
                    fullQueue: client.fullQueueDroppedSpans,
                    tooLarge: client.tooLargeDroppedSpans,
                    failedToEmit: client.failedToEmitSpans
                )
            }
        }
    }

    /// The counts of a source.
    func counts(_ source: IngestSource) -> Counts { state.withLock { $0.counts[source.rawValue] } }

    /// What clients said of themselves, by service: the last statement of any of its processes.
    var clients: [String: ClientDrops] { state.withLock { $0.clients } }
}
