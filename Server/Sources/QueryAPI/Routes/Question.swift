import HTTPTypes
import Hummingbird

/// A request to one of the query routes, taken apart.
struct Question: Sendable {
    /// The parameters of the query.
    var parameters: QueryParameters
    /// Whether only the answer's head is asked for.
    var isHead: Bool
    private var path: Parameters

    init(_ request: Request, path: Parameters) {
        parameters = QueryParameters(request.uri.query)
        isHead = request.method == .head
        self.path = path
    }

    /// A part of the path, decoded; one that cannot be decoded is taken as it stands.
    func pathPart(_ name: String) -> String {
        let part = path.get(name) ?? ""
        return percentDecoded(part.utf8, plusIsSpace: false) ?? part
    }
}
