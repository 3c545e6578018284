import TraceModel

extension JSONReader {
    /// Reads a string into `text`.
    @_lifetime(self: copy self)
    mutating func readString() throws(JSONError) {
        guard try peek() == 0x22 else { throw JSONError("a string was expected", at: offset) }
        let begin = offset + 1
        offset = begin
        try scanPlain()
        if bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0x22 {
            textRange = begin..<offset
            textIsUnescaped = false
            offset += 1
            return
        }
        unescaped.removeAll(keepingCapacity: true)
        textIsUnescaped = true
        var plain = begin
        while true {
            unescaped.append(copying: bytes.extracting(plain..<offset))
            if bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0x22 { break }
            try escape()
            plain = offset
            try scanPlain()
        }
        offset += 1
    }

    /// Passes over a string.
    @_lifetime(self: copy self)
    mutating func passString() throws(JSONError) {
        offset += 1
        while true {
            try scanPlain()
            if bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0x22 { break }
            _ = try escapedScalar()
        }
        offset += 1
    }

    /// Goes to the next quote or backslash, eight bytes a step.
    @inline(__always)
    @_lifetime(self: copy self)
    private mutating func scanPlain() throws(JSONError) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while bytes.byteCount - offset >= 8 {
            let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // A top bit is set for each byte that is a quote, a backslash or below 0x20, and perhaps for some after it.
            var found = (quote &- ones) & ~quote
            found |= (backslash &- ones) & ~backslash
            found |= (word &- (ones &* 0x20)) & ~word
            found &= tops
            if found != 0 {
                offset += found.trailingZeroBitCount / 8
                break
            }
            offset += 8
        }
        while offset < bytes.byteCount {
            let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if byte == 0x22 || byte == 0x5C { return }
            if byte < 0x20 { throw JSONError("a control character within a string", at: offset) }
            offset += 1
        }
        throw JSONError("the JSON ends within a string", at: offset)
    }

    /// Reads an escape sequence onto `unescaped`.
    @_lifetime(self: copy self)
    private mutating func escape() throws(JSONError) {
        let scalar = try escapedScalar()
        if scalar.value < 0x80 {
            unescaped.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            unescaped.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Reads an escape sequence; half of a surrogate pair without the other is U+FFFD.
    @_lifetime(self: copy self)
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        guard offset + 1 < bytes.byteCount else { throw JSONError("the JSON ends within a string", at: offset) }
        let letter = bytes.unsafeLoad(fromByteOffset: offset + 1, as: UInt8.self)
        offset += 2
        switch letter {
        case 0x22, 0x5C, UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw JSONError("an escape that JSON does not have", at: offset - 2)
        }
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let rest = offset
        guard first < 0xDC00, offset + 6 <= bytes.byteCount,
            bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0x5C,
            bytes.unsafeLoad(fromByteOffset: offset + 1, as: UInt8.self) == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        offset += 2
        let second = try fourDigits()
        if (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        {
            return scalar
        }
        offset = rest
        return "\u{FFFD}"
    }

    @_lifetime(self: copy self)
    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        guard offset + 4 <= bytes.byteCount else { throw JSONError("the JSON ends within a string", at: offset) }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexValue(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) else {
                throw JSONError("four hexadecimal digits were expected after \\u", at: offset)
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
