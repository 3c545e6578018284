/// Shapes of OTLP in JSON, which the routes of version 3, of Tempo and of export share.
extension Schema {
    static let otlpComponents: [(String, Schema)] = [
        (
            "ResourceSpans",
            [
                "resource": [
                    "attributes?": .list(.named("Attribute")), "droppedAttributesCount?": .integer,
                ],
                "scopeSpans": .list(.named("ScopeSpans")), "schemaUrl?": .text,
            ]
        ),
        (
            "ScopeSpans",
            [
                "scope?": [
                    "name?": .text, "version?": .text, "attributes?": .list(.named("Attribute")),
                    "droppedAttributesCount?": .integer,
                ],
                "spans": .list(.named("OTLPSpan")), "schemaUrl?": .text,
            ]
        ),
        ("OTLPSpan", .otlpSpan),
        (
            "Attribute",
            ["key": .text, "value": .named("AnyValue")]
        ),
        (
            "AnyValue",
            .noted(
                [
                    "stringValue?": .text, "boolValue?": .flag, "intValue?": .digits,
                    "doubleValue?": .either([.number, .text]), "bytesValue?": .text,
                    "arrayValue?": ["values?": .list(.named("AnyValue"))],
                    "kvlistValue?": ["values?": .list(.named("Attribute"))],
                ],
                "One of its members; none is an empty value."
            )
        ),
        ("FailureV3", ["error": ["httpCode": .integer, "message": .text]]),
    ]

    // Ids are hexadecimal and enumerations numbers, as OTLP says; of Tempo's routes ids are base64 and enumerations
    // names, as protobuf says and as its clients read them.
    private static let traceID = Schema.pattern("^([0-9a-f]{32}|[A-Za-z0-9+/]{22}==)$")
    private static let spanID = Schema.pattern("^([0-9a-f]{16}|[A-Za-z0-9+/]{11}=)$")

    private static let kind = Schema.either([.integers(0...5), .pattern("^SPAN_KIND_[A-Z]+$")])
    private static let code = Schema.either([.integers(0...2), .pattern("^STATUS_CODE_[A-Z]+$")])

    private static let otlpSpan: Schema = [
        "traceId": traceID, "spanId": spanID, "traceState?": .text, "parentSpanId?": spanID, "flags?": .integer,
        "name?": .text, "kind?": kind,
        "startTimeUnixNano?": .digits, "endTimeUnixNano?": .digits, "attributes?": .list(.named("Attribute")),
        "droppedAttributesCount?": .integer,
        "events?": .list([
            "timeUnixNano?": .digits, "name?": .text, "attributes?": .list(.named("Attribute")),
            "droppedAttributesCount?": .integer,
        ]),
        "droppedEventsCount?": .integer,
        "links?": .list([
            "traceId": .text, "spanId": .text, "traceState?": .text, "attributes?": .list(.named("Attribute")),
            "droppedAttributesCount?": .integer, "flags?": .integer,
        ]),
        "droppedLinksCount?": .integer,
        "status?": ["code?": code, "message?": .text],
    ]

    /// A list of resources with their spans, in a message.
    static let tracesData: Schema = ["resourceSpans": .list(.named("ResourceSpans"))]
}
