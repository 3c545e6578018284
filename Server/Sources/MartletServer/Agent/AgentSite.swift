import NIOCore
import NIOHTTP1
import TraceModel

/// The admin port of an agent: `/` says whether it is up, `/metrics` what it does, `/status` what waits and why.
struct AgentSite: HTTPSite {
    let metrics: AgentMetrics
    let limits = HTTPLimits.small

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        if head.method == .GET || head.method == .HEAD { return nil }
        return SiteAnswer.text(.methodNotAllowed, "405 method not allowed, supported: [GET]").with("Allow", "GET, HEAD")
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer { refusal.answer() }

    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void) {
        switch RequestTarget(request.head.uri).path {
        case "/": reply(.json(.ok, "{\"status\":\"Server available\"}"))
        case "/metrics":
            var answer = SiteAnswer(.ok)
            answer.body.writeString(metrics.text())
            reply(answer.with("Content-Type", "text/plain; version=0.0.4; charset=utf-8"))
        case "/status": reply(.json(.ok, encoded(metrics.report())))
        case "/version": reply(.json(.ok, "{\"gitVersion\":\"v\(Martlet.version)\",\"name\":\"martlet\"}"))
        default: reply(.text(.notFound, "404 page not found; there are / (health), /metrics, /status and /version"))
        }
    }
}

/// What an agent tells of itself.
struct AgentMetrics: Sendable {
    let ingest: IngestMetrics
    let forwarder: SpanForwarder
    let collector: CollectorAddress
    let startedAt: UTCTime

    /// What waits and why, as JSON.
    struct Report: Encodable {
        struct Queue: Encodable {
            var requests: Int
            var spans: Int
            var bytes: Int
        }

        var version: String
        var startedAt: String
        var collector: String
        var isConnected: Bool
        var lastProblem: String?
        var sentSpans: UInt64
        var refusedSpans: UInt64
        var queue: Queue
        var ingest: IngestReport
    }

    func report() -> Report {
        let figures = forwarder.figures
        let queue = forwarder.queue
        return Report(
            version: Martlet.version,
            startedAt: startedAt.description,
            collector: "\(collector)",
            isConnected: figures.isConnected,
            lastProblem: figures.lastProblem,
            sentSpans: figures.sentSpans,
            refusedSpans: figures.refusedSpans,
            queue: Report.Queue(requests: queue.requests, spans: queue.spans, bytes: queue.bytes),
            ingest: IngestReport(ingest)
        )
    }

    /// All of it for Prometheus.
    func text() -> String {
        var text = PrometheusText()
        ingest.add(to: &text)
        let figures = forwarder.figures
        let queue = forwarder.queue
        text.add("jaeger_agent_reporter_batches_submitted_total", .counter, "Requests taken.", figures.sentRequests)
        text.add("jaeger_agent_reporter_spans_submitted_total", .counter, "Spans taken.", figures.sentSpans)
        text.add(
            "jaeger_agent_reporter_spans_failures_total",
            .counter,
            "Spans refused for good.",
            figures.refusedSpans
        )
        text.add("martlet_agent_retries_total", .counter, "Attempts that are to be repeated.", figures.retries)
        let connected = "martlet_agent_connected"
        text.add(connected, .gauge, "1 if the last attempt to send succeeded.", figures.isConnected ? 1 : 0)
        text.add("martlet_agent_queue_requests", .gauge, "Requests that wait on the disk.", queue.requests)
        text.add("martlet_agent_queue_spans", .gauge, "Spans in these.", queue.spans)
        text.add("martlet_agent_queue_bytes", .gauge, "Bytes of these.", queue.bytes)
        ProcessUsage.now.add(to: &text, startedAt: startedAt)
        return text.text
    }
}
