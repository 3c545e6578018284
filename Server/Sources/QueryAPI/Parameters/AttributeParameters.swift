import SpanStorage

extension QueryParameters {
    private static let attributeLimitDefault = 100

    /// What a request for attributes asks for; nil when its interval ends before it begins.
    ///
    /// `start`, `end` and `lookback` are those of a search; `service` may occur several times.
    func attributeQuery(nowNanoseconds: UInt64) throws(QueryError) -> AttributeQuery? {
        let interval = try TraceSearch.interval(self, nowNanoseconds: nowNanoseconds)
        var query = AttributeQuery(start: interval ?? 0...0)
        query.services = all("service").filter { !$0.isEmpty }
        query.prefix = self["prefix"]
        query.level = try level()
        query.limit = try number("limit", default: Self.attributeLimitDefault, in: 1...AttributeQuery.limitMax)
        return interval == nil ? nil : query
    }

    private func level() throws(QueryError) -> AttributeLevel {
        let text = self["level"]
        if text.isEmpty { return .any }
        guard let level = AttributeLevel.allCases.first(where: { $0.name == text }) else {
            throw .wrong("level", text, .choice(AttributeLevel.allCases.filter { $0 != .any }.map(\.name)))
        }
        return level
    }
}

extension AttributeLevel {
    /// How the level is named in requests and answers.
    var name: String { self == .scope ? "scope" : rawValue }
}
