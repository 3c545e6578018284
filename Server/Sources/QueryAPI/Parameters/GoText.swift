/// Numbers, durations and flags as Go reads them, with Go's own words where they are malformed: Jaeger's clients know
/// both, and some show the words to people.
enum GoText {
    /// Why a text is not what it should be, in Go's words.
    struct Malformed: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// A decimal integer of 64 bits with an optional sign.
    static func int64(_ text: String) throws(Malformed) -> Int64 {
        try integer(text)
    }

    /// A decimal integer of 32 bits with an optional sign.
    static func int32(_ text: String) throws(Malformed) -> Int32 {
        try integer(text)
    }

    /// A truth value: 1, t, T, TRUE, true, True and their opposites.
    static func bool(_ text: String) throws(Malformed) -> Bool {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": return true
        case "0", "f", "F", "FALSE", "false", "False": return false
        default: throw Malformed(description: "strconv.ParseBool: parsing \(quoted(text)): invalid syntax")
        }
    }

    /// A hexadecimal integer of 64 bits, without a sign.
    static func hex(_ text: Substring) throws(Malformed) -> UInt64 {
        guard !text.isEmpty, text.utf8.allSatisfy(isHexDigit) else {
            throw Malformed(description: "strconv.ParseUint: parsing \(quoted(text)): invalid syntax")
        }
        guard let value = UInt64(text, radix: 16) else {
            throw Malformed(description: "strconv.ParseUint: parsing \(quoted(text)): value out of range")
        }
        return value
    }

    /// A text in double quotes, control characters and quotes escaped.
    static func quoted(_ text: some StringProtocol) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\x" + (digits.count < 2 ? "0" : "") + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private static func integer<Number: FixedWidthInteger>(_ text: String) throws(Malformed) -> Number {
        let digits =
            text.utf8.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } ?? false
            ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw Malformed(description: "strconv.ParseInt: parsing \(quoted(text)): invalid syntax")
        }
        guard let value = Number(text) else {
            throw Malformed(description: "strconv.ParseInt: parsing \(quoted(text)): value out of range")
        }
        return value
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
