import GRPCServer
import NIOCore
import NIOHTTP1
import Receivers
import SpanStorage

/// Port 4318: OTLP over HTTP, `POST /v1/traces` as protobuf or JSON.
///
/// Every failure is a `google.rpc.Status` in the encoding of the request, with the statuses that tell clients whether
/// to send again.
struct OTLPSite: HTTPSite {
    let pipeline: IngestPipeline
    let origins: AllowedOrigins
    let limits = HTTPLimits()

    private static let protobuf = "application/x-protobuf"
    private static let json = "application/json"

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        if let answer = origins.preflight(head) { return answer }
        let path = RequestTarget(head.uri).path
        switch path {
        case "/v1/traces": break
        case "/v1/metrics", "/v1/logs":
            let signal = path.dropFirst(4)
            let words =
                "martlet stores traces, not \(signal); set OTEL_\(signal.uppercased())_EXPORTER=none in the program "
                + "that sends them"
            return fail(.notFound, status(.notFound, GRPCStatus(.unimplemented, words), head), head)
        default:
            return fail(.notFound, .text(.notFound, "404 page not found; traces go to POST /v1/traces"), head)
        }
        if head.method != .POST {
            let answer = SiteAnswer.text(.methodNotAllowed, "405 method not allowed, supported: [POST]")
            return fail(.method, answer.with("Allow", "POST"), head)
        }
        let type = MediaType(head.headers)?.name
        if type != Self.protobuf, type != Self.json {
            let words = "415 unsupported media type, supported: [application/json, application/x-protobuf]"
            return fail(.unsupportedMedia, .text(.unsupportedMediaType, words), head)
        }
        return nil
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer {
        let code: GRPCStatus.Code =
            switch refusal {
            case .tooLarge, .bomb: .resourceExhausted
            case .encoding, .undecodable: .invalidArgument
            case .busy: .unavailable
            case .slow: .deadlineExceeded
            }
        let status = GRPCStatus(code, refusal.words, retryAfterSeconds: refusal.retryAfterSeconds)
        return fail(refusal.reason, self.status(refusal.status, status, head), head)
    }

    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void) {
        let head = request.head
        let isJSON = MediaType(head.headers)?.name == Self.json
        let bytes = request.body.readableBytes
        let received: Received
        do throws(ReceiverError) {
            let body = request.body.readableBytesSpan
            received = try isJSON ? OTLPReceiver.decodeJSON(body) : OTLPReceiver.decodeProtobuf(body)
        } catch {
            pipeline.requests.fail(.otlpHTTP, .undecodable, bytes: bytes)
            return reply(origins.allow(status(.badRequest, GRPCStatus(error), head), head))
        }
        let rejected = received.rejectedSpans
        let words = rejected > 0 ? received.rejectionMessage : ""
        pipeline.take(received, from: .otlpHTTP, bytes: bytes) { [origins] error in
            if let error {
                let refusal = StoreRefusal(error)
                let status = refusal.grpcStatus
                reply(origins.allow(Self.answer(refusal.status, status, json: isJSON), head))
            } else {
                let body = OTLPReceiver.reply(rejectedSpans: rejected, message: words, json: isJSON)
                reply(origins.allow(Self.answer(.ok, body, json: isJSON), head))
            }
        }
    }

    private static func answer(_ status: HTTPResponseStatus, _ body: [UInt8], json: Bool) -> SiteAnswer {
        SiteAnswer(status, headers: ["Content-Type": json ? Self.json : protobuf], body: ByteBuffer(bytes: body))
    }

    private static func answer(_ status: HTTPResponseStatus, _ body: GRPCStatus, json: Bool) -> SiteAnswer {
        let answer = answer(status, json ? Array(body.json.utf8) : body.protobuf, json: json)
        return body.retryAfterSeconds.map { answer.with("Retry-After", String($0)) } ?? answer
    }

    private func status(
        _ status: HTTPResponseStatus,
        _ body: GRPCStatus,
        _ head: HTTPRequestHead
    ) -> SiteAnswer {
        let type = MediaType(head.headers)?.name
        if type != Self.protobuf, type != Self.json { return .text(status, body.message) }
        return Self.answer(status, body, json: type == Self.json)
    }

    private func fail(_ failure: RequestFailure, _ answer: SiteAnswer, _ head: HTTPRequestHead) -> SiteAnswer {
        pipeline.requests.fail(.otlpHTTP, failure)
        return origins.allow(answer, head)
    }
}
