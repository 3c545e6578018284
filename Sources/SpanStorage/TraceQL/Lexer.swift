/// Cuts a query into words, one at a time.
struct Lexer {
    /// Longest first, so that the first that fits is the right one.
    private static let symbols = [
        "!>>", "!<<", "&>>", "&<<", "!>", "!<", "!~", "!=", "&>", "&<", "&~", "&&", "||", "=~", "==", ">>", "<<", ">=",
        "<=", ">", "<", "=", "~", "!", "|", "{", "}", "(", ")", "[", "]", ",", "+", "-", "*", "/", "%", "^",
    ].map { Array($0.unicodeScalars) }

    let text: [Unicode.Scalar]
    private(set) var position = 0

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
    }

    /// An error about a place in the text.
    func error(_ message: String, at place: Int) -> TraceQLError {
        var line = 1
        var lineStart = 0
        for index in 0..<min(place, text.count) where text[index] == "\n" {
            line += 1
            lineStart = index + 1
        }
        return TraceQLError(message, line: line, column: place - lineStart + 1)
    }

    func text(_ range: Range<Int>) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: text[range])
        return result
    }

    /// The next word.
    mutating func next() throws(TraceQLError) -> Token {
        while position < text.count, text[position].properties.isWhitespace { position += 1 }
        let begin = position
        guard let first = peek() else { return Token(kind: .end, range: begin..<begin) }
        let kind: Token.Kind
        switch first {
        case "\"", "`": kind = .string(try first == "`" ? rawString() : quoted())
        case "0"..."9": kind = try number()
        case ".":
            position += 1
            kind = .attribute(.any, try key(from: begin))
        case "a"..."z", "A"..."Z", "_": kind = try word()
        default: kind = .symbol(try symbol())
        }
        return Token(kind: kind, range: begin..<position)
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private mutating func symbol() throws(TraceQLError) -> String {
        let rest = text[position...]
        guard let found = Self.symbols.first(where: { rest.starts(with: $0) }) else {
            let scalar = text[position]
            let hint = scalar == "'" ? "; strings stand in double quotes or backticks" : ""
            throw error("`\(scalar)` means nothing here\(hint)", at: position)
        }
        position += found.count
        return text(position - found.count..<position)
    }

    /// A word, or the attribute that a level and a point begin.
    private mutating func word() throws(TraceQLError) -> Token.Kind {
        let begin = position
        skipWord()
        if peek() == ":", let after = peek(1), Self.isWord(after) {
            position += 1
            skipWord()
        }
        let word = text(begin..<position)
        guard peek() == "." else { return .word(word) }
        if let level = AttributeLevel(rawValue: word), level != .any {
            position += 1
            return .attribute(level, try key(from: begin))
        }
        if word == "parent" {
            throw error("`parent.` is not supported: relate spans as in `{ … } > { … }`", at: begin)
        }
        while let scalar = peek(), Self.isKey(scalar) { position += 1 }
        let whole = text(begin..<position)
        throw error("`\(whole)` lacks a level: write `.\(whole)`, `span.\(whole)` or `resource.\(whole)`", at: begin)
    }

    private mutating func skipWord() {
        while let scalar = peek(), Self.isWord(scalar) { position += 1 }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// Whether a character may stand in an attribute's key without quotes.
    static func isKey(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isWhitespace { return false }
        switch scalar {
        case "{", "}", "(", ")", "=", "~", "!", "<", ">", "&", "|", "^", ",", "\"", "`": return false
        default: return true
        }
    }

    /// The key of an attribute, of which any part may stand in quotes.
    private mutating func key(from begin: Int) throws(TraceQLError) -> String {
        var key = ""
        while let scalar = peek() {
            if scalar == "\"" {
                key += try quoted()
            } else if Self.isKey(scalar) {
                key.unicodeScalars.append(scalar)
                position += 1
            } else {
                break
            }
        }
        if key.isEmpty { throw error("an attribute's key is missing after `\(text(begin..<position))`", at: begin) }
        return key
    }

    private mutating func rawString() throws(TraceQLError) -> String {
        let begin = position
        position += 1
        while let scalar = peek() {
            position += 1
            if scalar == "`" { return text(begin + 1..<position - 1) }
        }
        throw error("this string is never closed", at: begin)
    }

    private mutating func quoted() throws(TraceQLError) -> String {
        let begin = position
        var result = ""
        position += 1
        while let scalar = peek(), scalar != "\n" {
            position += 1
            if scalar == "\"" { return result }
            result.unicodeScalars.append(scalar == "\\" ? try escaped() : scalar)
        }
        throw error("this string is never closed", at: begin)
    }

    private mutating func escaped() throws(TraceQLError) -> Unicode.Scalar {
        let begin = position - 1
        guard let scalar = peek() else { throw error("this string is never closed", at: begin) }
        position += 1
        switch scalar {
        case "\\", "\"", "'": return scalar
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let end = min(position + 4, text.count)
            guard end - position == 4, let value = UInt32(text(position..<end), radix: 16),
                let result = Unicode.Scalar(value)
            else { throw error("a character by number is written with four digits, such as \\u00e9", at: begin) }
            position = end
            return result
        default:
            throw error(
                "`\\\(scalar)` is no escape in a string; write `\\\\\(scalar)`, or put the string in backticks",
                at: begin
            )
        }
    }

    private mutating func number() throws(TraceQLError) -> Token.Kind {
        let begin = position
        while let scalar = peek() {
            let isSign = scalar == "+" || scalar == "-"
            let follows = position > begin && (text[position - 1] == "e" || text[position - 1] == "E")
            guard Self.isWord(scalar) || scalar == "." || scalar == "µ" || scalar == "μ" || isSign && follows else {
                break
            }
            position += 1
        }
        let text = text(begin..<position)
        if let last = text.unicodeScalars.last, ("0"..."9").contains(last), Double(text)?.isFinite == true,
            !text.hasPrefix("0x")
        {
            return .number(text)
        }
        switch DurationText.parse(text) {
        case .nanoseconds(let duration): return .duration(duration)
        case .tooLong: throw error("`\(text)` is longer than a duration can be: 292 years", at: begin)
        case .none: throw error("`\(text)` is neither a number nor a duration such as 1.5ms or 2h30m", at: begin)
        }
    }
}
