import TraceModel

/// The ledger as JSON: for each service and way in, what came and what became of it.
///
/// In each row `received = stored + underWay + the sum of rejected`; what clients said that they dropped themselves
/// never came, and is not part of it.
enum LedgerJSON {
    static func text(_ pipeline: IngestPipeline) -> String {
        let rows = pipeline.ledger.rows.sorted { ($0.service, $0.source.rawValue) < ($1.service, $1.source.rawValue) }
        let clients = pipeline.requests.clients.sorted { $0.key < $1.key }
        let requests = IngestSource.allCases.map { ($0, pipeline.requests.counts($0)) }.filter { $1.requests > 0 }
        return """
            {"rows":[\(rows.map(row).joined(separator: ","))],\
            "requests":[\(requests.map(request).joined(separator: ","))],\
            "clients":[\(clients.map(client).joined(separator: ","))]}
            """
    }

    private static func row(_ row: SpanLedger.Row) -> String {
        let rejected = SpanLedger.Cause.allCases.filter { row.rejected[$0.rawValue] > 0 }
            .map { "\"\($0.label)\":\(row.rejected[$0.rawValue])" }
        return """
            {"service":\(quoted(row.service)),"source":"\(row.source.label)","received":\(row.received),\
            "stored":\(row.stored),"rejected":{\(rejected.joined(separator: ","))},"underWay":\(row.underWay)}
            """
    }

    private static func request(_ source: IngestSource, _ counts: RequestCounters.Counts) -> String {
        let refused = counts.failures.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\"\($0.key.rawValue)\":\($0.value)" }
        return """
            {"source":"\(source.label)","received":\(counts.requests),"bytes":\(counts.bytes),\
            "refused":{\(refused.joined(separator: ","))}}
            """
    }

    private static func client(_ service: String, _ drops: RequestCounters.ClientDrops) -> String {
        """
        {"service":\(quoted(service)),"droppedQueueFull":\(drops.fullQueue),"droppedTooLarge":\(drops.tooLarge),\
        "failedToEmit":\(drops.failedToEmit)}
        """
    }

    private static func quoted(_ text: String) -> String {
        var quoted = ""
        writeJSONString(text, to: &quoted)
        return quoted
    }
}
