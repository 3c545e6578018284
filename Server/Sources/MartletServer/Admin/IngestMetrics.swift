import Receivers

/// What `/metrics` tells of spans and requests that came in, of a server as of an agent.
struct IngestMetrics: Sendable {
    let pipeline: IngestPipeline
    let connections: [(port: PortName, count: Int)]
    /// The ports that take datagrams.
    let datagramPorts: [(source: IngestSource, port: Int)]

    /// Adds all of it.
    func add(to text: inout PrometheusText) {
        addSpans(to: &text)
        addRequests(to: &text)
        addDatagrams(to: &text)
        addClients(to: &text)
    }

    private func addSpans(to text: inout PrometheusText) {
        let rows = pipeline.ledger.rows.sorted { ($0.service, $0.source.rawValue) < ($1.service, $1.source.rawValue) }
        func labels(_ row: SpanLedger.Row) -> [(String, String)] {
            [("svc", row.service), ("format", row.source.format), ("transport", row.source.transport)]
        }
        let received = "jaeger_collector_spans_received_total"
        text.begin(received, .counter, "Spans that came in; each is stored, rejected or on its way.")
        // Jaeger's dashboards tell debug spans apart; here all are in one series.
        for row in rows { text.sample(received, Self.merged(labels(row)), row.received) }
        let rejected = "jaeger_collector_spans_rejected_total"
        text.begin(rejected, .counter, "Spans that were refused, by reason.")
        for row in rows {
            for cause in SpanLedger.Cause.allCases where row.rejected[cause.rawValue] > 0 {
                text.sample(rejected, labels(row) + [("reason", cause.label)], row.rejected[cause.rawValue])
            }
        }
        let saved = "jaeger_collector_spans_saved_by_svc_total"
        text.begin(saved, .counter, "Spans by what the store did with them.")
        for row in rows {
            let failed = SpanLedger.Cause.ofStore.reduce(0) { $0 + row.rejected[$1.rawValue] }
            let labels = labels(row)
            text.sample(saved, labels + [("result", "ok")], row.acknowledged)
            if failed > 0 { text.sample(saved, labels + [("result", "err")], failed) }
        }
        let left = "martlet_ingest_spans_sampled_out_total"
        text.begin(left, .counter, "Spans of these that tail sampling left out later; figures count them.")
        for row in rows where row.sampledOut > 0 { text.sample(left, labels(row), row.sampledOut) }
        addTotals(rows, to: &text)
    }

    /// Sums over all services, under the names of Jaeger's dashboards, of version 1 and 2.
    private func addTotals(_ rows: [SpanLedger.Row], to text: inout PrometheusText) {
        func failed(_ row: SpanLedger.Row) -> UInt64 {
            SpanLedger.Cause.ofStore.reduce(0) { $0 + row.rejected[$1.rawValue] }
        }
        let dropped = rows.reduce(0) { $0 + failed($1) }
        text.add("jaeger_collector_spans_dropped_total", .counter, "Spans that the store had no room for.", dropped)
        let waiting = rows.reduce(0) { $0 + $1.underWay }
        text.add("jaeger_collector_queue_length", .gauge, "Spans that came in and are not stored yet.", waiting)
        let services = Set(rows.map(\.service)).count
        text.add("jaeger_collector_spans_serviceNames", .gauge, "Services that sent spans.", services)
        let latency = pipeline.saveLatency.snapshot
        text.add(
            "jaeger_collector_save_latency",
            "How long the store takes to make a batch durable, in seconds.",
            latency
        )
        var accepted: [IngestSource: UInt64] = [:]
        var refused: [IngestSource: UInt64] = [:]
        for row in rows {
            accepted[row.source, default: 0] += row.acknowledged
            refused[row.source, default: 0] += row.rejected.reduce(0, +)
        }
        let names = [
            ("otelcol_receiver_accepted_spans_total", "Spans that were stored, by receiver.", accepted),
            ("otelcol_receiver_refused_spans_total", "Spans that were refused, by receiver.", refused),
        ]
        for (name, help, counts) in names {
            text.begin(name, .counter, help)
            for source in IngestSource.allCases where counts[source] != nil {
                let labels = [("receiver", source.format), ("transport", source.label)]
                text.sample(name, labels, counts[source] ?? 0)
            }
        }
    }

    private static func merged(_ labels: [(String, String)]) -> [(String, String)] {
        labels + [("debug", "false")]
    }

    private func addRequests(to text: inout PrometheusText) {
        let all = IngestSource.allCases.map { ($0, pipeline.requests.counts($0)) }
        func labels(_ source: IngestSource) -> [(String, String)] {
            [("source", source.label)]
        }
        text.begin("martlet_ingest_requests_total", .counter, "Requests and datagrams that came in.")
        for (source, counts) in all { text.sample("martlet_ingest_requests_total", labels(source), counts.requests) }
        text.begin("martlet_ingest_bytes_total", .counter, "Bytes of their bodies, decompressed.")
        for (source, counts) in all { text.sample("martlet_ingest_bytes_total", labels(source), counts.bytes) }
        let refused = "martlet_ingest_requests_refused_total"
        text.begin(refused, .counter, "Requests and datagrams of which nothing was kept, by reason.")
        for (source, counts) in all {
            for (failure, count) in counts.failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text.sample(refused, labels(source) + [("reason", failure.rawValue)], count)
            }
        }
        let cut = "martlet_ingest_truncations_total"
        text.begin(cut, .counter, "What was cut off spans because it was over a limit, by kind.")
        for (source, counts) in all {
            for (kind, count) in counts.truncations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text.sample(cut, labels(source) + [("kind", kind.rawValue)], count)
            }
        }
        text.add(
            "martlet_ingest_bytes_in_flight",
            .gauge,
            "Bytes of requests that are under way.",
            pipeline.budget.bytes
        )
        text.begin("martlet_http_connections", .gauge, "Open connections by port.")
        for (port, count) in connections {
            text.sample("martlet_http_connections", [("port", port.rawValue)], count)
        }
    }

    private func addDatagrams(to text: inout PrometheusText) {
        let all = IngestSource.allCases.filter { $0.transport == "udp" }.map { ($0, pipeline.requests.counts($0)) }
        func labels(_ source: IngestSource) -> [(String, String)] {
            [("model", source.format), ("protocol", source.encoding)]
        }
        let processed = "jaeger_agent_thrift_udp_server_packets_processed_total"
        text.begin(processed, .counter, "Datagrams that were read and taken.")
        for (source, counts) in all {
            let refused = counts.failures.values.reduce(0, +) + counts.droppedDatagrams
            text.sample(processed, labels(source), counts.requests - min(counts.requests, refused))
        }
        let dropped = "jaeger_agent_thrift_udp_server_packets_dropped_total"
        text.begin(dropped, .counter, "Datagrams whose spans the store had no room for.")
        for (source, counts) in all { text.sample(dropped, labels(source), counts.droppedDatagrams) }
        let lost = "martlet_udp_kernel_drops_total"
        let losses = KernelDrops.byPort
        text.begin(lost, .counter, "Datagrams that the kernel threw away because the socket's buffer was full.")
        for (source, port) in datagramPorts { text.sample(lost, labels(source), losses[port] ?? 0) }
        let errors = "jaeger_agent_thrift_udp_server_read_errors_total"
        text.begin(errors, .counter, "Errors of the socket.")
        for (source, counts) in all { text.sample(errors, labels(source), counts.socketErrors) }
        let handler = "jaeger_agent_thrift_udp_t_processor_handler_errors_total"
        text.begin(handler, .counter, "Datagrams that could not be decoded.")
        for (source, counts) in all { text.sample(handler, labels(source), counts.failures[.undecodable] ?? 0) }
    }

    private func addClients(to text: inout PrometheusText) {
        let name = "martlet_client_dropped_spans"
        text.begin(name, .gauge, "Spans that a Jaeger client said it dropped itself, by reason.")
        for (service, drops) in pipeline.requests.clients.sorted(by: { $0.key < $1.key }) {
            text.sample(name, [("svc", service), ("reason", "queue_full")], drops.fullQueue)
            text.sample(name, [("svc", service), ("reason", "too_large")], drops.tooLarge)
            text.sample(name, [("svc", service), ("reason", "failed_to_emit")], drops.failedToEmit)
        }
    }
}
