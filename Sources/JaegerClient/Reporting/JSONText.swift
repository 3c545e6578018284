import OpenTracing

/// Values as JSON text: how a list looks where there are only texts and numbers.
enum JSONText {
    static func render(_ value: FieldValue) -> String {
        switch value.type {
        case .string: return quoted(value.text)
        case .bool: return String(value.bool)
        case .int: return String(value.int)
        case .double: return value.double.isFinite ? String(value.double) : quoted(String(value.double))
        case .binary: return quoted(value.tagValue.description)
        case .array:
            var elements: [String] = []
            value.forEachElement { elements.append(render($0)) }
            return "[" + elements.joined(separator: ",") + "]"
        }
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
