import NIOCore
import NIOHTTP1
import TraceModel

/// Port 14269: `/` says whether the server is up, `/metrics` what it does, `/ledger` what became of all spans,
/// `/status` all of that and how it is set, `/version` what it is.
struct AdminSite: HTTPSite {
    let status: ServerStatus
    let limits = HTTPLimits.small

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        let path = RequestTarget(head.uri).path
        if StoreRoutes.changes(path) || path == TailPreviewRoute.path { return StoreRoutes.refusal(head) }
        if head.method == .GET || head.method == .HEAD { return nil }
        return SiteAnswer.text(.methodNotAllowed, "405 method not allowed, supported: [GET]").with("Allow", "GET, HEAD")
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer {
        refusal.answer()
    }

    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void) {
        let target = RequestTarget(request.head.uri)
        if target.path == TailPreviewRoute.path { return preview(target, request.body, reply) }
        guard StoreRoutes.has(target.path) else { return reply(answer(path: target.path)) }
        guard let store = status.metrics?.store else {
            return reply(.text(.serviceUnavailable, "the server is starting"))
        }
        Task { reply(await StoreRoutes.answer(target, store)) }
    }

    private func preview(
        _ target: RequestTarget,
        _ body: ByteBuffer,
        _ reply: @escaping @Sendable (SiteAnswer) -> Void
    ) {
        guard let metrics = status.metrics else {
            return reply(.text(.serviceUnavailable, "the server is starting"))
        }
        let route = TailPreviewRoute(store: metrics.store, sampler: metrics.ingest.pipeline.tail)
        Task { reply(await route.answer(target, body: Array(body.readableBytesView))) }
    }

    private func answer(path: Substring) -> SiteAnswer {
        switch path {
        case "/": return health()
        case "/metrics":
            guard let metrics = status.metrics else { return .text(.serviceUnavailable, "the server is starting") }
            var answer = SiteAnswer.text(.ok, "")
            answer.body.clear()
            answer.body.writeString(metrics.text())
            return answer.with("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        case "/ledger":
            guard let metrics = status.metrics else { return .text(.serviceUnavailable, "the server is starting") }
            return .json(.ok, encoded(IngestReport(metrics.ingest)))
        case "/status":
            guard let report = status.report else { return .text(.serviceUnavailable, "the server is starting") }
            return .json(.ok, report.json())
        case "/version":
            return .json(.ok, "{\"gitVersion\":\"v\(Martlet.version)\",\"name\":\"martlet\"}")
        default:
            return .text(.notFound, "404 page not found; there are / (health), /metrics, /ledger, /status and /version")
        }
    }

    private func health() -> SiteAnswer {
        switch status.phase {
        case .running(let since):
            let seconds = (UTCTime.now.nanoseconds - min(since.nanoseconds, UTCTime.now.nanoseconds)) / 1_000_000_000
            return .json(
                .ok,
                "{\"status\":\"Server available\",\"upSince\":\"\(since)\",\"uptime\":\"\(Self.words(seconds))\"}"
            )
        case .starting, .stopping:
            return .json(
                .serviceUnavailable,
                "{\"status\":\"Server not available\",\"upSince\":\"0001-01-01T00:00:00Z\",\"uptime\":\"\"}"
            )
        }
    }

    /// Seconds as Go writes a duration: `1h2m3s`.
    private static func words(_ seconds: UInt64) -> String {
        var words = ""
        if seconds >= 3600 { words += "\(seconds / 3600)h" }
        if seconds >= 60 { words += "\(seconds / 60 % 60)m" }
        return words + "\(seconds % 60)s"
    }
}
