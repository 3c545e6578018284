import SpanStorage

extension QueryRoutes {
    /// One trace, in its forms.
    var traceTable: [Route] {
        [
            Route(
                .traces,
                "api/traces/{id}",
                "A trace.",
                [.trace()] + RouteParameter.adjustments + [.startHint, .endHint, .indented],
                answers: [.json(.envelope(.list(.named("Trace"))))],
                .reading(trace)
            ),
            Route(
                .traces,
                "api/traces/{id}/spans",
                "Some spans of a trace with all that they have, however large it is.",
                [
                    .trace(),
                    RouteParameter(
                        "spanID",
                        .spanID,
                        "A span's id; 1 to 1,000 of them, also with commas between them.",
                        example: RouteParameter.exampleSpan,
                        isRequired: true,
                        mayRepeat: true
                    ),
                    .raw, .indented,
                ],
                answers: [.json(.envelope(.list(.named("Trace"))))],
                .reading(traceSpans)
            ),
            Route(
                .traces,
                "api/traces/{id}/columns",
                "What a waterfall draws of a trace of any size, or the values of one key, in binary columns.",
                [
                    .trace(),
                    RouteParameter("attribute", .text, "Instead: the values of this key.", example: "http.method"),
                ],
                answers: [
                    .other(
                        "application/vnd.martlet.attribute-column",
                        "With `attribute`."
                    ),
                    .other(
                        "application/vnd.martlet.trace-columns",
                        "Pages of little-endian columns; the header `Martlet-Span-Count` says how many spans there are."
                    ),
                ],
                .reading(traceColumns)
            ),
            Route(
                .traces,
                "api/traces/{id}/matches",
                "The spans of a trace that satisfy a query.",
                [
                    .trace(),
                    RouteParameter(
                        "q",
                        .traceQL,
                        "A query in TraceQL.",
                        example: "{ kind = server }",
                        isRequired: true
                    ),
                    .indented,
                ],
                answers: [.json(.envelope(Schema.matches))],
                .reading(traceMatches)
            ),
            Route(
                .traces,
                "api/traces/{id}/critical-path",
                "Which spans decided how long a trace took.",
                [.trace()] + RouteParameter.adjustments + [.indented],
                answers: [.json(.envelope(Schema.criticalPath))],
                .reading(criticalPath)
            ),
            Route(
                .traces,
                "api/traces/{id}/attributes",
                "The keys that spans of a trace, or their processes, have; the most frequent first, up to 500.",
                [.trace(), .indented],
                answers: [.json(.envelope(.list(["key": .text, "spans": .integer])))],
                .reading(traceAttributes)
            ),
            Route(
                .traces,
                "api/traces/{id}/self-times",
                "How long each span was at work itself, the longest first.",
                [
                    .trace(),
                    RouteParameter("limit", .number(1...100_000), "How many; 1,000 if it is missing.", example: "5"),
                ] + RouteParameter.adjustments + [.indented],
                answers: [.json(.envelope(Schema.selfTimes))],
                .reading(selfTimes)
            ),
            Route(
                .traces,
                "api/traces/{id}/statistics",
                "Figures of a trace's spans by service, operation or any other field.",
                [
                    .trace(),
                    RouteParameter(
                        "by",
                        .field,
                        "What to group by; up to two, service if it is missing.",
                        example: "operation",
                        mayRepeat: true
                    ),
                ] + RouteParameter.adjustments + [.indented],
                answers: [.json(.envelope(Schema.statistics))],
                .reading(statistics)
            ),
            Route(
                .traces,
                "api/traces/{id}/flame-graph",
                "A trace with repeated calls put together.",
                [.trace()] + RouteParameter.adjustments + [.indented],
                answers: [.json(.envelope(.named("FlameGraph")))],
                .reading(flameGraphOfTrace)
            ),
            Route(
                .traces,
                "api/traces/{id}/against",
                "A trace beside those that a search finds: what is missing, new, slower.",
                [.trace()] + RouteParameter.search + RouteParameter.adjustments + [.indented],
                answers: [.json(.searched(.named("Against")))],
                .reading(against)
            ),
            Route(
                .traces,
                "api/traces/{id}/export",
                "A trace as a file, with its spans as they came.",
                [.trace(), .format(ExportFormat.allCases), .indented],
                answers: RouteAnswerShape.files,
                .reading(exportTrace)
            ),
        ]
    }
}

extension RouteParameter {
    /// In which form to export.
    static func format(_ formats: [ExportFormat]) -> Self {
        Self("format", .choice(formats.map(\.rawValue)), "The form; jaeger if it is missing.", example: "ndjson")
    }
}

extension RouteAnswerShape {
    /// The forms of export.
    static let files: [RouteAnswerShape] = [
        .json(
            .either([.searched(.list(.named("Trace")), isAlways: false), Schema.tracesData]),
            "A file: Jaeger's JSON, or OTLP in JSON."
        ),
        .other("application/x-protobuf", "OTLP in protobuf."),
        .other("application/x-ndjson", "OTLP in JSON, a request on each line."),
        .other("text/csv; charset=utf-8", "A table, a line for each span."),
        .other("text/html; charset=utf-8", "One trace as a page that opens without a server."),
    ]
}
