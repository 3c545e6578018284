import SpanStorage

extension QueryRoutes {
    /// Tempo's API.
    var tempoTable: [Route] {
        let resources = Schema.list(.named("ResourceSpans"))
        let values = [RouteParameter.tempoTag] + RouteParameter.tempoAttributes
        return [
            Route(
                .tempo,
                "tempo/api/echo",
                "Says that there is such an API.",
                answers: [.other("text/plain; charset=utf-8", "The word echo.")],
                errors: .plain,
                .reading { _ in .line("echo") }
            ),
            tempo("status/buildinfo", "Which version's routes there are.", [], Schema.tempoBuild, tempoBuild),
            tempo(
                "traces/{id}",
                "A trace, as protobuf for those who accept it.",
                [.trace()] + RouteParameter.tempoWindow,
                ["batches": resources]
            ) { question throws(QueryError) in try await tempoTrace(question, name: "batches") },
            tempo(
                "v2/traces/{id}",
                "A trace in a message, as protobuf for those who accept it.",
                [.trace()] + RouteParameter.tempoWindow,
                ["trace": Schema.tracesData]
            ) { question throws(QueryError) in try await tempoTrace(question, name: nil) },
            tempo(
                "search",
                "Traces, and the spans by which they match.",
                RouteParameter.tempoSearch,
                .tempoSearch,
                tempoSearch
            ),
            tempo(
                "search/tags",
                "The keys of attributes.",
                RouteParameter.tempoAttributes,
                .tempoTagNames,
                tempoTagNames
            ),
            tempo(
                "v2/search/tags",
                "The keys of attributes by their scope.",
                [RouteParameter("scope", .choice(Self.scopeNames), "Only of this scope.", example: "span")]
                    + RouteParameter.tempoAttributes,
                .tempoScopes,
                tempoTags
            ),
            tempo("search/tag/{tag}/values", "The values of a field.", values, .tempoValues) {
                question throws(QueryError) in try await tempoValues(question, isTyped: false)
            },
            tempo("v2/search/tag/{tag}/values", "The values of a field, with their types.", values, .tempoTypedValues) {
                question throws(QueryError) in try await tempoValues(question, isTyped: true)
            },
            tempo(
                "metrics/query_range",
                "Figures of the spans that a query finds, over time.",
                RouteParameter.tempoMetrics,
                .tempoSeries,
                tempoMetrics
            ),
            tempo(
                "metrics/query",
                "One figure of all of that time.",
                RouteParameter.tempoInstant,
                .tempoInstant,
                tempoInstant
            ),
        ]
    }

    private func tempo(
        _ path: String,
        _ summary: String,
        _ parameters: [RouteParameter],
        _ answer: Schema,
        _ answering: @escaping Answer
    ) -> Route {
        var answers = [RouteAnswerShape.json(answer)]
        if path.hasSuffix("traces/{id}") {
            answers.append(.other("application/protobuf", "OTLP in protobuf, with `Accept: application/protobuf`."))
        }
        return Route(
            .tempo,
            "tempo/api/\(path)",
            summary,
            parameters + [.indented],
            answers: answers,
            errors: .plain,
            .reading(answering)
        )
    }
}

extension RouteParameter {
    fileprivate static let tempoWindow = [
        Self("start", .seconds, "The begin of the window.", example: "1700000000"),
        Self("end", .seconds, "Its end.", example: "1700000600"),
    ]

    fileprivate static let tempoTag = Self("tag", .text, "A field.", example: "span.http.method", in: .path)

    fileprivate static let tempoSearch =
        [
            Self("q", .traceQL, "A query in TraceQL.", example: "{ kind = server }"),
            Self("tags", .logfmt, "Attributes and their values, of older clients.", example: "service.name=shop"),
            Self("minDuration", .duration, "How long the trace took, at least.", example: "1ms"),
            Self("maxDuration", .duration, "How long the trace took, at most.", example: "1m"),
            Self("limit", .number(1...1_000), "How many traces; 20 if it is missing.", example: "5"),
            Self("spss", .number(0...1_000), "How many spans of a set; 3, or 0 for all.", example: "1"),
        ] + tempoWindow

    fileprivate static let tempoAttributes =
        [
            Self(
                "q",
                .typedTraceQL,
                "Only of the services that it names.",
                example: "{ resource.service.name = \"shop\" }"
            ),
            Self("limit", .number(0...AttributeQuery.limitMax), "How many; 1,000, or 0 for all.", example: "10"),
        ] + tempoWindow

    fileprivate static let tempoInstant =
        [
            Self("q", .metricsQL, "A query of figures.", example: "{ kind = server } | rate()", isRequired: true),
            Self("since", .duration, "Where `start` is missing: how long before the end; 1h.", example: "10m"),
        ] + tempoWindow

    fileprivate static let tempoMetrics =
        tempoInstant + [
            Self("step", .step, "From point to point.", example: "60"),
            Self("exemplars", .number(0...1_000), "How many examples; 100 if it is missing.", example: "5"),
        ]
}
