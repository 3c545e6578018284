import GRPCServer
import NIOHTTP1
import SpanStorage

/// What a store's refusal means in HTTP and gRPC.
struct StoreRefusal {
    var status: HTTPResponseStatus
    /// The code of gRPC.
    var code: GRPCStatus.Code
    /// Seconds after which to try again, where that may help.
    var retryAfterSeconds: Int?
    /// What happened, and what to do.
    var words: String

    init(_ error: SpanStoreError) {
        words = error.description
        switch error {
        case .overloaded(let seconds):
            let spread = ByteBudget.spread(seconds)
            words = SpanStoreError.overloaded(retryAfterSeconds: spread).description
            (status, code, retryAfterSeconds) = (.tooManyRequests, .resourceExhausted, spread)
        case .diskFull: (status, code, retryAfterSeconds) = (.serviceUnavailable, .unavailable, 30)
        case .closed: (status, code, retryAfterSeconds) = (.serviceUnavailable, .unavailable, 1)
        case .io, .damaged, .version, .query: (status, code) = (.internalServerError, .internal)
        }
    }

    /// The refusal in gRPC.
    var grpcStatus: GRPCStatus { GRPCStatus(code, words, retryAfterSeconds: retryAfterSeconds) }

    /// The answer with the header that says when to try again.
    func adding(to answer: SiteAnswer) -> SiteAnswer {
        retryAfterSeconds.map { answer.with("Retry-After", String($0)) } ?? answer
    }
}

extension SiteRefusal {
    /// The refusal as a line of text after some words of the protocol's.
    func answer(_ prefix: String = "") -> SiteAnswer {
        let answer = SiteAnswer.text(status, prefix + words)
        return retryAfterSeconds.map { answer.with("Retry-After", String($0)) } ?? answer
    }
}
