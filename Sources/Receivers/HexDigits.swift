import TraceModel

/// The number that up to 16 hexadecimal digits of any case are; nil for any other text.
func hexBits(_ text: RawSpan) -> UInt64? {
    guard (1...16).contains(text.byteCount) else { return nil }
    var bits: UInt64 = 0
    for offset in 0..<text.byteCount {
        guard let digit = hexValue(text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) else { return nil }
        bits = bits << 4 | UInt64(digit)
    }
    return bits
}
