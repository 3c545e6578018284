/// Shapes of Tempo's API.
extension Schema {
    static let tempoComponents: [(String, Schema)] = [
        (
            "TempoSpanSet",
            [
                "spans": .list([
                    "spanID": .pattern("^[0-9a-f]{1,16}$"), "name": .text, "startTimeUnixNano": .digits,
                    "durationNanos": .digits,
                    "attributes": .list(.named("Attribute")),
                ]),
                "matched": .integer, "attributes?": .list(.named("Attribute")),
            ]
        )
    ]

    static let tempoSearch: Schema = [
        "traces": .list([
            "traceID": .pattern("^[0-9a-f]{1,32}$"), "rootServiceName": .text, "rootTraceName": .text,
            "startTimeUnixNano": .digits,
            "durationMs": .integer, "spanSet?": .named("TempoSpanSet"), "spanSets": .list(.named("TempoSpanSet")),
            "serviceStats": .map(["spanCount": .integer, "errorCount?": .integer]),
        ]),
        "metrics": ["inspectedTraces": .integer, "inspectedBytes": .digits, "inspectedSpans": .digits],
        "message?": .text,
    ]

    private static let noMetrics: Schema = ["metrics": .map(.anything)]

    static let tempoScopes: Schema = noMetrics.with(["scopes": .list(["name": .text, "tags": .list(.text)])])
    static let tempoTagNames: Schema = noMetrics.with(["tagNames": .list(.text)])
    static let tempoValues: Schema = noMetrics.with(["tagValues": .list(.text)])
    static let tempoTypedValues: Schema = noMetrics.with(["tagValues": .list(["type": .text, "value": .text])])

    static let tempoSeries: Schema = [
        "series": .list([
            "labels": .list(.named("Attribute")),
            "samples": .list(["timestampMs": .digits, "value": .either([.number, .text])]),
            "promLabels": .text, "exemplars": .list(.anything),
        ]),
        "metrics": .map(.anything), "status?": .text, "message?": .text,
    ]

    static let tempoInstant: Schema = [
        "series": .list([
            "labels": .list(.named("Attribute")), "value": .either([.number, .text]), "promLabels?": .text,
        ]),
        "metrics": .map(.anything), "status?": .text, "message?": .text,
    ]

    static let tempoBuild: Schema = [
        "version": .text, "revision": .text, "branch": .text, "buildUser": .text, "buildDate": .text,
        "goVersion": .text,
    ]
}
