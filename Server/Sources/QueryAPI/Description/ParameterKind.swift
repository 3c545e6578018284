/// What a parameter's value can be: said in the description of the API, and in the error that a wrong value gets.
public struct ParameterKind: Sendable {
    /// The shape, as JSON Schema has it; of a text the `format` says more.
    var schema: Schema
    /// Which texts are values, where JSON Schema alone cannot tell: a word of our own.
    var format: String?
    /// What is allowed, in words that go on from "it is".
    var allowed: String

    init(_ schema: Schema, format: String? = nil, _ allowed: String) {
        self.schema = schema
        self.format = format
        self.allowed = allowed
    }

    /// Any text.
    public static let text = Self(.text, "any text")

    static let flag = Self(.flag, "true or false")
    static let microseconds = Self(.integer, format: "int64", "a whole number of microseconds since 1970")
    static let milliseconds = Self(.integer, format: "int64", "a whole number of milliseconds since 1970")
    static let millisecondsBack = Self(.integer, format: "int64", "a whole number of milliseconds")
    static let millisecondsLong = Self(
        .integers(1...Int.max),
        format: "int64",
        "a whole number of milliseconds, greater than 0"
    )
    static let duration = Self(.text, format: "duration", "numbers with units, such as 1.5ms, 200us or 2m30s")
    static let length = Self(
        .text,
        format: "length",
        "a duration that is not negative: numbers with units, such as 1.5ms, 200us or 2m30s"
    )
    static let lookback = Self(.text, format: "lookback", "a duration such as 30m, 2h, 3d or 1w, or custom")
    static let traceID = Self(.text, format: "trace-id", "1 to 32 hexadecimal digits, or base64 of 16 bytes")
    static let spanID = Self(.text, format: "span-id", "1 to 16 hexadecimal digits, not all zero")
    static let idDigits = Self(.text, format: "id-digits", "4 to 32 hexadecimal digits")
    static let tag = Self(.text, format: "tag", "key:value")
    static let tags = Self(.text, format: "tags", "a JSON object whose values are strings")
    static let logfmt = Self(.text, format: "logfmt", "pairs of key=value with spaces between them")
    static let traceQL = Self(.text, format: "traceql", "a query in TraceQL, such as { status = error }")
    static let metricsQL = Self(.text, format: "traceql", "a query in TraceQL, such as { status = error } | rate()")
    /// A query that is being typed: one that cannot be read says nothing.
    static let typedTraceQL = Self(.text, "a query in TraceQL; one that is not complete limits nothing")
    static let cursor = Self(.text, format: "cursor", "the `next` of the page before, in the same order")
    static let field = Self(
        .text,
        format: "field",
        "service, operation, kind, status, or a name of TraceQL such as span.http.route"
    )
    /// Of Tempo's API.
    static let seconds = Self(.text, format: "seconds", "seconds since 1970, or a time such as 2026-11-23T20:27:03Z")
    static let step = Self(.text, format: "step", "seconds, or a duration such as 30s, of 1ms or more")
    /// Of Jaeger's API, version 3.
    static let time = Self(.text, format: "date-time", "a time such as 2026-11-23T20:27:03.125Z")
    static let depth = Self(
        .integers(Int(Int32.min)...10_000),
        format: "int32",
        "a whole number up to 10000; 0 or less for 100"
    )
    static let traceLimit = Self(
        .integers(Int(Int32.min)...10_000),
        format: "int32",
        "a whole number up to 10000; 0 or less for as many as there may be"
    )
    static let quantile = Self(.number, format: "quantile", "a number greater than 0 and not greater than 1")

    /// A whole number.
    static func number(_ range: ClosedRange<Int>) -> Self {
        Self(.integers(range), "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }

    /// One of some words.
    public static func choice(_ words: [String]) -> Self {
        Self(.choice(words), "one of \(words.joined(separator: ", "))")
    }
}

extension QueryError {
    /// The value of a parameter cannot be understood: Jaeger's words, and what is allowed.
    static func parameter(_ name: String, _ reason: some Error, _ kind: ParameterKind) -> QueryError {
        badRequest("unable to parse param '\(name)': \(reason); it is \(kind.allowed)")
    }

    /// The value of a parameter is not what it can be.
    static func wrong(_ name: String, _ value: String, _ kind: ParameterKind) -> QueryError {
        .own(name, "'\(value)' is not understood; it is \(kind.allowed)")
    }
}
