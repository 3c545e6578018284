import SpanStorage

extension QueryParameters {
    /// The conditions of `tag=key:value` and `tags={"key":"value"}`, each of which may occur several times.
    ///
    /// Of a key that occurs more than once the last one counts. Sorted by key.
    func tags() throws(QueryError) -> [TagCondition] {
        var tags: [String: String] = [:]
        for text in all("tag") {
            guard let colon = text.firstIndex(of: ":") else {
                throw .badRequest(
                    "malformed 'tag' parameter, expecting key:value, received: \(text); "
                        + "it is \(ParameterKind.tag.allowed)"
                )
            }
            tags[String(text[..<colon])] = String(text[text.index(after: colon)...])
        }
        for text in all("tags") {
            do {
                for (key, value) in try JSONStringMap.parse(text) { tags[key] = value }
            } catch {
                throw .badRequest(
                    "malformed 'tags' parameter, cannot unmarshal JSON: \(error); "
                        + "it is \(ParameterKind.tags.allowed)"
                )
            }
        }
        return tags.sorted { $0.key < $1.key }.map { TagCondition(key: $0.key, text: $0.value) }
    }
}
