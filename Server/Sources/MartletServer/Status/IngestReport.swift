import Receivers

/// What came in and what became of it, since the start: the ledger for people and pages.
///
/// In each row `received = stored + sampledOut + underWay + the sum of rejected`, at all times; what clients said that
/// they dropped themselves never came, and is not part of it.
struct IngestReport: Encodable {
    /// Spans of one service by one way in.
    struct Row: Encodable {
        var service: String
        var source: String
        var format: String
        var transport: String
        var received: UInt64
        var stored: UInt64
        var sampledOut: UInt64
        var rejected: [String: UInt64]
        var underWay: UInt64
    }

    /// Requests, or datagrams, by one way in.
    struct Requests: Encodable {
        var source: String
        var received: UInt64
        /// Of their bodies, decompressed.
        var bytes: UInt64
        var refused: [String: UInt64]
        var truncated: [String: UInt64]
        var droppedDatagrams: UInt64?
        var kernelDrops: UInt64?
        var socketErrors: UInt64?
    }

    /// What the clients of a service said that they dropped themselves.
    struct Client: Encodable {
        var service: String
        var droppedQueueFull: Int64
        var droppedTooLarge: Int64
        var failedToEmit: Int64
    }

    var rows: [Row]
    var requests: [Requests]
    var clients: [Client]
    var bytesInFlight: Int
    var bytesInFlightMax: Int

    init(_ metrics: IngestMetrics) {
        let pipeline = metrics.pipeline
        rows = pipeline.ledger.rows.sorted { ($0.service, $0.source.rawValue) < ($1.service, $1.source.rawValue) }
            .map { Row($0) }
        let losses = KernelDrops.byPort
        var drops: [IngestSource: UInt64] = [:]
        for (source, port) in metrics.datagramPorts { drops[source] = losses[port] ?? 0 }
        requests = IngestSource.allCases.map { ($0, pipeline.requests.counts($0)) }
            .filter { $1.requests > 0 || drops[$0] ?? 0 > 0 }
            .map { Requests($0, $1, kernelDrops: drops[$0]) }
        clients = pipeline.requests.clients.sorted { $0.key < $1.key }.map { service, drops in
            Client(
                service: service,
                droppedQueueFull: drops.fullQueue,
                droppedTooLarge: drops.tooLarge,
                failedToEmit: drops.failedToEmit
            )
        }
        bytesInFlight = pipeline.budget.bytes
        bytesInFlightMax = pipeline.budget.bytesMax
    }
}

extension IngestReport.Row {
    fileprivate init(_ row: SpanLedger.Row) {
        service = row.service
        source = row.source.label
        format = row.source.format
        transport = row.source.transport
        received = row.received
        stored = row.stored
        sampledOut = row.sampledOut
        rejected = [:]
        for cause in SpanLedger.Cause.allCases where row.rejected[cause.rawValue] > 0 {
            rejected[cause.label] = row.rejected[cause.rawValue]
        }
        underWay = row.underWay
    }
}

extension IngestReport.Requests {
    fileprivate init(_ source: IngestSource, _ counts: RequestCounters.Counts, kernelDrops: UInt64?) {
        self.source = source.label
        received = counts.requests
        bytes = counts.bytes
        refused = [:]
        for (failure, count) in counts.failures { refused[failure.rawValue] = count }
        truncated = [:]
        for (kind, count) in counts.truncations { truncated[kind.rawValue] = count }
        if source.transport == "udp" {
            droppedDatagrams = counts.droppedDatagrams
            socketErrors = counts.socketErrors
            self.kernelDrops = kernelDrops
        }
    }
}
