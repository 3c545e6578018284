import SpanStorage
import TraceModel

extension QueryRoutes {
    /// Jaeger's API, version 1, and what is beside it.
    var jaegerTable: [Route] {
        let names = Schema.envelope(.orNull(.list(.text)))
        return [
            Route(
                .jaeger,
                "api/services",
                "The names of all services.",
                [.indented],
                answers: [.json(names)],
                .reading(services)
            ),
            Route(
                .jaeger,
                "api/services/{service}/operations",
                "The names of a service's operations.",
                [
                    RouteParameter("service", .text, "The name of a service.", example: "shop", in: .path),
                    .indented,
                ],
                answers: [.json(names)],
                .reading(operationNames)
            ),
            Route(
                .jaeger,
                "api/operations",
                "A service's operations with their kinds.",
                [
                    RouteParameter("service", .text, "The service.", example: "shop", isRequired: true),
                    RouteParameter(
                        "spanKind",
                        .choice(SpanKind.jaegerWords),
                        "Only operations of this kind.",
                        example: "server"
                    ),
                    .indented,
                ],
                answers: [.json(.envelope(.list(["name": .text, "spanKind": .text])))],
                .reading(operations)
            ),
            Route(
                .jaeger,
                "api/traces",
                "Whole traces that a search finds, or by their ids.",
                RouteParameter.search + RouteParameter.adjustments + [
                    RouteParameter("matches", .flag, "Also tells by which spans each matches.", example: "true"),
                    .indented,
                ],
                answers: [
                    .json(
                        .searched(.list(.named("Trace")), isAlways: false)
                            .with(["matches?": .list(Schema.matches)])
                    )
                ],
                .reading(traces)
            ),
            Route(
                .jaeger,
                "api/trace-summaries",
                "A line for each trace that a search finds.",
                RouteParameter.searchAlone + [
                    RouteParameter("matches", .flag, "Also counts the spans that match.", example: "true"),
                    RouteParameter(
                        "attribute",
                        .text,
                        "Also tells the values of an attribute, of up to 20.",
                        example: "http.method",
                        mayRepeat: true
                    ),
                    .indented,
                ],
                answers: [.json(.searched(.list(.named("Summary"))))],
                .reading(traceSummaries)
            ),
            Route(
                .jaeger,
                "api/archive/{id}",
                "Pins a trace, so that retention leaves it.",
                [.trace(), .startHint, .endHint, .indented],
                answers: [.json(.envelope(.list(.anything)))],
                .writing(archive)
            ),
            Route(
                .jaeger,
                "api/transform",
                "Turns OTLP into Jaeger's form; nothing is stored.",
                [.indented],
                body: RouteBody(
                    .anything,
                    "Traces as OTLP in JSON, up to 64 MiB.",
                    example: #"{"resourceSpans":[]}"#
                ),
                answers: [.json(.envelope(.list(.named("Trace"))))],
                .writing(transform)
            ),
        ]
    }

    /// What there is to ask for.
    var attributeTable: [Route] {
        let shared =
            [
                RouteParameter("service", .text, "Only spans of this service.", example: "shop", mayRepeat: true),
                RouteParameter(
                    "level",
                    .choice(AttributeLevel.allCases.filter { $0 != .any }.map(\.name)),
                    "Only attributes of this level.",
                    example: "span"
                ),
                RouteParameter("prefix", .text, "What the key or the value begins with.", example: "http"),
                RouteParameter(
                    "limit",
                    .number(1...AttributeQuery.limitMax),
                    "How many; 100 if it is missing.",
                    example: "10"
                ),
                .indented,
            ] + RouteParameter.interval
        let types = Schema.choice(["empty", "string", "bool", "int", "double", "bytes", "array", "map"])
        return [
            Route(
                .jaeger,
                "api/attributes",
                "The keys of attributes, the most frequent first.",
                shared,
                answers: [
                    .json(
                        .counted([
                            "key": .text, "level": .text, "count": .integer,
                            "types": .list(["type": types, "count": .integer]),
                        ])
                    )
                ],
                .reading(attributeKeys)
            ),
            Route(
                .jaeger,
                "api/attributes/{key}/values",
                "The values of an attribute, the most frequent first.",
                [RouteParameter("key", .text, "The attribute's key.", example: "http.method", in: .path)] + shared,
                answers: [.json(.counted(["value": .anything, "type": types, "count": .integer]))],
                .reading(attributeValues)
            ),
            Route(
                .jaeger,
                "api/lookup/{digits}",
                "What an id, or its beginning, could be of.",
                [
                    RouteParameter("digits", .idDigits, "What is known of the id.", example: "0af76519", in: .path),
                    RouteParameter("limit", .number(1...100), "How many; 20 if it is missing.", example: "5"),
                    .indented,
                ],
                answers: [.json(.envelope(.list(.named("Found"))))],
                .reading(lookup)
            ),
        ]
    }
}

extension RouteParameter {
    /// Jaeger's hints for stores that are divided by time: they are checked and otherwise of no effect.
    static let startHint = Self("start", .microseconds, "A hint that has no effect here.", example: exampleStart)
    static let endHint = Self("end", .microseconds, "A hint that has no effect here.", example: exampleEnd)
}

extension SpanKind {
    /// The words by which clients ask for a kind.
    static let jaegerWords = ["unspecified", "internal", "server", "client", "producer", "consumer"]
}
