import HTTPTypes

/// The description of the HTTP API that programs read: OpenAPI 3.1.
struct OpenAPIDocument {
    let routes: [Route]
    /// What stands before every path.
    let basePath: String
    let version: String

    static let path = "api/openapi.json"

    private static let about = """
        Finds and shows traces. The routes and parameters of Jaeger's API are there as they are; what Martlet adds is \
        beside them. Parameters that are not described are ignored, and one that is empty counts as missing. A value \
        that cannot be understood is answered with 400 and words that name the parameter, what is wrong with it and \
        what is allowed. HEAD is answered wherever GET is; other methods get 405 with `Allow`.
        """

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("openapi", "3.1.0")
        json.key("info")
        json.beginObject()
        json.member("title", "Martlet's query API")
        json.member("version", version.isEmpty ? "0" : version)
        json.member("description", Self.about)
        json.key("license")
        json.beginObject()
        json.member("name", "Apache 2.0")
        json.member("identifier", "Apache-2.0")
        json.endObject()
        json.endObject()
        json.key("servers")
        json.beginArray()
        json.beginObject()
        json.member("url", basePath.isEmpty ? "/" : basePath)
        json.endObject()
        json.endArray()
        json.key("tags")
        json.beginArray()
        for area in Route.Area.allCases where routes.contains(where: { $0.area == area }) {
            json.beginObject()
            json.member("name", area.rawValue)
            json.endObject()
        }
        json.endArray()
        json.key("paths")
        json.beginObject()
        for route in routes {
            json.textKey("/\(route.path)")
            json.beginObject()
            json.key(route.methods[0].rawValue.lowercased())
            json.operation(route)
            json.endObject()
        }
        json.endObject()
        components(&json)
        json.endObject()
    }

    private func components(_ json: inout JSONWriter) {
        json.key("components")
        json.beginObject()
        json.key("schemas")
        json.beginObject()
        for (name, schema) in Schema.components {
            json.key(name)
            json.schema(schema)
        }
        json.endObject()
        json.key("responses")
        json.beginObject()
        for style in [ErrorStyle.jaeger, .v3, .plain] {
            json.key(style.component)
            json.beginObject()
            json.member("description", "What was wrong, and what is allowed.")
            json.content(style == .plain ? "text/plain; charset=utf-8" : "application/json", style.schema)
            json.endObject()
        }
        json.endObject()
        json.endObject()
    }
}

extension Schema {
    /// All shapes that have a name.
    static let components = jaegerComponents + otlpComponents + analysisComponents + tempoComponents
}

extension ErrorStyle {
    fileprivate var component: String {
        switch self {
        case .jaeger: "Failure"
        case .v3: "FailureV3"
        case .plain: "FailureInWords"
        }
    }

    fileprivate var schema: Schema? { self == .plain ? nil : .named(component) }
}

extension JSONWriter {
    fileprivate mutating func operation(_ route: Route) {
        beginObject()
        member("operationId", route.name)
        member("summary", route.summary)
        texts("tags", [route.area.rawValue])
        if !route.parameters.isEmpty {
            key("parameters")
            beginArray()
            for parameter in route.parameters { self.parameter(parameter) }
            endArray()
        }
        if let body = route.body { self.body(body) }
        key("responses")
        beginObject()
        key("200")
        beginObject()
        member("description", route.answers.map(\.words).joined(separator: " "))
        key("content")
        beginObject()
        for answer in route.answers { media(answer.type, answer.schema) }
        endObject()
        endObject()
        var failures = ["default"]
        if !route.parameters.isEmpty || route.body != nil { failures.insert("400", at: 0) }
        for status in failures {
            key(status)
            beginObject()
            member("$ref", "#/components/responses/\(route.errors.component)")
            endObject()
        }
        endObject()
        endObject()
    }

    private mutating func parameter(_ parameter: RouteParameter) {
        beginObject()
        member("name", parameter.name)
        member("in", parameter.place.rawValue)
        member("description", parameter.words)
        if parameter.isRequired {
            key("required")
            bool(true)
        }
        key("schema")
        beginObject()
        if parameter.mayRepeat {
            member("type", "array")
            key("items")
            kind(parameter.kind)
        } else {
            keywords(of: parameter.kind)
        }
        endObject()
        if !parameter.example.isEmpty {
            key("example")
            if parameter.mayRepeat { beginArray() }
            example(parameter)
            if parameter.mayRepeat { endArray() }
        }
        endObject()
    }

    private mutating func example(_ parameter: RouteParameter) {
        switch parameter.kind.schema {
        case .integer, .integers: int(Int(parameter.example) ?? 0)
        case .number: double(Double(parameter.example) ?? 0)
        case .flag: bool(parameter.example == "true")
        default: string(parameter.example)
        }
    }

    private mutating func kind(_ kind: ParameterKind) {
        beginObject()
        keywords(of: kind)
        endObject()
    }

    private mutating func keywords(of kind: ParameterKind) {
        keywords(.noted(kind.schema, kind.allowed))
        if let format = kind.format { member("format", format) }
    }

    private mutating func body(_ body: RouteBody) {
        key("requestBody")
        beginObject()
        member("description", body.words)
        key("required")
        bool(true)
        key("content")
        beginObject()
        key(body.type)
        beginObject()
        key("schema")
        schema(body.schema)
        key("example")
        raw(Array(body.example.utf8))
        endObject()
        endObject()
        endObject()
    }

    fileprivate mutating func content(_ type: String, _ schema: Schema?) {
        key("content")
        beginObject()
        media(type, schema)
        endObject()
    }

    private mutating func media(_ type: String, _ schema: Schema?) {
        textKey(type)
        beginObject()
        if let schema {
            key("schema")
            self.schema(schema)
        }
        endObject()
    }
}
