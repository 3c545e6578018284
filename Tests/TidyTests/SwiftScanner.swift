/// Just enough of Swift's grammar for the checks: where comments and strings are, and where functions begin and end.
enum SwiftScanner {
    /// The same bytes with comments and the contents of string literals blanked out, line feeds kept.
    static func blanked(_ bytes: [UInt8]) -> [UInt8] {
        var blanker = Blanker(bytes: bytes)
        return blanker.run()
    }

    /// A function, initializer or subscript with a body.
    struct Function {
        let name: String
        let start: Int
        let body: Range<Int>
    }

    /// The functions in blanked code, nested ones too.
    static func functions(in code: NumberedText) -> [Function] {
        ["func", "init", "deinit", "subscript"].flatMap { keyword in
            code.wordOffsets(of: keyword).compactMap { function(at: $0, keyword: keyword, in: code.bytes) }
        }
    }

    private static func function(at start: Int, keyword: String, in bytes: [UInt8]) -> Function? {
        // `.init(…)`, `self.init(…)` and a call are no declarations.
        if let before = bytes[..<start].last(where: { $0 != UInt8(ascii: " ") }), before == UInt8(ascii: ".") {
            return nil
        }
        guard let open = bodyStart(in: bytes, from: start + keyword.utf8.count) else { return nil }
        var depth = 0
        var index = open
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "{") { depth += 1 }
            if bytes[index] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { break }
            }
            index += 1
        }
        let head = bytes[start..<open].prefix { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: "\n") }
        return Function(
            name: String(decoding: head, as: UTF8.self),
            start: start,
            body: open..<min(index + 1, bytes.count)
        )
    }

    /// The brace that opens the body of the declaration; nil for a requirement of a protocol, which has none.
    private static func bodyStart(in bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var index = start
        var sawParameters = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["):
                depth += 1
                sawParameters = true
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { return nil }
            case UInt8(ascii: "{") where depth == 0:
                return index
            case UInt8(ascii: "}") where depth == 0:
                return nil
            case UInt8(ascii: "\n") where depth == 0 && sawParameters:
                if startsDeclaration(bytes, after: index) { return nil }
            default:
                break
            }
            index += 1
        }
        return nil
    }

    private static let declarations: Set<String> = [
        "func", "init", "var", "let", "case", "static", "mutating", "public", "package", "private", "internal",
        "associatedtype", "typealias", "subscript", "nonisolated", "struct", "enum", "class", "extension", "if", "for",
        "return", "guard", "try", "await", "switch", "self", "super",
    ]

    private static func startsDeclaration(_ bytes: [UInt8], after lineFeed: Int) -> Bool {
        let rest = bytes[(lineFeed + 1)...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        if rest.first == UInt8(ascii: "@") || rest.first == UInt8(ascii: "#") { return true }
        return declarations.contains(String(decoding: rest.prefix(while: ByteClass.isWord), as: UTF8.self))
    }
}

/// Walks over Swift source once and blanks what is no code.
private struct Blanker {
    private let bytes: [UInt8]
    private var out: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        out = bytes
    }

    mutating func run() -> [UInt8] {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "/") where at(index + 1) == UInt8(ascii: "/"):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { blank() }
            case UInt8(ascii: "/") where at(index + 1) == UInt8(ascii: "*"):
                blankBlockComment()
            case UInt8(ascii: "\""), UInt8(ascii: "#"):
                blankString()
            case UInt8(ascii: "`"):
                blankRawIdentifier()
            default:
                index += 1
            }
        }
        return out
    }

    private func at(_ position: Int) -> UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func blank() {
        if bytes[index] != UInt8(ascii: "\n") { out[index] = UInt8(ascii: " ") }
        index += 1
    }

    private mutating func blankBlockComment() {
        var depth = 0
        while index < bytes.count {
            let opens = bytes[index] == UInt8(ascii: "/") && at(index + 1) == UInt8(ascii: "*")
            let closes = bytes[index] == UInt8(ascii: "*") && at(index + 1) == UInt8(ascii: "/")
            if opens || closes {
                depth += opens ? 1 : -1
                blank()
            }
            if index < bytes.count { blank() }
            if depth == 0 { return }
        }
    }

    /// A literal with any number of `#` round it, on one line or on many.
    ///
    /// What is interpolated counts as content: good enough for the checks, which look for declarations and banned
    /// calls.
    private mutating func blankString() {
        let start = index
        while at(index) == UInt8(ascii: "#") { index += 1 }
        let hashes = index - start
        guard at(index) == UInt8(ascii: "\"") else {
            index = max(index, start + 1)
            return
        }
        let isLong = at(index + 1) == UInt8(ascii: "\"") && at(index + 2) == UInt8(ascii: "\"")
        let quotes = isLong ? 3 : 1
        index += quotes
        var depth = 0
        while index < bytes.count {
            if depth == 0, closesString(quotes: quotes, hashes: hashes) {
                index += quotes + hashes
                return
            }
            let isEscape = bytes[index] == UInt8(ascii: "\\") && followedByHashes(hashes)
            if isEscape {
                for _ in 0...hashes { blank() }
                if at(index) == UInt8(ascii: "(") { depth += 1 }
                if index < bytes.count { blank() }
                continue
            }
            if depth > 0 {
                if bytes[index] == UInt8(ascii: "(") { depth += 1 }
                if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
            }
            if !isLong, bytes[index] == UInt8(ascii: "\n") { return }
            blank()
        }
    }

    private func closesString(quotes: Int, hashes: Int) -> Bool {
        for offset in 0..<quotes where at(index + offset) != UInt8(ascii: "\"") { return false }
        for offset in 0..<hashes where at(index + quotes + offset) != UInt8(ascii: "#") { return false }
        return true
    }

    private func followedByHashes(_ count: Int) -> Bool {
        for offset in 0..<count where at(index + 1 + offset) != UInt8(ascii: "#") { return false }
        return true
    }

    /// `a name like this` may hold any words: only its ticks stay.
    private mutating func blankRawIdentifier() {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "`"), bytes[index] != UInt8(ascii: "\n") { blank() }
        index += 1
    }
}
