extension QueryRoutes {
    /// Jaeger's API, version 3.
    var v3Table: [Route] {
        let kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"]
        return [
            v3("services", "The names of all services.", [], ["services": .list(.text)], v3Services),
            v3(
                "operations",
                "A service's operations with their kinds.",
                [
                    RouteParameter("service", .text, "The service.", example: "shop", isRequired: true),
                    RouteParameter("spanKind", .choice(kinds), "Only of this kind.", example: "server"),
                ],
                ["operations": .list(["name": .text, "spanKind": .text])],
                v3Operations
            ),
            v3(
                "traces",
                "Whole traces that a search finds.",
                RouteParameter.v3Search + RouteParameter.adjustments.dropFirst(),
                v3Result,
                v3Traces
            ),
            v3(
                "traces/{trace_id}",
                "A trace.",
                [
                    .trace("trace_id"),
                    RouteParameter(
                        "startTime",
                        .time,
                        "A hint that has no effect here.",
                        example: "2023-11-14T22:13:20Z"
                    ),
                    RouteParameter(
                        "endTime",
                        .time,
                        "A hint that has no effect here.",
                        example: "2023-11-14T22:23:20Z"
                    ),
                    RouteParameter("rawTraces", .flag, "Leaves the spans as they were sent.", example: "true"),
                ] + RouteParameter.adjustments.dropFirst(),
                v3Result,
                v3Trace
            ),
            v3(
                "trace-summaries",
                "A line for each trace that a search finds.",
                RouteParameter.v3Search,
                ["summaries": .list(.named("Summary"))],
                v3Summaries
            ),
            v3(
                "dependencies",
                "Which services call which, and how often.",
                [
                    RouteParameter("startTime", .time, "The begin of the window.", example: "2023-11-14T22:13:20Z"),
                    RouteParameter("endTime", .time, "Its end; now if it is missing.", example: "2023-11-14T22:23:20Z"),
                    RouteParameter(
                        "lookback",
                        .length,
                        "Instead of a start; a day if both are missing.",
                        example: "1h"
                    ),
                ],
                ["dependencies": .list(["parent": .text, "child": .text, "callCount": .digits])],
                v3Dependencies
            ),
        ]
    }

    private var v3Result: Schema { ["result": Schema.tracesData] }

    private func v3(
        _ path: String,
        _ summary: String,
        _ parameters: [RouteParameter],
        _ answer: Schema,
        _ answering: @escaping Answer
    ) -> Route {
        Route(
            .jaegerV3,
            "api/v3/\(path)",
            summary,
            parameters + [.indented],
            answers: [.json(answer)],
            errors: .v3,
            .reading(answering)
        )
    }
}

extension RouteParameter {
    fileprivate static let v3Search = [
        Self("query.startTimeMin", .time, "Earliest.", example: "2023-11-14T22:13:20Z", isRequired: true),
        Self("query.startTimeMax", .time, "Latest.", example: "2023-11-14T22:23:20Z", isRequired: true),
        Self("query.serviceName", .text, "The service.", example: "shop"),
        Self("query.operationName", .text, "The name of the span.", example: "POST /order"),
        Self("query.attributes", .tags, "Attributes and their values.", example: #"{"http.method":"POST"}"#),
        Self("query.durationMin", .length, "How long the span took, at least.", example: "1ms"),
        Self("query.durationMax", .length, "How long the span took, at most.", example: "1m"),
        Self("query.searchDepth", .depth, "How many traces; 100 if it is missing.", example: "20"),
        Self("query.rawTraces", .flag, "Leaves the spans as they were sent.", example: "true"),
    ]
}
