import NIOCore
import NIOHTTP1
import Receivers
import Sampling
import TraceModel

/// Port 14268 of Jaeger's collector: `POST /api/traces` with a Thrift `Batch`, and `GET /api/sampling`.
///
/// Statuses and texts are those of Jaeger, so that what greps its logs goes on working.
struct JaegerCollectorSite: HTTPSite {
    let pipeline: IngestPipeline
    let sampling: SamplingSite
    let limits = HTTPLimits()

    private static let types: Set<String> = ["application/x-thrift", "application/vnd.apache.thrift.binary"]

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        switch RequestTarget(head.uri).path {
        case "/api/traces":
            if head.method != .POST {
                return fail(.method, SiteAnswer(.methodNotAllowed)).with("Allow", "POST")
            }
            let value = head.headers.first(name: "Content-Type") ?? ""
            let type: MediaType
            do throws(MediaTypeError) {
                type = try MediaType(strictly: value)
            } catch {
                let text = "Cannot parse content type: \(error.rawValue)"
                return fail(.unsupportedMedia, .text(.badRequest, text))
            }
            guard Self.types.contains(type.name) else {
                let text = "Unsupported content type: \(escapedHTML(value))"
                return fail(.unsupportedMedia, .text(.badRequest, text))
            }
            return nil
        case "/api/sampling":
            return sampling.screen(head)
        default:
            return fail(.notFound, .text(.notFound, "404 page not found; spans go to POST /api/traces"))
        }
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer {
        fail(refusal.reason, refusal.answer("Unable to process request body: "))
    }

    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void) {
        if RequestTarget(request.head.uri).path == "/api/sampling" { return sampling.answer(request, reply: reply) }
        let bytes = request.body.readableBytes
        let received: Received
        do throws(ReceiverError) {
            received = try JaegerReceiver.decodeBatch(request.body.readableBytesSpan)
        } catch {
            pipeline.requests.fail(.jaegerHTTP, .undecodable, bytes: bytes)
            return reply(.text(.badRequest, "Unable to process request body: \(error)"))
        }
        let refused = received.batch.isEmpty && received.rejectedSpans > 0 ? received.rejectionMessage : nil
        pipeline.take(received, from: .jaegerHTTP, bytes: bytes) { error in
            if let error {
                let refusal = StoreRefusal(error)
                // Jaeger answers 500 to all of these; its clients take any 5xx and 429 alike.
                reply(refusal.adding(to: .text(refusal.status, "Cannot submit Jaeger batch: \(refusal.words)")))
            } else if let refused {
                reply(.text(.badRequest, "Unable to process request body: \(refused)"))
            } else {
                reply(SiteAnswer(.accepted))
            }
        }
    }

    private func fail(_ failure: RequestFailure, _ answer: SiteAnswer) -> SiteAnswer {
        pipeline.requests.fail(.jaegerHTTP, failure)
        return answer
    }
}

/// A text that a browser takes for nothing but text, as Go's `html.EscapeString` makes it.
func escapedHTML(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
        switch character {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&#34;"
        case "'": escaped += "&#39;"
        default: escaped.unicodeScalars.append(character)
        }
    }
    return escaped
}
