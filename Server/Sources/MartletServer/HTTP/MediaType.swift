import NIOHTTP1

/// The type of a body, without its parameters, in lower case: `application/json` of `Application/JSON; charset=utf-8`.
struct MediaType: Equatable {
    var name: String

    /// The type that a request says its body has; nil if it says none, or nothing of the form of a type.
    init?(_ headers: HTTPHeaders) {
        guard let value = headers.first(name: "Content-Type") else { return nil }
        let name = value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.name = name
    }
}
