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

    init(_ error: SpanStoreError) {
        switch error {
        case .overloaded(let seconds):
            self.init(status: .tooManyRequests, code: .resourceExhausted, retryAfterSeconds: max(1, seconds))
        case .diskFull:
            self.init(status: .serviceUnavailable, code: .unavailable, retryAfterSeconds: 30)
        case .closed:
            self.init(status: .serviceUnavailable, code: .unavailable, retryAfterSeconds: 1)
        case .io, .damaged, .version, .query:
            self.init(status: .internalServerError, code: .internal, retryAfterSeconds: nil)
        }
    }

    private init(status: HTTPResponseStatus, code: GRPCStatus.Code, retryAfterSeconds: Int?) {
        self.status = status
        self.code = code
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The refusal in gRPC.
    func grpcStatus(_ message: String) -> GRPCStatus {
        GRPCStatus(code, message, retryAfterSeconds: retryAfterSeconds)
    }

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
