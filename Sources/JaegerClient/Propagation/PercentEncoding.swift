/// Text that is safe in a header: all but letters, digits and `-._~/` as `%` and two hexadecimal digits.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        if text.utf8.allSatisfy(isPlain) { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                append(byte, to: &bytes)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends one byte in its encoded form, in capital letters as RFC 3986 asks.
    static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "%"))
        let start = bytes.count
        Hex.append(UInt64(byte), digits: 2, to: &bytes)
        for index in start..<bytes.count { bytes[index] = upperCase(bytes[index]) }
    }

    /// The text before it was encoded; a `%` that nothing sensible follows stays.
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let high = Hex.digit(rest[rest.startIndex]), let low = Hex.digit(rest[rest.startIndex + 1])
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "-")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "~"):
            // From "-" to "9" lie ".", "/" and the digits.
            true
        default: false
        }
    }

    private static func upperCase(_ digit: UInt8) -> UInt8 {
        digit >= UInt8(ascii: "a") ? digit - 32 : digit
    }
}
