import HTTPTypes
import Hummingbird
import SpanStorage
import TraceAnalysis
import TraceModel

extension QueryRoutes {
    /// Set on the answer of a search when more traces match than were asked for; Jaeger has no such sign.
    private static let truncated = HTTPField.Name("Martlet-Truncated")

    /// `GET /api/traces/{id}`: one trace.
    func trace(_ question: Question) async throws(QueryError) -> Response {
        let id = try question.traceID()
        // Stores that are divided by time need these as a hint; here they are only checked.
        _ = try question.parameters.microseconds("start")
        _ = try question.parameters.microseconds("end")
        let isRaw = try question.parameters.bool("raw")
        let adjuster = try question.parameters.adjuster() ?? TraceAdjuster()
        let isIndented = question.parameters.isIndented
        let pages: TracePages?
        do { pages = try await TracePages(id, in: store, adjuster: isRaw ? nil : adjuster) } catch {
            throw QueryError(error)
        }
        guard let pages else { throw .traceNotFound }
        guard let trace = pages.whole else {
            let writer = LargeTraceWriter(pages, isRaw: isRaw, isIndented: isIndented)
            return try await .pieces(writer, isHead: question.isHead)
        }
        let writer = TraceListWriter([trace], isRaw: isRaw, adjuster: adjuster, isIndented: isIndented)
        return .traces(writer, isHead: question.isHead)
    }

    /// `GET /api/traces?…`: a search, or several traces by id.
    func traces(_ question: Question) async throws(QueryError) -> Response {
        let search = try TraceSearch(question.parameters, nowNanoseconds: now())
        let adjuster = try question.parameters.adjuster() ?? TraceAdjuster()
        var traces: [SpanBatch] = []
        var errors: [EnvelopeError] = []
        var isTruncated = false
        var report: SearchReport?
        switch search.target {
        case .traces(let ids):
            for id in ids {
                if let trace = try await storedTrace(id) {
                    traces.append(trace)
                } else {
                    errors.append(EnvelopeError(message: QueryError.traceNotFound.message, traceID: id))
                }
            }
        case .search(nil): report = search.isExtended ? SearchReport(outcome: SearchOutcome()) : nil
        case .search(let query?):
            let found: FoundTraces
            do { found = try await store.findTraces(query) } catch { throw QueryError(error) }
            traces = found.traces
            isTruncated = found.isTruncated
            if search.isExtended {
                report = SearchReport(outcome: found.outcome, matches: search.showsMatches ? matches(found) : nil)
            }
            if let partial = found.outcome.partial { errors.append(EnvelopeError(message: partial.description)) }
        }
        let isIndented = question.parameters.isIndented
        let writer = TraceListWriter(
            traces,
            errors: errors,
            report: report,
            isRaw: search.isRaw,
            adjuster: adjuster,
            isIndented: isIndented
        )
        var response = Response.traces(writer, isHead: question.isHead)
        if isTruncated, let name = Self.truncated { response.headers[name] = "true" }
        return response
    }

    private func matches(_ found: FoundTraces) -> [SearchReport.TraceMatch] {
        zip(found.traces, found.spansets).map { trace, sets in
            SearchReport.TraceMatch(
                id: trace.spans.traceID(0),
                spansets: sets.map { set in set.rows.map { SpanID(trace.spans.spanIDs[$0]) } }
            )
        }
    }

    private func storedTrace(_ id: TraceID) async throws(QueryError) -> SpanBatch? {
        do { return try await store.trace(id) } catch { throw QueryError(error) }
    }
}
