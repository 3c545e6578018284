import HTTPTypes

extension QueryRoutes {
    /// What comes in now, files, and language models.
    var liveTable: [Route] {
        [
            Route(
                .live,
                "api/tail",
                "Traces or spans that match, as they come in, until the client leaves.",
                [
                    RouteParameter("of", .choice(["traces", "spans"]), "traces if it is missing.", example: "spans"),
                    RouteParameter("rate", .number(1...1_000), "Events a second; 200 if it is missing.", example: "50"),
                ] + RouteParameter.conditions,
                answers: [.other("text/event-stream", "Events `trace`, `span`, `skipped` and `rate`, data in JSON.")],
                .reading(tailAnswer)
            ),
            Route(
                .live,
                "api/export",
                "The traces that a search finds as a file, with their spans as they came.",
                RouteParameter.search + [.format(ExportFormat.allCases.filter { $0 != .page }), .indented],
                answers: Array(RouteAnswerShape.files.dropLast()),
                .reading(exportSearch)
            ),
            Route(
                .live,
                "api/ai/mcp",
                "The Model Context Protocol: one message of JSON-RPC a request.",
                body: RouteBody(
                    .anything,
                    "A message of JSON-RPC 2.0, up to 1 MiB.",
                    example: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
                ),
                answers: [
                    .json(
                        [
                            "jsonrpc": .choice(["2.0"]), "id": .anything, "result?": .anything,
                            "error?": ["code": .integer, "message": .text],
                        ]
                    )
                ],
                errors: .plain,
                .request(.post) {
                    [endpoint = MCPEndpoint(tools: TraceTools(store: store, now: now), serverVersion: version)]
                    in await endpoint.answer($0)
                }
            ),
        ]
    }
}
