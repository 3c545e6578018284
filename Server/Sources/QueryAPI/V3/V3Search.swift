import SpanStorage
import TraceModel

/// What a request to `/api/v3/traces` or `/api/v3/trace-summaries` asks for: `TraceQueryParameters` of Jaeger's api_v3,
/// whose gRPC service asks the same.
struct V3Search: Sendable {
    var service = ""
    var operation = ""
    var attributes: [TagCondition] = []
    var startMin: UInt64?
    var startMax: UInt64?
    /// Nanoseconds; 0 limits nothing.
    var durationMin: Int64 = 0
    var durationMax: Int64 = 0
    /// 0 or less asks for the default.
    var depth = 0
    var isRaw = false

    private static let depthDefault = 100

    /// The question to the store; nil if nothing can match.
    ///
    /// `name` says how the client knows a parameter, for the words of an error.
    func query(_ name: (String) -> String) throws(QueryError) -> TraceQuery {
        guard let startMin, let startMax else {
            throw .badRequest("\(name("startTimeMin")) and \(name("startTimeMax")) are required")
        }
        if startMin > startMax {
            throw .badRequest("\(name("startTimeMin")) must not be after \(name("startTimeMax"))")
        }
        if durationMin != 0, durationMax != 0, durationMax < durationMin {
            throw .badRequest("\(name("durationMin")) must not be greater than \(name("durationMax"))")
        }
        if depth > TraceQuery.limitMax {
            throw .badRequest(
                "\(name("searchDepth")) is \(depth); it is \(ParameterKind.depth.allowed)"
            )
        }
        var filters: [SpanFilter] = service.isEmpty ? [] : [.service(service)]
        if !operation.isEmpty { filters.append(.name(operation)) }
        if durationMin > 0 { filters.append(.durationAtLeast(durationMin)) }
        if durationMax > 0 { filters.append(.durationAtMost(durationMax)) }
        filters += attributes.map { .tag($0) }
        return TraceQuery(
            filter: .all(filters),
            start: startMin...startMax,
            limit: depth <= 0 ? Self.depthDefault : depth
        )
    }
}

/// The parameters of `/api/v3`: `query.serviceName` and so on, in camel case or, as older clients have them, in snake
/// case.
struct V3Parameters {
    private let parameters: QueryParameters

    init(_ parameters: QueryParameters) { self.parameters = parameters }

    /// The value of a parameter and the name under which the client sent it; the value is empty if it is absent.
    subscript(_ names: String...) -> (value: String, name: String) {
        for name in names {
            for spelling in [name, snakeCase(name)] where !parameters[spelling].isEmpty {
                return (parameters[spelling], spelling)
            }
        }
        return ("", names.first ?? "")
    }

    /// A moment, in nanoseconds since 1970; nil if it is absent.
    func time(_ found: (value: String, name: String)) throws(QueryError) -> UInt64? {
        if found.value.isEmpty { return nil }
        guard let time = parseTime(found.value) else {
            throw .malformed(found.name, "'\(found.value)' is not understood; it is \(ParameterKind.time.allowed)")
        }
        return time
    }

    /// A duration in nanoseconds; 0 if it is absent.
    func duration(_ found: (value: String, name: String)) throws(QueryError) -> Int64 {
        if found.value.isEmpty { return 0 }
        let duration: Int64
        do { duration = try GoText.duration(found.value) } catch { throw .malformed(found.name, error, .length) }
        if duration < 0 {
            throw .malformed(found.name, "'\(found.value)' is negative; it is \(ParameterKind.length.allowed)")
        }
        return duration
    }

    /// A truth value; false if it is absent.
    func bool(_ found: (value: String, name: String)) throws(QueryError) -> Bool {
        if found.value.isEmpty { return false }
        do { return try GoText.bool(found.value) } catch { throw .malformed(found.name, error, .flag) }
    }

    /// What is searched for.
    func search() throws(QueryError) -> V3Search {
        var search = V3Search()
        let filter = self["query.filter"]
        if !filter.value.isEmpty {
            throw .malformed(filter.name, "structured filters are not understood; /api/traces takes TraceQL in q=")
        }
        search.service = self["query.serviceName"].value
        search.operation = self["query.operationName"].value
        let attributes = self["query.attributes"]
        if !attributes.value.isEmpty {
            do {
                let members = try JSONStringMap.parse(attributes.value)
                search.attributes = members.map { TagCondition(key: $0.0, text: $0.1) }
            } catch {
                throw .malformed(attributes.name, error, .tags)
            }
        }
        search.startMin = try time(self["query.startTimeMin"])
        search.startMax = try time(self["query.startTimeMax"])
        search.durationMin = try duration(self["query.durationMin"])
        search.durationMax = try duration(self["query.durationMax"])
        let depth = self["query.searchDepth", "query.numTraces"]
        if !depth.value.isEmpty {
            do { search.depth = Int(try GoText.int32(depth.value)) } catch {
                throw .malformed(depth.name, error, .depth)
            }
        }
        search.isRaw = try bool(self["query.rawTraces"])
        return search
    }

    private func snakeCase(_ name: String) -> String {
        var text = ""
        for character in name {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}

extension QueryError {
    /// The value of a parameter of `/api/v3` cannot be understood.
    static func malformed(_ name: String, _ reason: String) -> QueryError {
        badRequest("malformed parameter \(name): \(reason)")
    }

    static func malformed(_ name: String, _ reason: some Error, _ kind: ParameterKind) -> QueryError {
        malformed(name, "\(reason); it is \(kind.allowed)")
    }
}
