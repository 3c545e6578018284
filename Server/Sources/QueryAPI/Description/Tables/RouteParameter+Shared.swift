import SpanStorage

/// Parameters that several routes have.
extension RouteParameter {
    /// The trace of the examples.
    static let exampleTrace = "0af7651916cd43dd8448eb211c80319c"
    /// A span of it.
    static let exampleSpan = "b7ad6b7169203331"
    /// The time of the examples, in microseconds since 1970.
    static let exampleStart = "1700000000000000"
    static let exampleEnd = "1700000600000000"

    static func trace(_ name: String = "id") -> Self {
        Self(name, .traceID, "The id of a trace, in any spelling.", example: exampleTrace, in: .path)
    }

    static let indented = Self("prettyPrint", .text, "Any value but false: indents the answer.", example: "true")
    static let raw = Self("raw", .flag, "Leaves the spans as they were sent.", example: "true")
    static let service = Self("service", .text, "The name of a service.", example: "shop")

    /// What is set right in a trace.
    static let adjustments = [
        raw,
        Self("clockSkew", .flag, "Moves spans of hosts whose clocks are wrong into their parents.", example: "true"),
        Self("clockSkewMax", .length, "Leaves alone what would be moved further.", example: "500ms"),
    ]

    /// When the spans of a search began.
    static let interval = [
        Self("start", .microseconds, "When the spans began, at the earliest.", example: exampleStart),
        Self("end", .microseconds, "When they began, at the latest; now if it is missing.", example: exampleEnd),
        Self(
            "lookback",
            .lookback,
            "Where `start` is missing: how long before the end; 2d if it is too.",
            example: "1h"
        ),
    ]

    /// Which spans a search is for: all of these together, of one span.
    static let conditions = [
        Self("service", .text, "A service; any of them where there are several.", example: "shop", mayRepeat: true),
        Self("operation", .text, "The name of the span.", example: "POST /order"),
        Self("tag", .tag, "An attribute and its value.", example: "http.status_code:500", mayRepeat: true),
        Self("tags", .tags, "Attributes and their values.", example: #"{"http.method":"POST"}"#, mayRepeat: true),
        Self("minDuration", .duration, "How long the span took, at least.", example: "1ms"),
        Self("maxDuration", .duration, "How long the span took, at most.", example: "1m"),
        Self("q", .traceQL, "A query in TraceQL, beside the others.", example: "{ kind = server }"),
        Self("minTraceDuration", .length, "From a trace's first start to its last end, at least.", example: "1ms"),
        Self("maxTraceDuration", .length, "From a trace's first start to its last end, at most.", example: "1h"),
    ]

    /// Which of the traces that match, and how many.
    static let page = [
        Self(
            "traceID",
            .traceID,
            "Traces by their ids, instead of a search.",
            example: exampleTrace,
            mayRepeat: true
        ),
        Self("limit", .traceLimit, "How many traces; 100 if it is missing.", example: "20"),
        Self(
            "sort",
            .choice(TraceOrder.allCases.map(\.rawValue)),
            "Which come first, of all that match; newest if it is missing.",
            example: "longest"
        ),
        Self("cursor", .cursor, "The `next` of the page before.", example: ""),
        Self(
            "total",
            .choice(["exact", "bound"]),
            "exact: counts all that match, which takes a look at all spans of the time.",
            example: "exact"
        ),
    ]

    /// Every parameter of a search.
    static let search = interval + conditions + page
    /// The same where traces cannot be named by their ids.
    static let searchAlone = search.filter { $0.name != "traceID" }

    /// The windows of figures: milliseconds.
    static let window = [
        Self("endTs", .milliseconds, "The end of the window; now if it is missing.", example: "1700000600000"),
        Self("lookback", .millisecondsBack, "How long the window is; a day if it is missing.", example: "3600000"),
    ]
}
