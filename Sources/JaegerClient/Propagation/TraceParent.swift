import OpenTracing

/// The header of W3C Trace Context: `{version}-{trace}-{span}-{flags}`.
enum TraceParent {
    static let key = "traceparent"

    /// Of version 00 the whole, of later ones the part that is known.
    private static let length = 55

    /// The header's value for a context.
    static func render(_ context: JaegerSpanContext) -> String {
        Hex.text(length) { bytes in
            bytes += "00-".utf8
            Hex.append(context.traceIDHigh, digits: 16, to: &bytes)
            Hex.append(context.traceIDLow, digits: 16, to: &bytes)
            bytes.append(dash)
            Hex.append(context.spanID, digits: 16, to: &bytes)
            bytes += (context.isSampled ? "-01" : "-00").utf8
        }
    }

    /// Reads the header's value; of versions later than 00 as much as is known.
    static func parse(_ text: String) throws(PropagationError) -> JaegerSpanContext {
        let bytes = Array(HeaderText.trimmed(text[...]).utf8)
        guard bytes.count >= length, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = lowerCase(bytes[0..<2]), version != 0xFF
        else { throw error(text, "is not version-trace-span-flags") }
        // What a later version adds stands behind another dash.
        guard bytes.count == length || (version > 0 && bytes[length] == dash) else {
            throw error(text, "is longer than version \(version) allows")
        }
        guard let high = lowerCase(bytes[3..<19]), let low = lowerCase(bytes[19..<35]), high | low != 0 else {
            throw error(text, "has no trace identifier of 32 hexadecimal digits in lower case, not all 0")
        }
        guard let span = lowerCase(bytes[36..<52]), span != 0 else {
            throw error(text, "has no span identifier of 16 hexadecimal digits in lower case, not all 0")
        }
        guard let flags = lowerCase(bytes[53..<55]) else {
            throw error(text, "has no flags of 2 hexadecimal digits in lower case")
        }
        return JaegerSpanContext(
            traceIDHigh: high,
            traceIDLow: low,
            spanID: span,
            // The other bits mean something else here than in Jaeger.
            flags: flags & 1 == 1 ? [.sampled] : []
        )
    }

    private static let dash = UInt8(ascii: "-")

    /// The number that digits stand for; the specification allows them in lower case only.
    private static func lowerCase(_ digits: ArraySlice<UInt8>) -> UInt64? {
        if digits.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) }) { return nil }
        return Hex.parse(digits)
    }

    private static func error(_ text: String, _ reason: String) -> PropagationError {
        PropagationError(key: key, reason: "'\(text.prefix(100))' \(reason)")
    }
}
