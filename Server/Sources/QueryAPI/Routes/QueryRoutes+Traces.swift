import HTTPTypes
import Hummingbird
import SpanStorage
import TraceModel

extension QueryRoutes {
    /// Set on the answer of a search when more traces match than were asked for; Jaeger has no such sign.
    private static let truncated = HTTPField.Name("Martlet-Truncated")

    /// `GET /api/traces/{id}`: one trace.
    func trace(_ question: Question) async throws(QueryError) -> Response {
        let id: TraceID
        do { id = try parseTraceID(question.pathPart("id")) } catch { throw .badRequest("\(error)") }
        // Stores that are divided by time need these as a hint; here they are only checked.
        _ = try question.parameters.microseconds("start")
        _ = try question.parameters.microseconds("end")
        let isRaw = try question.parameters.bool("raw")
        guard let trace = try await storedTrace(id) else { throw .traceNotFound }
        let isIndented = question.parameters.isIndented
        return .traces(TraceListWriter([trace], isRaw: isRaw, isIndented: isIndented), isHead: question.isHead)
    }

    /// `GET /api/traces?…`: a search, or several traces by id.
    func traces(_ question: Question) async throws(QueryError) -> Response {
        let search = try TraceSearch(question.parameters, nowNanoseconds: now())
        var traces: [SpanBatch] = []
        var errors: [EnvelopeError] = []
        var isTruncated = false
        switch search.target {
        case .traces(let ids):
            for id in ids {
                if let trace = try await storedTrace(id) {
                    traces.append(trace)
                } else {
                    errors.append(EnvelopeError(message: QueryError.traceNotFound.message, traceID: id))
                }
            }
        case .search(nil): break
        case .search(let query?):
            let found: FoundTraces
            do { found = try await store.findTraces(query) } catch { throw QueryError(error) }
            traces = found.traces
            isTruncated = found.isTruncated
        }
        let isIndented = question.parameters.isIndented
        let writer = TraceListWriter(traces, errors: errors, isRaw: search.isRaw, isIndented: isIndented)
        var response = Response.traces(writer, isHead: question.isHead)
        if isTruncated, let name = Self.truncated { response.headers[name] = "true" }
        return response
    }

    private func storedTrace(_ id: TraceID) async throws(QueryError) -> SpanBatch? {
        do { return try await store.trace(id) } catch { throw QueryError(error) }
    }
}
