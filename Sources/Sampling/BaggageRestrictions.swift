import TraceModel

/// Which baggage clients may set, by service: the file of `--sampling.baggage-restrictions-file`, in JSON.
///
/// `{"default": [{"baggageKey": "user", "maxValueLength": 64}], "services": {"shop": [...]}}`. A service that is not
/// named has the default.
public struct BaggageRestrictions: Decodable, Sendable, Equatable {
    /// A key that may be set.
    public struct Key: Decodable, Sendable, Equatable {
        /// The key.
        public var baggageKey: String
        /// The most characters that its value may have.
        public var maxValueLength: Int32
    }

    private var fallback: [Key]
    private var services: [String: [Key]]?

    private enum CodingKeys: String, CodingKey {
        case fallback = "default"
        case services
    }

    /// The answer to a client that asks for the restrictions of its service, as JSON.
    public func json(for service: String) -> String {
        let keys = services?[service] ?? fallback
        let entries = keys.map { key in
            var name = ""
            writeJSONString(key.baggageKey, to: &name)
            return "{\"baggageKey\":\(name),\"maxValueLength\":\(key.maxValueLength)}"
        }
        return "[\(entries.joined(separator: ","))]"
    }
}
