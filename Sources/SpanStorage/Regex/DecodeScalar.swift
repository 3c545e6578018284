/// The character at an offset and how many bytes it takes (RFC 3629); a byte that begins none is U+FFFD and one byte.
func decodeScalar(_ bytes: RawSpan, at offset: Int) -> (value: UInt32, length: Int) {
    let replacement: (UInt32, Int) = (0xFFFD, 1)
    let first = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    let length: Int
    var value: UInt32
    switch first {
    case 0..<0x80: return (UInt32(first), 1)
    case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
    case 0xE0...0xEF: (length, value) = (3, UInt32(first & 0x0F))
    case 0xF0...0xF4: (length, value) = (4, UInt32(first & 0x07))
    default: return replacement
    }
    guard offset + length <= bytes.byteCount else { return replacement }
    for index in 1..<length {
        let byte = bytes.unsafeLoad(fromByteOffset: offset + index, as: UInt8.self)
        guard byte & 0xC0 == 0x80 else { return replacement }
        value = value << 6 | UInt32(byte & 0x3F)
    }
    let isShortest = length == 2 || (length == 3 ? value >= 0x800 : value >= 0x10000)
    guard isShortest, Unicode.Scalar(value) != nil else { return replacement }
    return (value, length)
}
