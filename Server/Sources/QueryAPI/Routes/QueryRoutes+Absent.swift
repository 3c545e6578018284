import HTTPTypes
import Hummingbird
import TraceModel

/// Routes of Jaeger's for what this server does not have, with the answer of a Jaeger that does not have it either:
/// its page and its clients know these and hide what they belong to.
extension QueryRoutes {
    /// `POST /api/archive/{id}`: there is no second storage to put a trace into.
    func archive(_ question: Question) async throws(QueryError) -> Response {
        do { _ = try parseTraceID(question.pathPart("id")) } catch { throw .badRequest("\(error)") }
        throw QueryError(status: .internalServerError, message: "archive span storage was not configured")
    }

    /// `GET /api/metrics/…`: no figures of calls and latencies are kept.
    func metrics(_ question: Question) async throws(QueryError) -> Response {
        if question.parameters["service"].isEmpty {
            throw .badRequest("unable to parse param 'service': please provide at least one service name")
        }
        for kind in question.parameters.all("spanKind") where !Self.metricKinds.contains(kind) {
            throw .badRequest("unable to parse param 'spanKind': unsupported span kind: '\(kind)'")
        }
        throw Self.noMetrics
    }

    /// `GET /api/metrics/minstep`: the finest step of figures that are not kept.
    func metricsStep(_ question: Question) async throws(QueryError) -> Response {
        throw Self.noMetrics
    }

    private static let noMetrics =
        QueryError(status: .notImplemented, message: "metrics querying is currently disabled")
    private static let metricKinds: Set<String> = [
        "unspecified", "internal", "server", "client", "producer", "consumer",
    ]
}
