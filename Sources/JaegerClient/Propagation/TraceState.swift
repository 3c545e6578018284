/// What other tracing systems want to be carried along: `key1=value1,key2=value2` (W3C Trace Context, 3.3).
enum TraceState {
    static let key = "tracestate"

    /// More members than these are not carried.
    private static let membersMax = 32
    private static let keyLengthMax = 256
    private static let valueLengthMax = 256

    /// The list without the space around its members, or nil when it is not one.
    ///
    /// A list with one bad member is dropped as a whole: the specification leaves no other way to treat it.
    static func validated(_ text: String) -> String? {
        var members: [String] = []
        var keys: Set<Substring> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let member = HeaderText.trimmed(part)
            if member.isEmpty { continue }
            guard let equals = member.firstIndex(of: "=") else { return nil }
            let (key, value) = (member[..<equals], member[member.index(after: equals)...])
            guard isKey(key), isValue(value), members.count < membersMax else { return nil }
            // The first of two with the same key is the newer one.
            if keys.insert(key).inserted { members.append(String(member)) }
        }
        return members.isEmpty ? nil : members.joined(separator: ",")
    }

    /// `vendor`, or `tenant@vendor`.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard let first = parts.first?.first, let last = parts.last, key.utf8.count <= keyLengthMax else {
            return false
        }
        guard parts.allSatisfy({ $0.allSatisfy(isKeyByte) }) else { return false }
        switch parts.count {
        case 1: return isLetter(first)
        case 2:
            let isTenant = parts[0].count <= 241 && (isLetter(first) || isDigit(first))
            return isTenant && last.count <= 14 && last.first.map(isLetter) == true
        default: return false
        }
    }

    private static func isValue(_ value: Substring) -> Bool {
        guard (1...valueLengthMax).contains(value.utf8.count), value.last != " " else { return false }
        return value.utf8.allSatisfy {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
        }
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"): true
        default: isLetter(byte) || isDigit(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// What texts of headers have in common.
enum HeaderText {
    /// The text without spaces and tabs around it.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// Whether a text can be part of a header's name (RFC 9110, "token").
    static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "/"),
                    UInt8(ascii: ":")...UInt8(ascii: "@"), UInt8(ascii: "[")...UInt8(ascii: "]"), UInt8(ascii: "{"),
                    UInt8(ascii: "}"):
                    // From ":" to "@" lie ";", "<", "=", ">" and "?".
                    false
                default: byte > 0x20 && byte < 0x7F
                }
            }
    }
}
