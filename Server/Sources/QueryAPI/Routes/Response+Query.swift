import HTTPTypes
import Hummingbird
import NIOCore

/// How errors look.
enum ErrorStyle {
    /// Jaeger's envelope: `{"data":null,…,"errors":[{"code":404,"msg":"…"}]}`.
    case jaeger
    /// Of `/api/v3`: `{"error":{"httpCode":404,"message":"…"}}`.
    case v3
    /// Of Tempo's routes: the words alone.
    case plain
}

extension Response {
    /// A JSON document.
    static func json(_ json: JSONWriter, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes))
        )
    }

    /// Traces: at once if they fit into one piece, otherwise piece by piece as the client takes them.
    static func traces(_ writer: TraceListWriter, isHead: Bool) -> Response {
        var writer = writer
        let headers: HTTPFields = [.contentType: "application/json"]
        let first = writer.next() ?? ByteBuffer()
        if writer.isDone {
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: first))
        }
        if isHead {
            var length = first.readableBytes
            while let piece = writer.next() { length += piece.readableBytes }
            var headers = headers
            headers[.contentLength] = String(length)
            return Response(status: .ok, headers: headers)
        }
        let rest = writer
        let body = ResponseBody { out in
            var rest = rest
            try await out.write(first)
            while let piece = rest.next() { try await out.write(piece) }
            try await out.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// What is written piece by piece, as the client takes it.
    static func pieces(
        _ writer: some PieceWriter,
        type: String = "application/json",
        isHead: Bool
    ) async throws(QueryError) -> Response {
        var writer = writer
        let headers: HTTPFields = [.contentType: type]
        let first: ByteBuffer
        do { first = try await writer.next() ?? ByteBuffer() } catch { throw QueryError(reading: error) }
        if writer.isDone || isHead {
            // Whoever asks for the head alone does not wait for a large answer to be written and thrown away.
            if isHead, !writer.isDone { return Response(status: .ok, headers: headers) }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: first))
        }
        let rest = writer
        let body = ResponseBody { out in
            var rest = rest
            try await out.write(first)
            while let piece = try await rest.next() { try await out.write(piece) }
            try await out.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// An error, in the shape that the answers of its family of routes have.
    static func failure(_ error: QueryError, _ style: ErrorStyle = .jaeger) -> Response {
        var json = JSONWriter()
        switch style {
        case .plain: break
        case .jaeger:
            json.beginEnvelope()
            json.null()
            json.endEnvelope(total: 0, errors: [EnvelopeError(code: error.status.code, message: error.message)])
        case .v3:
            json.beginObject()
            json.key("error")
            json.beginObject()
            json.key("httpCode")
            json.int(error.status.code)
            json.key("message")
            json.string(error.message)
            json.endObject()
            json.endObject()
        }
        var response =
            style == .plain ? Response.line(error.message, status: error.status) : .json(json, status: error.status)
        if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    /// There is no such route; the words are those of Go's router.
    static var noSuchRoute: Response {
        Response(
            status: .notFound,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "404 page not found\n"))
        )
    }

    /// The route is there but takes other methods.
    static func methodNotAllowed(_ allowed: String) -> Response {
        Response(status: .methodNotAllowed, headers: [.allow: allowed])
    }
}

extension HTTPRequest.Method {
    /// The methods that requests have in practice.
    static let common: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
}
