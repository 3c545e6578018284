/// Reads a JSON object of strings, `{"http.status_code":"500"}`, with Go's words for what is malformed.
///
/// The whole text is checked before values count, so that a syntax error is named rather than a value's type.
struct JSONStringMap {
    /// Why a text is no such object.
    struct Malformed: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// How deep values may nest; a tag's value is a string, so none needs to.
    static let depthMax = 100

    private let text: [UInt8]
    private var offset = 0
    private var wrongType: String?

    /// The members in order.
    ///
    /// A value that is null is the empty string, and null instead of an object has no members.
    static func parse(_ text: String) throws(Malformed) -> [(String, String)] {
        var parser = JSONStringMap(text: Array(text.utf8))
        return try parser.document()
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private mutating func document() throws(Malformed) -> [(String, String)] {
        var members: [(String, String)] = []
        skipSpace()
        if offset < text.count, text[offset] == UInt8(ascii: "{") {
            try object(depth: 1) { key, value in members.append((key, value)) }
        } else if let type = try value(depth: 0).typeName {
            wrongType = "json: cannot unmarshal \(type) into Go value of type map[string]string"
        }
        skipSpace()
        if offset < text.count { throw unexpected("after top-level value") }
        if let wrongType { throw Malformed(description: wrongType) }
        return members
    }

    /// What a value turned out to be.
    private enum Value {
        case string(String)
        case null
        case other(String)

        /// Go's word for a type that is no string; nil for null, which fits everything.
        var typeName: String? {
            switch self {
            case .string: "string"
            case .null: nil
            case .other(let name): name
            }
        }
    }

    private mutating func object(depth: Int, _ member: (String, String) -> Void) throws(Malformed) {
        offset += 1
        skipSpace()
        if try take("}") { return }
        while true {
            guard try current() == UInt8(ascii: "\"") else {
                throw unexpected("looking for beginning of object key string")
            }
            let key = try string()
            skipSpace()
            guard try take(":") else { throw unexpected("after object key") }
            switch try value(depth: depth) {
            case .string(let text): member(key, text)
            case .null: member(key, "")
            case .other(let name):
                if depth == 1, wrongType == nil {
                    wrongType = "json: cannot unmarshal \(name) into Go value of type string"
                }
            }
            skipSpace()
            if try take("}") { return }
            guard try take(",") else { throw unexpected("after object key:value pair") }
            skipSpace()
        }
    }

    private mutating func array(depth: Int) throws(Malformed) {
        offset += 1
        skipSpace()
        if try take("]") { return }
        while true {
            _ = try value(depth: depth)
            skipSpace()
            if try take("]") { return }
            guard try take(",") else { throw unexpected("after array element") }
        }
    }

    private mutating func value(depth: Int) throws(Malformed) -> Value {
        skipSpace()
        if depth > Self.depthMax { throw Malformed(description: "exceeded max depth") }
        switch try current() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"):
            try object(depth: depth + 2) { _, _ in }
            return .other("object")
        case UInt8(ascii: "["):
            try array(depth: depth + 2)
            return .other("array")
        case UInt8(ascii: "t"):
            try word("true")
            return .other("bool")
        case UInt8(ascii: "f"):
            try word("false")
            return .other("bool")
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
            return .other("number")
        default: throw unexpected("looking for beginning of value")
        }
    }

    private mutating func word(_ word: String) throws(Malformed) {
        for byte in word.utf8 {
            guard try current() == byte else {
                let expected = Character(Unicode.Scalar(byte))
                throw unexpected("in literal \(word) (expecting '\(expected)')")
            }
            offset += 1
        }
    }

    private mutating func number() throws(Malformed) {
        if text[offset] == UInt8(ascii: "-") {
            offset += 1
            guard isDigit(try current()) else { throw unexpected("in numeric literal") }
        }
        if text[offset] == UInt8(ascii: "0") { offset += 1 } else { skipDigits() }
        if offset < text.count, text[offset] == UInt8(ascii: ".") {
            offset += 1
            guard isDigit(try current()) else { throw unexpected("after decimal point in numeric literal") }
            skipDigits()
        }
        if offset < text.count, text[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            let sign = try current()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
            guard isDigit(try current()) else { throw unexpected("in exponent of numeric literal") }
            skipDigits()
        }
    }

    private mutating func string() throws(Malformed) -> String {
        offset += 1
        var bytes: [UInt8] = []
        while true {
            let byte = try current()
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                offset += 1
                try escape(into: &bytes)
            case 0..<0x20: throw unexpected("in string literal")
            default:
                bytes.append(byte)
                offset += 1
            }
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Malformed) {
        let byte = try current()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            offset += 1
            try unicodeEscape(into: &bytes)
            return
        default: throw unexpected("in string escape code")
        }
        offset += 1
    }

    /// Four hexadecimal digits; a pair of surrogates is one character, a single one becomes U+FFFD.
    private mutating func unicodeEscape(into bytes: inout [UInt8]) throws(Malformed) {
        var unit = try fourDigits()
        if unit & 0xFC00 == 0xD800, offset + 1 < text.count, text[offset] == UInt8(ascii: "\\"),
            text[offset + 1] == UInt8(ascii: "u")
        {
            let begin = offset
            offset += 2
            let second = try fourDigits()
            if second & 0xFC00 == 0xDC00 {
                unit = 0x10000 + (unit & 0x3FF) << 10 + second & 0x3FF
            } else {
                offset = begin
            }
        }
        let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
        bytes.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func fourDigits() throws(Malformed) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try current())).hexDigitValue else {
                throw unexpected("in \\u hexadecimal character escape")
            }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }

    private func current() throws(Malformed) -> UInt8 {
        guard offset < text.count else { throw Malformed(description: "unexpected end of JSON input") }
        return text[offset]
    }

    private mutating func take(_ mark: Unicode.Scalar) throws(Malformed) -> Bool {
        guard try current() == UInt8(ascii: mark) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while offset < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[offset]) { offset += 1 }
    }

    private mutating func skipDigits() {
        while offset < text.count, isDigit(text[offset]) { offset += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func unexpected(_ place: String) -> Malformed {
        guard offset < text.count else { return Malformed(description: "unexpected end of JSON input") }
        let rest = String(decoding: text[offset...].prefix(4), as: UTF8.self)
        let character = rest.unicodeScalars.first.map(String.init) ?? ""
        let quoted =
            switch character {
            case "'": "\\'"
            case "\"": "\""
            default: String(GoText.quoted(character).dropFirst().dropLast())
            }
        return Malformed(description: "invalid character '\(quoted)' \(place)")
    }
}
