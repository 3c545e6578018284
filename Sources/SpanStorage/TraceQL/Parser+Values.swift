import TraceModel

// Values, and which of them go with which fields.
extension Parser {
    /// A value.
    mutating func value() throws(TraceQLError) -> FilterValue {
        let begin = token
        let isNegative = try skip("-")
        let value: FilterValue
        switch token.kind {
        case .number(let digits): value = try number(digits, isNegative: isNegative, at: begin)
        case .duration(let duration): value = .duration(isNegative ? -duration : duration)
        case .string(let text) where !isNegative: value = .string(text)
        case .word(let word) where !isNegative:
            guard let constant = Self.constant(word) else {
                if word == "nil" { throw error("`nil` can only be compared with a field") }
                if Intrinsic(word: word) != nil { throw error("a field can only be compared with a value") }
                throw error("expected a value, found `\(word)`; strings stand in quotes: `\"\(word)\"`")
            }
            value = constant
        case .attribute where !isNegative: throw error("a field can only be compared with a value")
        default: throw expected(isNegative ? "a number or a duration" : "a value")
        }
        try advance()
        switch token.kind {
        case .symbol("+"), .symbol("-"), .symbol("*"), .symbol("/"), .symbol("%"), .symbol("^"):
            throw error("calculating with values is not supported")
        default: return value
        }
    }

    private func number(_ digits: String, isNegative: Bool, at begin: Token) throws(TraceQLError) -> FilterValue {
        let text = isNegative ? "-" + digits : digits
        if let whole = Int64(text) { return .int(whole) }
        let isWhole = digits.unicodeScalars.allSatisfy { ("0"..."9").contains($0) }
        guard !isWhole, let double = Double(text) else {
            throw lexer.error("`\(text)` is beyond the 64 bits of an integer", at: begin.range.lowerBound)
        }
        return .double(double)
    }

    /// The value that a word without quotes stands for.
    static func constant(_ word: String) -> FilterValue? {
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        if let status = StatusCode.allCases.first(where: { $0.word == word }) { return .status(status) }
        if let kind = SpanKind.allCases.first(where: { $0.word == word }) { return .kind(kind) }
        return nil
    }

    /// Refuses comparisons that no span can ever satisfy; the error points at `place`.
    func check(
        _ field: SpanField,
        _ comparison: Comparison,
        _ value: FilterValue,
        at place: Token
    ) throws(TraceQLError) {
        let isEquality = comparison == .equal || comparison == .notEqual
        let message: String?
        switch field {
        case .attribute:
            switch value {
            case .status(let status):
                message = "`\(status.word)` is a status, which no attribute has; a string stands in quotes"
            case .kind(let kind):
                message = "`\(kind.word)` is a kind, which no attribute has; a string stands in quotes"
            case .bool where !isEquality: message = "true and false can only be compared by `=` and `!=`"
            default: message = nil
            }
        case .intrinsic(let intrinsic): message = mismatch(intrinsic, isEquality, value)
        }
        if let message { throw lexer.error(message, at: place.range.lowerBound) }
    }

    private func mismatch(_ intrinsic: Intrinsic, _ isEquality: Bool, _ value: FilterValue) -> String? {
        let name = intrinsic.rawValue
        switch (intrinsic.type, value) {
        case (.string, .string): return nil
        case (.string, _): return "`\(name)` is a string: compare it with one, in quotes"
        case (.duration, .duration), (.duration, .int), (.duration, .double): return nil
        case (.duration, _): return "`\(name)` is a duration: compare it with one, such as 5ms"
        case (.number, .int), (.number, .double): return nil
        case (.number, _): return "`\(name)` is a number: compare it with one"
        case (.status, .status) where isEquality, (.kind, .kind) where isEquality: return nil
        case (.status, _): return "`\(name)` is compared by `=` and `!=` with `error`, `ok` or `unset`, without quotes"
        case (.kind, _):
            return
                "`\(name)` is compared by `=` and `!=` with `server`, `client`, `internal`, `producer`, `consumer` or "
                + "`unspecified`, without quotes"
        case (.identity, .string(let text)) where isEquality:
            return TraceID(hex: text) == nil ? "`\(name)` is a number in hexadecimal, which this is not" : nil
        case (.identity, _):
            return "`\(name)` is compared by `=`, `!=`, `=~` and `!~` with a string of hexadecimal digits"
        }
    }
}
