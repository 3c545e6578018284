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
}
