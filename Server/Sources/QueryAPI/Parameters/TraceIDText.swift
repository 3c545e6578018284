import TraceModel

/// Reads a trace id in any of the spellings that people and tools use: 1 to 32 digits, padded or not, of either case;
/// or base64 of its 16 bytes, as protobuf's JSON has it.
///
/// Throws in the words of Jaeger, whose parser looks at the halves one after the other.
func parseTraceID(_ text: String) throws(GoText.Malformed) -> TraceID {
    if let id = traceID(base64: text) { return id }
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

/// The id of base64 of 16 bytes; digits alone are hexadecimal.
private func traceID(base64 text: String) -> TraceID? {
    guard text.utf8.count == 22 || text.utf8.count == 24, TraceID(hex: text) == nil,
        let bytes = base64Bytes(text), bytes.count == 16
    else { return nil }
    func number(_ half: ArraySlice<UInt8>) -> UInt64 { half.reduce(0) { $0 << 8 | UInt64($1) } }
    return TraceID(high: number(bytes[..<8]), low: number(bytes[8...]))
}
