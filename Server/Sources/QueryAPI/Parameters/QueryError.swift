import HTTPTypes
import SpanStorage

/// Why a question is not answered: the status and words of the answer that says so.
struct QueryError: Error, Equatable, CustomStringConvertible {
    /// The status of the answer.
    var status: HTTPResponse.Status
    /// What was wrong, for whoever asked.
    var message: String
    /// When to try again, if that may help.
    var retryAfterSeconds: Int?
    /// Whether something is broken here, which the operator must hear of.
    var isFault = false

    /// The question cannot be understood.
    static func badRequest(_ message: String) -> QueryError {
        QueryError(status: .badRequest, message: message)
    }

    static let traceNotFound = QueryError(status: .notFound, message: "trace not found")

    var description: String { message }
}

extension QueryError {
    /// What reading the spans of an answer failed by.
    init(reading error: any Error) {
        self =
            (error as? SpanStoreError).map { QueryError($0) }
            ?? QueryError(
                status: .internalServerError,
                message: "the answer could not be written: \(error)",
                isFault: true
            )
    }

    /// What the store said, as an answer.
    init(_ error: SpanStoreError) {
        message = error.description
        switch error {
        case .overloaded(let seconds):
            status = .serviceUnavailable
            retryAfterSeconds = seconds
        case .closed: status = .serviceUnavailable
        case .query: status = .badRequest
        case .diskFull, .io, .damaged, .version:
            status = .internalServerError
            isFault = true
        }
    }
}
