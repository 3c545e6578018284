import Hummingbird
import SpanStorage
import TraceModel

// What there is to ask for, in Tempo's shapes.
extension QueryRoutes {
    private static let tagsDefault = 1000
    private static let intrinsics = [
        "duration", "event:name", "event:timeSinceStart", "instrumentation:name", "instrumentation:version", "kind",
        "link:spanID", "link:traceID", "name", "rootName", "rootServiceName", "span:id", "span:parentID", "status",
        "statusMessage", "trace:id", "traceDuration",
    ]
    /// Tempo's names of the levels.
    private static let scopes: [(name: String, level: AttributeLevel)] = [
        ("resource", .resource), ("span", .span), ("event", .event), ("link", .link), ("instrumentation", .scope),
    ]

    /// What may be asked for: all, one of the levels, or what every span has.
    static let scopeNames = ["none"] + scopes.map(\.name) + ["intrinsic"]

    /// `GET /tempo/api/v2/search/tags?scope=…`: the keys of attributes by their scope.
    func tempoTags(_ question: Question) async throws(QueryError) -> Response {
        let scope = question.parameters["scope"]
        guard scope.isEmpty || Self.scopeNames.contains(scope) else {
            throw .wrong("scope", scope, .choice(Self.scopeNames))
        }
        let isAll = scope.isEmpty || scope == "none"
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("scopes")
        json.beginArray()
        for (name, level) in Self.scopes where isAll || name == scope {
            json.scope(name, try await keys(level, question.parameters))
        }
        if isAll || scope == "intrinsic" { json.scope("intrinsic", Self.intrinsics) }
        json.endArray()
        json.emptyMetrics()
        json.endObject()
        return .json(json)
    }

    /// `GET /tempo/api/search/tags`: the same as one list.
    func tempoTagNames(_ question: Question) async throws(QueryError) -> Response {
        let found = try await keys(.any, question.parameters)
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("tagNames")
        json.beginArray()
        for name in found { json.string(name) }
        json.endArray()
        json.emptyMetrics()
        json.endObject()
        return .json(json)
    }

    private func keys(_ level: AttributeLevel, _ parameters: QueryParameters) async throws(QueryError) -> [String] {
        var query = try tempoAttributes(parameters)
        query.level = level
        let found: AttributeCounts<AttributeKeyCount>
        do { found = try await store.attributeKeys(query) } catch { throw QueryError(error) }
        return Set(found.items.map(\.key)).sorted()
    }

    /// What `q`, `start`, `end` and `limit` ask for: of a query the services that it names.
    private func tempoAttributes(_ parameters: QueryParameters) throws(QueryError) -> AttributeQuery {
        let window = try parameters.tempoWindow()
        var query = AttributeQuery(start: window)
        query.limit = try parameters.number("limit", default: Self.tagsDefault, in: 0...AttributeQuery.limitMax)
        if query.limit == 0 { query.limit = AttributeQuery.limitMax }
        // What is being typed may be no query yet: then it says nothing.
        if let expression = try? SpansetExpression(traceQL: parameters["q"]) {
            query.services = expression.candidateFilter.services
        }
        return query
    }

    /// `GET /tempo/api/v2/search/tag/{tag}/values`: the values of an attribute, or of a field that every span has.
    func tempoValues(_ question: Question, isTyped: Bool) async throws(QueryError) -> Response {
        let query = try tempoAttributes(question.parameters)
        let values = try await values(of: question.pathPart("tag"), query)
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("tagValues")
        json.beginArray()
        for (type, text) in values {
            if isTyped {
                json.beginObject()
                json.key("type")
                json.plainString(type)
                json.key("value")
                json.string(text)
                json.endObject()
            } else {
                json.string(text)
            }
        }
        json.endArray()
        json.emptyMetrics()
        json.endObject()
        return .json(json)
    }

    private func values(
        of tag: String,
        _ query: AttributeQuery
    ) async throws(QueryError) -> [(type: String, text: String)] {
        func keywords(_ words: [String]) -> [(type: String, text: String)] { words.map { ("keyword", $0) } }
        switch tag {
        case "status", "span:status": return keywords(["error", "ok", "unset"])
        case "kind", "span:kind":
            return keywords(["client", "consumer", "internal", "producer", "server", "unspecified"])
        case "name", "span:name", "rootName", "trace:rootName": return try await operationNames(query.services)
        case "resource.service.name", ".service.name", "service.name", "rootServiceName", "trace:rootService":
            do { return try await store.services().map { ("string", $0) } } catch { throw QueryError(error) }
        default: break
        }
        var query = query
        var key = tag
        for (name, level) in Self.scopes where tag.hasPrefix("\(name).") {
            query.level = level
            key = String(tag.dropFirst(name.utf8.count + 1))
        }
        if key == tag, key.hasPrefix(".") { key.removeFirst() }
        let found: AttributeCounts<AttributeValueCount>
        do { found = try await store.attributeValues(of: key, query) } catch { throw QueryError(error) }
        return found.items.map { $0.value.tempo }
    }

    private func operationNames(_ services: [String]) async throws(QueryError) -> [(type: String, text: String)] {
        var names: Set<String> = []
        do {
            for service in services.isEmpty ? try await store.services() : services {
                for operation in try await store.operations(of: service, kind: nil) { names.insert(operation.name) }
            }
        } catch {
            throw QueryError(error)
        }
        return names.sorted().map { ("string", $0) }
    }
}

extension SpanFilter {
    /// The services of which a span must be, if the filter names any.
    fileprivate var services: [String] {
        switch self {
        case .service(let name): [name]
        case .and(let parts): parts.lazy.map(\.services).first { !$0.isEmpty } ?? []
        case .or(let parts): parts.allSatisfy { !$0.services.isEmpty } ? parts.flatMap(\.services) : []
        default: []
        }
    }
}

extension AttributeValue {
    /// The value as Tempo lists it: its type and its text.
    fileprivate var tempo: (type: String, text: String) {
        switch self {
        case .string(let text): ("string", text)
        case .int(let number): ("int", String(number))
        case .double(let number): ("float", decimalText(number))
        case .bool(let flag): ("bool", flag ? "true" : "false")
        case .empty, .bytes, .array, .map: ("string", jsonText)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func scope(_ name: String, _ tags: [String]) {
        beginObject()
        key("name")
        plainString(name)
        key("tags")
        beginArray()
        for tag in tags { string(tag) }
        endArray()
        endObject()
    }

    fileprivate mutating func emptyMetrics() {
        key("metrics")
        beginObject()
        endObject()
    }
}
