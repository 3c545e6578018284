import HTTPTypes
import Hummingbird
import NIOCore
import SpanStorage
import TraceModel

extension QueryRoutes {
    /// How many spans are read and written at a time.
    private static let columnsPage = 20_000

    /// How many keys are listed.
    private static let mostKeys = 500

    /// `GET /api/traces/{id}/columns`: what a waterfall draws of a trace of any size, in the memory of one page.
    ///
    /// With `attribute=key` what its spans say about that key, span for span in the same order.
    func traceColumns(_ question: Question) async throws(QueryError) -> Response {
        let id = try question.traceID()
        let key = question.parameters["attribute"]
        if !key.isEmpty {
            let writer = AttributeColumnWriter(key: key)
            return try await columns(id, "application/vnd.martlet.attribute-column", writer) { $0.page($1) }
        }
        let writer = TraceColumnsWriter()
        return try await columns(id, "application/vnd.martlet.trace-columns", writer) { $0.page($1) }
    }

    private func columns<Writer: Sendable>(
        _ id: TraceID,
        _ type: String,
        _ begin: Writer,
        _ write: @escaping @Sendable (inout Writer, SpanBatch) -> [UInt8]
    ) async throws(QueryError) -> Response {
        let store = store
        guard let first = try await page(id, after: nil) else { throw .traceNotFound }
        let body = ResponseBody { out in
            var writer = begin
            var page: TracePage? = first
            while let current = page {
                try await out.write(ByteBuffer(bytes: write(&writer, current.spans)))
                guard let next = current.next else { break }
                page = try await store.tracePage(id, after: next, limit: Self.columnsPage)
            }
            try await out.write(ByteBuffer(bytes: TraceColumnsWriter.end()))
            try await out.finish(nil)
        }
        var headers: HTTPFields = [.contentType: type]
        if let count = HTTPField.Name("Martlet-Span-Count") { headers[count] = String(first.total) }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// `GET /api/traces/{id}/attributes`: the keys that spans of a trace, or their processes, have.
    func traceAttributes(_ question: Question) async throws(QueryError) -> Response {
        let id = try question.traceID()
        guard let first = try await page(id, after: nil) else { throw .traceNotFound }
        var census = AttributeKeyCensus()
        var page: TracePage? = first
        while let current = page {
            census.add(current.spans)
            page = if let next = current.next { try await self.page(id, after: next) } else { nil }
        }
        let keys = census.mostFrequent(Self.mostKeys)
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.beginArray()
        for item in keys {
            json.beginObject()
            json.key("key")
            json.string(item.key.span.bytes)
            json.key("spans")
            json.int(item.spans)
            json.endObject()
        }
        json.endArray()
        json.endEnvelope(total: keys.count)
        return .json(json)
    }

    /// `GET /api/traces/{id}/matches?q=…`: the spans of one trace that satisfy a query, set by set.
    func traceMatches(_ question: Question) async throws(QueryError) -> Response {
        let id = try question.traceID()
        if question.parameters["q"].isEmpty {
            throw .own("q", "it is missing; it is \(ParameterKind.traceQL.allowed)")
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

    private func page(_ id: TraceID, after place: TracePage.Place?) async throws(QueryError) -> TracePage? {
        do {
            return try await store.tracePage(id, after: place, limit: Self.columnsPage)
        } catch {
            throw QueryError(error)
        }
    }
}
