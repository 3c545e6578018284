import HTTPTypes
import Hummingbird
import NIOCore
import TraceModel

/// A request to one of the query routes, taken apart.
struct Question: Sendable {
    /// The parameters of the query.
    var parameters: QueryParameters
    /// Whether only the answer's head is asked for.
    var isHead: Bool
    /// The kinds of answer that the client takes, as it says it.
    var accept: String
    private var path: Parameters
    private var body: RequestBody

    init(_ request: Request, path: Parameters) {
        parameters = QueryParameters(request.uri.query)
        isHead = request.method == .head
        accept = request.headers[.accept] ?? ""
        body = request.body
        self.path = path
    }

    /// The whole body, up to a size.
    func body(upTo bytesMax: Int) async throws(QueryError) -> ByteBuffer {
        do {
            return try await body.collect(upTo: bytesMax)
        } catch is NIOTooManyBytesError {
            throw QueryError(status: .contentTooLarge, message: "the body is larger than \(bytesMax >> 20) MiB")
        } catch {
            throw .badRequest("the body could not be read: \(error)")
        }
    }

    /// The trace that the path names.
    func traceID() throws(QueryError) -> TraceID {
        do { return try parseTraceID(pathPart("id")) } catch {
            throw .own("id", "\(error); it is \(ParameterKind.traceID.allowed)")
        }
    }

    /// A part of the path, decoded; one that cannot be decoded is taken as it stands.
    func pathPart(_ name: String) -> String {
        let part = path.get(name) ?? ""
        return percentDecoded(part.utf8, plusIsSpace: false) ?? part
    }
}
