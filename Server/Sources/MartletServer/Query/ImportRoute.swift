import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOPosix
import QueryAPI
import Receivers
import SpanStorage
import TraceModel

/// `POST /api/import` of the query port: takes a file of spans as `martlet send` does, for pages that drop files.
///
/// The header `X-Martlet-Import` must be there, with any value: no form of another site can send it.
struct ImportRoute: Sendable {
    let status: ServerStatus

    /// Bytes that a file may have.
    static let bytesMax = 64 << 20

    /// The route and its description.
    var route: Route {
        Route(
            "api/import",
            .post,
            "Takes in a file of spans, as `martlet send` does.",
            parameters: [.header("X-Martlet-Import", "Any value; no form of another site can send it.", example: "1")],
            body: RouteBody(
                .anything,
                "Spans as Jaeger's, OTLP's or Zipkin's JSON, or as OTLP's protobuf, up to 64 MiB.",
                example: #"{"resourceSpans":[]}"#
            ),
            answer: ["spans": .integer, "format": .text]
        ) { request in await answer(request) }
    }

    private func answer(_ request: Request) async -> Response {
        guard let name = HTTPField.Name("X-Martlet-Import"), request.headers[name] != nil else {
            return .plain(.forbidden, "send the header X-Martlet-Import: 1, so that no other site's page can do this")
        }
        guard let pipeline = status.metrics?.ingest.pipeline else {
            return .plain(.serviceUnavailable, "the server is starting")
        }
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: Self.bytesMax) } catch {
            return .plain(.contentTooLarge, "a file may have up to \(Self.bytesMax) bytes")
        }
        let size = body.readableBytes
        guard pipeline.budget.reserve(size) else {
            var response = Response.plain(.serviceUnavailable, "the server is busy")
            response.headers[.retryAfter] = String(pipeline.budget.retryAfterSeconds)
            return response
        }
        defer { pipeline.budget.release(size) }
        do {
            let bytes = Array(body.readableBytesView)
            // Reading a large file takes a while: not on a thread that others wait for.
            let file = try await NIOThreadPool.singleton.runIfActive { try SpanFile(bytes) }
            for request in file.requests { try await take(request, pipeline) }
            let answer = "{\"spans\":\(file.spanCount),\"format\":\"\(file.format.rawValue)\"}"
            return Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: answer))
            )
        } catch let error as SpanStoreError {
            let refusal = StoreRefusal(error)
            var response = Response.plain(.init(code: Int(refusal.status.code)), "\(error)")
            if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
            return response
        } catch {
            return .plain(.badRequest, "\(error)")
        }
    }

    private func take(_ request: SpanFile.Request, _ pipeline: IngestPipeline) async throws {
        let (received, source) = try request.received(at: UTCTime.now.nanoseconds)
        let error: SpanStoreError? = await withCheckedContinuation { continuation in
            pipeline.take(received, from: source, bytes: request.body.count) { continuation.resume(returning: $0) }
        }
        if let error { throw error }
    }
}

extension SpanFile.Request {
    /// The spans of the request, and the way by which they would have come in.
    fileprivate func received(at time: UInt64) throws(ReceiverError) -> (Received, IngestSource) {
        let bytes = body.span.bytes
        switch port {
        case .jaegerHTTP: return (try JaegerReceiver.decodeBatch(bytes), .jaegerHTTP)
        case .zipkinHTTP:
            return (
                path == "/api/v1/spans"
                    ? try ZipkinReceiver.decodeJSONv1(bytes, receivedAt: time)
                    : try ZipkinReceiver.decodeJSON(bytes, receivedAt: time), .zipkinHTTP
            )
        default:
            let isJSON = contentType == "application/json"
            return (try isJSON ? OTLPReceiver.decodeJSON(bytes) : OTLPReceiver.decodeProtobuf(bytes), .otlpHTTP)
        }
    }
}
