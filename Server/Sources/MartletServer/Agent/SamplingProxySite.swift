import NIOCore
import NIOHTTP1
import Synchronization

/// Port 5778 of an agent: asks the collector what share of traces a client is to sample, and passes the answer on.
///
/// While the collector is away clients get its last answer to the same question.
struct SamplingProxySite: HTTPSite {
    let source: CollectorAddress.SamplingSource
    let limits = HTTPLimits.small
    private let known = KnownAnswers()

    init(source: CollectorAddress.SamplingSource) {
        self.source = source
    }

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        head.method == .GET ? nil : SiteAnswer(.methodNotAllowed).with("Allow", "GET")
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer { refusal.answer() }

    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void) {
        let target = RequestTarget(request.head.uri)
        let asked = source.target(for: target)
        Task {
            let sender = HTTPSender(host: source.host, port: source.port, timeout: .seconds(10))
            do {
                let answer = try await sender.send(HTTPSender.Request(method: .GET, target: asked))
                await sender.close()
                let text = target.path == "/" ? Self.numeric(answer.text) : answer.text
                if answer.status == .ok { known.remember(text, for: request.head.uri) }
                var passed = SiteAnswer(answer.status, body: ByteBuffer(string: text))
                passed.headers.add(
                    name: "Content-Type",
                    value: answer.headers.first(name: "Content-Type") ?? "application/json"
                )
                reply(passed)
            } catch {
                if let last = known.answer(to: request.head.uri) { return reply(.json(.ok, last)) }
                reply(.text(.internalServerError, "collector error: \(source.host) cannot be asked: \(error)"))
            }
        }
    }

    /// An answer for clients older than Jaeger 1.2, which know the type of a strategy by its number.
    static func numeric(_ answer: String) -> String {
        answer.replacing("\"strategyType\":\"PROBABILISTIC\"", with: "\"strategyType\":0")
            .replacing("\"strategyType\":\"RATE_LIMITING\"", with: "\"strategyType\":1")
    }
}

/// The last answers, as many as fit.
private final class KnownAnswers: Sendable {
    private static let answersMax = 1_000
    private let answers = Mutex<[String: String]>([:])

    func remember(_ answer: String, for question: String) {
        answers.withLock { answers in
            if answers[question] == nil, answers.count >= Self.answersMax { answers = [:] }
            answers[question] = answer
        }
    }

    func answer(to question: String) -> String? { answers.withLock { $0[question] } }
}
