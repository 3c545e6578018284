extension AttributeValue {
    /// The value as compact JSON, the way Jaeger shows arrays and maps: bytes as base64, numbers that JSON does not
    /// have (infinities, not-a-number) as strings.
    public var jsonText: String {
        var text = ""
        writeJSON(to: &text)
        return text
    }

    private func writeJSON(to text: inout String) {
        switch self {
        case .empty: text += "null"
        case .string(let string): writeJSONString(string, to: &text)
        case .bool(let flag): text += flag ? "true" : "false"
        case .int(let number): text += String(number)
        case .double(let number): text += number.isFinite ? decimalText(number) : "\"\(decimalText(number))\""
        case .bytes(let bytes): text += "\"\(base64Text(bytes))\""
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.writeJSON(to: &text)
            }
            text += "]"
        case .map(let entries):
            text += "{"
            for (index, entry) in entries.enumerated() {
                if index > 0 { text += "," }
                writeJSONString(entry.key, to: &text)
                text += ":"
                entry.value.writeJSON(to: &text)
            }
            text += "}"
        }
    }
}

/// A double in the fewest digits that read back as the same number; whole numbers without a fraction.
public func decimalText(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    if number == number.rounded(), abs(number) < 1e15 {
        return number == 0 && number.sign == .minus ? "-0" : String(Int64(number))
    }
    return String(number)
}

/// Appends a text in quotes, with what JSON forbids escaped (RFC 8259, section 7).
public func writeJSONString(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        default:
            if scalar.value < 0x20 {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
    text += "\""
}
