import NIOCore
import NIOHTTP1
import Receivers
import SpanStorage
import TraceModel

/// Port 9411: Zipkin's `POST /api/v1/spans` and `POST /api/v2/spans`, in all their encodings.
///
/// As in Jaeger, any other path takes version 2 too: some senders leave the path out.
struct ZipkinSite: HTTPSite {
    let pipeline: IngestPipeline
    let origins: AllowedOrigins
    let limits = HTTPLimits()

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        if let answer = origins.preflight(head) { return answer }
        if head.method == .POST { return nil }
        let words = "405 method not allowed, supported: [POST]; traces are shown by the web UI, not on this port"
        return fail(.method, .text(.methodNotAllowed, words).with("Allow", "POST"), head)
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer {
        fail(refusal.reason, refusal.answer(), head)
    }

    func answer(_ request: SiteRequest, reply direct: @escaping @Sendable (SiteAnswer) -> Void) {
        let bytes = request.body.readableBytes
        let reply: @Sendable (SiteAnswer) -> Void = { [origins, head = request.head] answer in
            direct(origins.allow(answer, head))
        }
        let received: Received
        do throws(ReceiverError) {
            received = try decode(request)
        } catch {
            pipeline.requests.fail(.zipkinHTTP, .undecodable, bytes: bytes)
            return reply(.text(.badRequest, error.description))
        }
        let refused = received.batch.isEmpty && received.rejectedSpans > 0 ? received.rejectionMessage : nil
        pipeline.take(received, from: .zipkinHTTP, bytes: bytes) { error in
            if let error {
                let refusal = StoreRefusal(error)
                reply(refusal.adding(to: .text(refusal.status, refusal.words)))
            } else if let refused {
                reply(.text(.badRequest, refused))
            } else {
                reply(SiteAnswer(.accepted))
            }
        }
    }

    private func decode(_ request: SiteRequest) throws(ReceiverError) -> Received {
        let now = UTCTime.now.nanoseconds
        let type = MediaType(request.head.headers)?.name
        let body = request.body.readableBytesSpan
        if RequestTarget(request.head.uri).path == "/api/v1/spans" {
            if type == "application/x-thrift" { return try ZipkinReceiver.decodeThrift(body, receivedAt: now) }
            return try ZipkinReceiver.decodeJSONv1(body, receivedAt: now)
        }
        if type == "application/x-protobuf" { return try ZipkinReceiver.decodeProtobuf(body, receivedAt: now) }
        return try ZipkinReceiver.decodeJSON(body, receivedAt: now)
    }

    private func fail(_ failure: RequestFailure, _ answer: SiteAnswer, _ head: HTTPRequestHead) -> SiteAnswer {
        pipeline.requests.fail(.zipkinHTTP, failure)
        return origins.allow(answer, head)
    }
}
