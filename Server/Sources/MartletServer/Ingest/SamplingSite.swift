import NIOHTTP1
import Sampling

/// Port 5778 of Jaeger's agent: what share of traces a client is to sample, `GET /sampling?service=`.
struct SamplingSite: HTTPSite {
    let book: SamplingBook
    let rules: ClientRules
    let limits = HTTPLimits.small

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        nil
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer {
        refusal.answer()
    }

    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void) {
        reply(answer(RequestTarget(request.head.uri)))
    }

    /// As with Jaeger, whatever path and method are not taken by something else ask for the strategy.
    private func answer(_ target: RequestTarget) -> SiteAnswer {
        switch target.path {
        case "/baggageRestrictions":
            guard let service = target.values("service").first else {
                return .text(.badRequest, "'service' parameter must be provided once")
            }
            // An empty list would tell the client to drop all baggage; an error leaves it to its own setting.
            return rules.baggage(for: service).map { .json(.ok, $0) } ?? .text(.notFound, "404 page not found")
        case "/credits":
            guard let service = target.values("service").first else {
                return .text(.badRequest, "'service' parameter must be provided once")
            }
            let answer = rules.credits(for: service, operations: target.values("operations"))
            return answer.map { .json(.ok, $0) } ?? .text(.notFound, "404 page not found")
        default:
            let services = target.values("service")
            guard services.count == 1, let service = services.first else {
                return .text(.badRequest, "'service' parameter must be provided once")
            }
            // Clients older than Jaeger 1.2 ask the root and know the type of a strategy by its number.
            return .json(.ok, book.answer(for: service).json(numericType: target.path == "/"))
        }
    }
}
