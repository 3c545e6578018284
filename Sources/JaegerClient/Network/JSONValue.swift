/// What a JSON text says, for the few small answers that a client reads.
///
/// Bounded in depth; the text itself is bounded by who received it. Numbers are doubles.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a whole text.
    ///
    /// - Throws: When it is not JSON.
    init(_ bytes: [UInt8]) throws(InvalidAnswer) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }

    /// The value under a key; nil when there is none, when it is null, or when this is no object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[key], value != .null else { return nil }
        return value
    }

    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
}

/// Reads JSON (RFC 8259).
private struct JSONParser {
    private static let depthMax = 16

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(InvalidAnswer) -> JSONValue {
        let value = try value(depth: Self.depthMax)
        skipSpace()
        if offset < bytes.count { throw failure("something stands behind the end") }
        return value
    }

    private func failure(_ reason: String) -> InvalidAnswer {
        InvalidAnswer("it is not JSON: at byte \(offset) \(reason)")
    }

    private mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard offset < bytes.count, bytes[offset] == character.asciiValue else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(InvalidAnswer) -> JSONValue {
        if depth == 0 { throw failure("it is nested too deeply") }
        skipSpace()
        if take("{") { return try object(depth: depth - 1) }
        if take("[") { return try array(depth: depth - 1) }
        if take("\"") { return .string(try string()) }
        for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
        where bytes[offset...].starts(with: word.utf8) {
            offset += word.utf8.count
            return value
        }
        return .number(try number())
    }

    private mutating func object(depth: Int) throws(InvalidAnswer) -> JSONValue {
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard take("\"") else { throw failure("a key in quotes is missing") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw failure("a colon is missing") }
            members[key] = try value(depth: depth)
            skipSpace()
        } while take(",")
        guard take("}") else { throw failure("a comma or a closing brace is missing") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(InvalidAnswer) -> JSONValue {
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth))
            skipSpace()
        } while take(",")
        guard take("]") else { throw failure("a comma or a closing bracket is missing") }
        return .array(elements)
    }

    private mutating func number() throws(InvalidAnswer) -> Double {
        let digits = bytes[offset...].prefix { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard let number = Double(String(decoding: digits, as: UTF8.self)), number.isFinite else {
            throw failure("a value is missing")
        }
        offset += digits.count
        return number
    }

    /// The rest of a text, whose opening quote is taken.
    private mutating func string() throws(InvalidAnswer) -> String {
        var text: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(&text)
            case 0..<0x20: throw failure("a control character stands in a text")
            default: text.append(byte)
            }
        }
        throw failure("a text does not end")
    }

    private mutating func escape(_ text: inout [UInt8]) throws(InvalidAnswer) {
        guard offset < bytes.count else { throw failure("a text does not end") }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"):
            var code = try codeUnit()
            if (0xD800..<0xDC00).contains(code), bytes[offset...].starts(with: "\\u".utf8) {
                offset += 2
                code = 0x10000 + (code - 0xD800) << 10 | (try codeUnit() & 0x3FF)
            }
            text += String(Unicode.Scalar(code).map(Character.init) ?? "\u{FFFD}").utf8
        default: throw failure("an escape is unknown")
        }
    }

    private mutating func codeUnit() throws(InvalidAnswer) -> UInt32 {
        guard offset + 4 <= bytes.count, let code = Hex.parse(bytes[offset..<offset + 4]) else {
            throw failure("an escape is not four hexadecimal digits")
        }
        offset += 4
        return UInt32(truncatingIfNeeded: code)
    }
}
