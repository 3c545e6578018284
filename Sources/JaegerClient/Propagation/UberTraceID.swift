import OpenTracing

/// The names of Jaeger's own headers.
enum UberHeaders {
    static let traceID = "uber-trace-id"
    static let baggagePrefix = "uberctx-"
    static let debugID = "jaeger-debug-id"
    static let baggage = "jaeger-baggage"
}

/// Jaeger's own header: `{trace}:{span}:{parent}:{flags}`, all hexadecimal, padded or not.
enum UberTraceID {
    /// The header's value for a context: padded, so that a search for an identifier finds it in logs of headers.
    static func render(_ context: JaegerSpanContext) -> String { context.description }

    /// Reads the header's value.
    static func parse(_ text: String) throws(PropagationError) -> JaegerSpanContext {
        let parts = Array(HeaderText.trimmed(text[...]).utf8).split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        )
        guard parts.count == 4 else {
            throw error(text, "has \(parts.count) parts where trace:span:parent:flags has 4")
        }
        guard let trace = Hex.parseTraceID(parts[0]), trace.high | trace.low != 0 else {
            throw error(text, "has no trace identifier of 1 to 32 hexadecimal digits, not all 0")
        }
        guard let span = Hex.parse(parts[1]), span != 0 else {
            throw error(text, "has no span identifier of 1 to 16 hexadecimal digits, not all 0")
        }
        guard parts[3].count <= 2, let flags = Hex.parse(parts[3]) else {
            throw error(text, "has no flags of 1 or 2 hexadecimal digits")
        }
        return JaegerSpanContext(
            traceIDHigh: trace.high,
            traceIDLow: trace.low,
            spanID: span,
            // Nobody needs the parent's parent, and some clients write nonsense there.
            parentID: Hex.parse(parts[2]) ?? 0,
            flags: .init(rawValue: UInt8(truncatingIfNeeded: flags))
        )
    }

    private static func error(_ text: String, _ reason: String) -> PropagationError {
        PropagationError(key: UberHeaders.traceID, reason: "'\(text.prefix(100))' \(reason)")
    }
}
