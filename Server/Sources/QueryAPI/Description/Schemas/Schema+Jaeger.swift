/// Shapes of Jaeger's API, version 1, and of what Martlet adds to it.
extension Schema {
    static let jaegerComponents: [(String, Schema)] = [
        (
            "Trace",
            [
                "traceID": .orNull(.hex), "spans": .list(.named("Span")), "processes": .map(.named("Process")),
                "warnings": .orNull(.list(.text)),
            ]
        ),
        (
            "Span",
            [
                "traceID": .hex, "spanID": .hex, "flags?": .integer, "operationName": .text,
                "references": .list(.named("Reference")),
                "startTime": .noted(.integer, "Microseconds since 1970."),
                "duration": .noted(.integer, "Microseconds."),
                "tags": .list(.named("Tag")), "logs": .list(.named("Log")),
                "processID": .noted(.text, "The name of one of the trace's processes."),
                "warnings": .noted(.orNull(.list(.text)), "What was set right in the span, and what is odd about it."),
            ]
        ),
        ("Process", ["serviceName": .text, "tags": .list(.named("Tag"))]),
        ("Log", ["timestamp": .noted(.integer, "Microseconds since 1970."), "fields": .list(.named("Tag"))]),
        ("Reference", ["refType": .choice(["CHILD_OF", "FOLLOWS_FROM"]), "traceID": .hex, "spanID": .hex]),
        (
            "Tag",
            [
                "key": .text, "type": .choice(["string", "bool", "int64", "float64", "binary"]),
                "value": .noted(
                    .either([.text, .flag, .number, .orNull(.text)]),
                    "An integer beyond 2^53 is a text, and so is what is no finite number; binary is base64 or null."
                ),
            ]
        ),
        (
            "Problem",
            [
                "code?": .noted(.integer, "The status, where the whole request failed."), "msg": .text,
                "traceID?": .noted(.hex, "The trace that it is about."),
            ]
        ),
        ("Failure", .envelope(.orNull(.anything))),
        (
            "Partial",
            .noted(
                [
                    "reason": .choice(["time", "scanned-spans", "memory", "cancelled", "damaged"]), "message": .text,
                    "completeDownTo": .noted(
                        .orNull(.integer),
                        "Microseconds since 1970: everything is there that began since."
                    ),
                ],
                "Why an answer is not all of it."
            )
        ),
        ("Summary", .summary),
        (
            "Found",
            [
                "kind": .choice(["trace", "span"]), "traceID": .hex, "spanID": .orNull(.hex),
                "rootServiceName": .text, "rootOperationName": .text,
                "startTime": .noted(.integer, "Microseconds since 1970."),
                "duration": .noted(.integer, "Microseconds."), "spanCount": .integer,
            ]
        ),
        (
            "Edge",
            [
                "parent": .text, "child": .text, "callCount": .integer, "errorCount?": .integer,
                "latencyMilliseconds?": ["p50": .number, "p95": .number, "p99": .number, "max": .number],
            ]
        ),
        ("MetricFamily", .metricFamily),
    ]

    /// Jaeger's envelope around data.
    static func envelope(_ data: Schema) -> Schema {
        [
            "data": data, "total": .integer, "limit": .integer, "offset": .integer,
            "errors": .orNull(.list(.named("Problem"))),
        ]
    }

    /// The envelope of what a search finds; `isAlways` if it tells of the search whatever it is asked by.
    static func searched(_ data: Schema, isAlways: Bool = true) -> Schema {
        let mark = isAlways ? "" : "?"
        let report: [(String, Schema)] = [
            ("totalIsExact", .noted(.flag, "Whether `total` is all; otherwise it is at least so many.")),
            ("truncated", .noted(.flag, "Whether more match than were looked at.")),
            ("next", .noted(.orNull(.text), "The `cursor` of the next page.")),
            ("partial", .orNull(.named("Partial"))),
            ("scanned", ["spans": .integer, "bytes": .integer]),
        ]
        return envelope(data).with(.object(report.map { Member($0.0 + mark, $0.1) }))
    }

    /// What was counted of attributes.
    static func counted(_ item: Schema) -> Schema {
        [
            "data": .list(item), "total": .integer, "truncated": .flag,
            "isExact": .noted(.flag, "Whether the counts are exact; otherwise they are lower bounds."),
            "partial": .orNull(.named("Partial")), "errors": .orNull(.list(.named("Problem"))),
        ]
    }

    /// A trace of a search and the spans by which it matches.
    static let matches: Schema = ["traceID": .hex, "spanSets": .list(.list(.hex))]

    private static let summary: Schema = [
        "traceId": .pattern("^[0-9a-f]{32}$"), "rootServiceName": .text, "rootOperationName": .text,
        "minStartTimeUnixNano": .digits, "maxEndTimeUnixNano": .digits, "spanCount": .integer,
        "errorSpanCount": .integer,
        "services": .list(["name": .text, "spanCount": .integer, "errorSpanCount": .integer]),
        "matchedSpanCount?": .integer, "firstMatchedSpanId?": .orNull(.hex),
        "attributes?": .list(["key": .text, "values": .list(.text)]),
    ]

    /// A metric as OpenMetrics has it in JSON.
    private static let metricFamily: Schema = [
        "name": .text, "type": .choice(["GAUGE"]), "help": .text,
        "metrics": .list([
            "labels": .list(["name": .text, "value": .text]),
            "metricPoints": .list([
                "gaugeValue": ["doubleValue": .either([.number, .choice(["NaN"])])], "timestamp": .text,
            ]),
        ]),
    ]
}
