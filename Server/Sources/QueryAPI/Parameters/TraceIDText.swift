import TraceModel

/// Reads a trace id in any of the spellings that people and tools use: 1 to 32 digits, padded or not, of either case.
///
/// Throws in the words of Jaeger, whose parser looks at the halves one after the other.
func parseTraceID(_ text: String) throws(GoText.Malformed) -> TraceID {
    let count = text.utf8.count
    if count > 32 {
        throw GoText.Malformed(description: "TraceID cannot be longer than 32 hex characters: \(text)")
    }
    if count <= 16 { return TraceID(low: try GoText.hex(text[...])) }
    let middle = text.utf8.index(text.startIndex, offsetBy: count - 16)
    // The middle of a character of several bytes: no hexadecimal digit anyway.
    guard let middle = String.Index(middle, within: text.unicodeScalars) else {
        throw GoText.Malformed(description: "strconv.ParseUint: parsing \(GoText.quoted(text)): invalid syntax")
    }
    let high = try GoText.hex(text[..<middle])
    return TraceID(high: high, low: try GoText.hex(text[middle...]))
}
