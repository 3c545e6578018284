import TraceModel

extension QueryRoutes {
    /// What many traces tell.
    var analysisTable: [Route] {
        let all = RouteParameter.search + RouteParameter.adjustments
        return [
            Route(
                .analysis,
                "api/compare",
                "Two traces, one over the other.",
                [
                    RouteParameter("a", .traceID, "The first.", example: RouteParameter.exampleTrace, isRequired: true),
                    RouteParameter(
                        "b",
                        .traceID,
                        "The second.",
                        example: RouteParameter.exampleTrace,
                        isRequired: true
                    ),
                    RouteParameter("changes", .flag, "Only nodes that differ.", example: "true"),
                ] + RouteParameter.adjustments + [.indented],
                answers: [.json(.envelope(.named("Comparison")))],
                .reading(compare)
            ),
            Route(
                .analysis,
                "api/flame-graph",
                "All traces that a search finds, one over the other.",
                all + [.indented],
                answers: [.json(.searched(.named("FlameGraph")))],
                .reading(flameGraph)
            ),
            Route(
                .analysis,
                "api/heatmap",
                "How many traces or spans took how long, over time.",
                RouteParameter.searchAlone + RouteParameter.overTime + [.raw, .indented],
                answers: [.json(.searched(Schema.heatmap))],
                .reading(heatmap)
            ),
            Route(
                .analysis,
                "api/histogram",
                "How many traces or spans there were over time, how many failed and how long they took.",
                RouteParameter.searchAlone + RouteParameter.overTime + [.raw, .indented],
                answers: [.json(.searched(Schema.histogram))],
                .reading(histogram)
            ),
            Route(
                .analysis,
                "api/outliers",
                "What the spans that a search finds have in common that others have not.",
                all + [
                    RouteParameter(
                        "attributes",
                        .number(1...1_000),
                        "How many attributes to tell; 50 if it is missing.",
                        example: "10"
                    )
                ] + all.map(\.ofBaseline) + [.indented],
                answers: [.json(.searched(Schema.outliers))],
                .reading(outliers)
            ),
        ]
    }

    /// Calls between services, and figures of every span.
    var figuresTable: [Route] {
        let paths =
            [
                RouteParameter("service", .text, "Only paths through this service.", example: "shop"),
                RouteParameter("operation", .text, "Only paths with this operation.", example: "POST /order"),
                RouteParameter(
                    "limit",
                    .traceLimit,
                    "How many traces to look at; 1,000 if it is missing.",
                    example: "9"
                ),
                RouteParameter("start", .microseconds, "Instead of `lookback`.", example: RouteParameter.exampleStart),
                RouteParameter("end", .microseconds, "Instead of `endTs`.", example: RouteParameter.exampleEnd),
                .raw, RouteParameter.adjustments[1], .indented,
            ] + RouteParameter.window
        let deep = [RouteAnswerShape.json(Schema.deepDependencies)]
        return [
            Route(
                .figures,
                "api/dependencies",
                "Which services call which, and how often.",
                RouteParameter.window + [
                    RouteParameter("service", .text, "Only calls from or to it.", example: "shop"),
                    RouteParameter("statistics", .flag, "Also errors and durations.", example: "true"),
                    .indented,
                ],
                answers: [.json(.envelope(.list(.named("Edge"))))],
                .reading(dependencies)
            ),
            Route(
                .figures,
                "api/dependencies/paths",
                "How requests travel through more than one service.",
                paths,
                answers: [.json(.searched(Schema.dependencyPaths))],
                .reading(dependencyPaths)
            ),
            Route(
                .figures,
                "api/deep-dependencies",
                "The same paths in the shape that Jaeger's page asks for.",
                paths,
                answers: deep,
                .reading(deepDependencies)
            ),
            Route(
                .figures,
                "analytics/v1/dependencies",
                "The same paths at another of Jaeger's addresses.",
                paths,
                answers: deep,
                .reading(deepDependencies)
            ),
            metrics("latencies", "A quantile of the spans' durations, over time.", [.quantile], latencies),
            metrics("calls", "Spans per second, over time.", [], calls),
            metrics("errors", "Which share of the spans failed, over time.", [], errors),
            Route(
                .figures,
                "api/metrics/minstep",
                "The finest step at which these figures change, in milliseconds.",
                [.indented],
                answers: [.json(.envelope(.integer))],
                .reading(minimumStep)
            ),
        ]
    }

    private func metrics(
        _ name: String,
        _ summary: String,
        _ more: [RouteParameter],
        _ answer: @escaping Answer
    ) -> Route {
        Route(
            .figures,
            "api/metrics/\(name)",
            summary,
            more + RouteParameter.metrics,
            answers: [.json(.named("MetricFamily"))],
            .reading(answer)
        )
    }
}

extension RouteParameter {
    fileprivate static let quantile = Self("quantile", .quantile, "Which.", example: "0.95", isRequired: true)

    fileprivate static let metrics =
        [
            Self(
                "service",
                .text,
                "A service, or several with commas.",
                example: "shop",
                isRequired: true,
                mayRepeat: true
            ),
            Self("groupByOperation", .flag, "A series for each operation.", example: "true"),
            Self(
                "spanKind",
                .choice(SpanKind.jaegerWords),
                "Kinds of spans; server if it is missing.",
                example: "server",
                mayRepeat: true
            ),
            Self("step", .millisecondsLong, "From point to point; 5000 if it is missing.", example: "60000"),
            Self("ratePer", .millisecondsLong, "How long before it a point is about; 600000.", example: "60000"),
            Self("endTs", .milliseconds, "The last point; now if it is missing.", example: "1700000600000"),
            Self("lookback", .millisecondsLong, "From the first point to the last; 3600000.", example: "3600000"),
            .indented,
        ]

    fileprivate static let overTime = [
        Self("of", .choice(["traces", "spans"]), "What to count; traces if it is missing.", example: "spans"),
        Self("columns", .number(1...500), "How many columns; 60 if it is missing.", example: "10"),
    ]

    /// The same of the other set.
    fileprivate var ofBaseline: Self {
        Self("baseline.\(name)", kind, "As `\(name)`, for the others.", example: example, mayRepeat: mayRepeat)
    }
}
