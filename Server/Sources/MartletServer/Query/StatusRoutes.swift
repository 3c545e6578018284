import HTTPTypes
import Hummingbird

/// `/api/status` of the query port: what the status page shows.
struct StatusRoutes: Sendable {
    let status: ServerStatus

    /// Adds the routes below a path: empty, or `/jaeger`.
    func add<Context: RequestContext>(to router: Router<Context>, basePath: String) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("\(basePath)/api/status", method: method) { request, _ in
                let response = answer()
                return request.method == .head ? response.createHeadResponse() : response
            }
        }
    }

    private func answer() -> Response {
        guard let report = status.report else { return .plain(.serviceUnavailable, "the server is starting") }
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: report.json()))
        )
    }
}
