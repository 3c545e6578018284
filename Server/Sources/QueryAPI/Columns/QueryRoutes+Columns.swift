import HTTPTypes
import Hummingbird
import NIOCore
import SpanStorage
import TraceModel

extension QueryRoutes {
    /// How many spans are read and written at a time.
    private static let columnsPage = 20_000

    /// `GET /api/traces/{id}/columns`: what a waterfall draws of a trace of any size, in the memory of one page.
    func traceColumns(_ question: Question) async throws(QueryError) -> Response {
        let id = try traceID(question)
        let store = store
        guard let first = try await page(id, after: nil) else { throw .traceNotFound }
        let body = ResponseBody { out in
            var writer = TraceColumnsWriter()
            var page: TracePage? = first
            while let current = page {
                try await out.write(ByteBuffer(bytes: writer.page(current.spans)))
                guard let next = current.next else { break }
                page = try await store.tracePage(id, after: next, limit: Self.columnsPage)
            }
            try await out.write(ByteBuffer(bytes: writer.end()))
            try await out.finish(nil)
        }
        var headers: HTTPFields = [.contentType: "application/vnd.martlet.trace-columns"]
        if let count = HTTPField.Name("Martlet-Span-Count") { headers[count] = String(first.total) }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// `GET /api/traces/{id}/matches?q=…`: the spans of one trace that satisfy a query, set by set.
    func traceMatches(_ question: Question) async throws(QueryError) -> Response {
        let id = try traceID(question)
        if question.parameters["q"].isEmpty {
            throw .own("q", "is missing: write a query in TraceQL, such as { status = error }")
        }
        let expression = try question.parameters.traceQL(and: .everything)
        let found: SpanBatch?
        do { found = try await store.trace(id) } catch { throw QueryError(error) }
        guard let found else { throw .traceNotFound }
        let sets = expression.spansets(of: found)
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.beginObject()
        json.key("traceID")
        json.id(id)
        json.key("spanSets")
        json.beginArray()
        for set in sets {
            json.beginArray()
            for row in set.rows { json.id(SpanID(found.spans.spanIDs[row])) }
            json.endArray()
        }
        json.endArray()
        json.endObject()
        json.endEnvelope(total: sets.count)
        return .json(json)
    }

    private func traceID(_ question: Question) throws(QueryError) -> TraceID {
        do { return try parseTraceID(question.pathPart("id")) } catch { throw .badRequest("\(error)") }
    }

    private func page(_ id: TraceID, after place: TracePage.Place?) async throws(QueryError) -> TracePage? {
        do {
            return try await store.tracePage(id, after: place, limit: Self.columnsPage)
        } catch {
            throw QueryError(error)
        }
    }
}
