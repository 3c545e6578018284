/// The path and the parameters of a request's target.
struct RequestTarget {
    /// The path as it was sent.
    var path: Substring
    /// What follows the question mark.
    var query: Substring

    init(_ target: String) {
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        path = target[..<mark]
        query = mark == target.endIndex ? "" : target[target.index(after: mark)...]
    }

    /// The values of a parameter, in order, decoded as browsers encode forms (a plus is a space).
    func values(_ name: String) -> [String] {
        query.split(separator: "&", omittingEmptySubsequences: true).compactMap { pair in
            let sign = pair.firstIndex(of: "=") ?? pair.endIndex
            guard Self.decode(pair[..<sign]) == name else { return nil }
            return sign == pair.endIndex ? "" : Self.decode(pair[pair.index(after: sign)...])
        }
    }

    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(hexOf: rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate init?(hexOf digits: Substring.UTF8View.SubSequence) {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case 48...57: value = value << 4 | (digit - 48)
            case 65...70: value = value << 4 | (digit - 55)
            case 97...102: value = value << 4 | (digit - 87)
            default: return nil
            }
        }
        self = value
    }
}
