import OpenTracing

/// The header of W3C Trace Context: `{version}-{trace}-{span}-{flags}`.
enum TraceParent {
    static let key = "traceparent"
    static let stateKey = "tracestate"

    /// The header's value for a context.
    static func render(_ context: JaegerSpanContext) -> String {
        let trace = Hex.padded(context.traceIDHigh) + Hex.padded(context.traceIDLow)
        return "00-\(trace)-\(context.spanIdentifier)-\(context.isSampled ? "01" : "00")"
    }

    /// Reads the header's value; of versions later than 00 as much as is known.
    static func parse(_ text: String) throws(PropagationError) -> JaegerSpanContext {
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, let version = Hex.parse(parts[0]), version != 0xFF,
            version > 0 || parts.count == 4
        else { throw error(text, "is not version-trace-span-flags") }
        guard parts[1].count == 32, let trace = Hex.parseTraceID(parts[1]), trace.high | trace.low != 0 else {
            throw error(text, "has no trace identifier of 32 hexadecimal digits, not all 0")
        }
        guard parts[2].count == 16, let span = Hex.parse(parts[2]), span != 0 else {
            throw error(text, "has no span identifier of 16 hexadecimal digits, not all 0")
        }
        guard parts[3].count == 2, let flags = Hex.parse(parts[3]) else {
            throw error(text, "has no flags of 2 hexadecimal digits")
        }
        return JaegerSpanContext(
            traceIDHigh: trace.high,
            traceIDLow: trace.low,
            spanID: span,
            // The other bits mean something else here than in Jaeger.
            flags: flags & 1 == 1 ? [.sampled] : []
        )
    }

    private static func error(_ text: String, _ reason: String) -> PropagationError {
        PropagationError(key: key, reason: "'\(text.prefix(100))' \(reason)")
    }
}
