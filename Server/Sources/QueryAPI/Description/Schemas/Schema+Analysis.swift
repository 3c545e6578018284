/// Shapes of what traces tell beyond their spans. Durations are microseconds with up to three decimals.
extension Schema {
    static let analysisComponents: [(String, Schema)] = [
        (
            "TraceHead",
            [
                "traceID": .hex, "startTime": .noted(.integer, "Microseconds since 1970."), "duration": .number,
                "rootService": .text, "rootOperation": .text, "spanCount": .integer, "errorCount": .integer,
            ]
        ),
        (
            "Side",
            .noted(
                [
                    "count": .integer, "errors": .integer, "total": .number, "self": .number, "spanIDs": .list(.hex),
                ],
                "What one trace has at a node."
            )
        ),
        ("Quantiles", .quantiles),
        (
            "FlameGraph",
            [
                "traces": .integer, "spans": .integer, "truncated": .flag,
                "nodes": .list(
                    node.with([
                        "traces": .integer, "count": .integer, "errors": .integer, "total": .number, "self": .number,
                    ])
                ),
            ]
        ),
        ("Comparison", .comparison),
        ("Against", .against),
    ]

    /// A node of a tree of calls.
    private static let node: Schema = [
        "id": .integer, "parent": .orNull(.integer), "depth": .integer, "service": .text, "operation": .text,
        "kind": .text,
    ]

    private static let quantiles: Schema = ["p50": .number, "p95": .number, "max": .number]

    private static let comparison: Schema = [
        "a": .named("TraceHead"), "b": .named("TraceHead"), "differences": .integer, "truncated": .flag,
        "nodes": .list(
            node.with([
                "change": .choice(["same", "added", "removed", "more", "fewer"]),
                "a": .orNull(.named("Side")), "b": .orNull(.named("Side")), "totalDelta": .number,
                "selfDelta": .number,
            ])
        ),
    ]

    private static let against: Schema = [
        "trace": .named("TraceHead"), "baseline": ["traces": .integer, "spans": .integer], "truncated": .flag,
        "findings": .list([
            "kind": .choice(["missing", "new", "slower", "faster", "more", "fewer", "errors"]), "node": .integer,
            "impact": .number, "message": .text,
        ]),
        "nodes": .list(
            node.with([
                "trace": .orNull(.named("Side")),
                "baseline": .orNull([
                    "traces": .integer, "share": .number, "countPerTrace": .number, "errors": .integer,
                    "total": .named("Quantiles"), "self": .named("Quantiles"),
                ]),
                "rank": .number,
            ])
        ),
    ]

    static let criticalPath: Schema = [
        "traceID": .hex, "startTime": .integer, "duration": .number, "rootSpanID": .orNull(.hex),
        "pathDuration": .number,
        "segments": .list([
            "spanID": .hex, "service": .text, "operation": .text, "offset": .number, "duration": .number,
        ]),
        "spans": .list([
            "spanID": .hex, "service": .text, "operation": .text, "time": .number, "share": .number,
        ]),
    ]

    static let selfTimes: Schema = [
        "traceID": .hex, "startTime": .integer, "duration": .number, "spanCount": .integer, "truncated": .flag,
        "spans": .list([
            "spanID": .hex, "service": .text, "operation": .text, "duration": .number,
            "self": .number, "wall": .number,
        ]),
    ]

    static let statistics: Schema = [
        "traceID": .hex, "startTime": .integer, "duration": .number, "spanCount": .integer, "by": .list(.text),
        "groups": .list([
            "values": .list(.anything), "count": .integer, "errors": .integer, "total": .number, "self": .number,
            "wall": .number, "share": .number, "min": .number, "avg": .number, "p50": .number, "p95": .number,
            "max": .number, "longestSpanID": .hex,
        ]),
    ]

    private static let timeline: Schema = [
        "of": .choice(["traces", "spans"]), "startTime": .noted(.integer, "Microseconds since 1970."),
        "step": .noted(.number, "How long a column is, in microseconds."), "columns": .integer,
        "counted": .integer, "source": .choice(["search", "rollups"]),
    ]

    static let heatmap: Schema = timeline.with([
        "rows": .list(["from": .number, "to": .number]),
        "cells": .list([
            "column": .integer, "row": .integer, "count": .integer, "errors": .integer, "example": .orNull(.hex),
        ]),
    ])

    static let histogram: Schema = timeline.with([
        "points": .list([
            "column": .integer, "count": .integer, "errors": .integer, "p50": .number, "p95": .number, "max": .number,
        ])
    ])

    private static let spanSet: Schema = ["traces": .integer, "spans": .integer]

    static let outliers: Schema = [
        "selection": spanSet, "baseline": spanSet,
        "attributes": .list([
            "key": .text, "level": .choice(["span", "resource", "event", "intrinsic"]), "score": .number,
            "selectionShare": .number, "baselineShare": .number, "distinct": .integer, "isNumeric": .flag,
            "values": .list([
                "value": .anything, "type": .text, "selection": .integer, "baseline": .integer,
                "selectionShare": .number, "baselineShare": .number,
            ]),
        ]),
    ]

    private static let hops: Schema = .list(["service": .text, "operation": .text])

    static let dependencyPaths: Schema = [
        "service": .orNull(.text), "traces": .integer, "truncated": .flag,
        "paths": .list([
            "path": hops, "traces": .integer, "calls": .integer, "errors": .integer, "p50": .number, "p95": .number,
            "max": .number, "exampleTraceID": .orNull(.hex),
        ]),
        "edges": .list([
            "parent": .text, "child": .text, "calls": .integer, "errors": .integer, "p50": .number, "p95": .number,
            "max": .number,
        ]),
    ]

    static let deepDependencies: Schema = [
        "dependencies": .list(["path": hops, "attributes": .list(["key": .text, "value": .text])])
    ]
}
