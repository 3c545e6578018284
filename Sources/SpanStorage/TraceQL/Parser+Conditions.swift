// What stands between braces.
extension Parser {
    /// A condition and how deep it is.
    struct Nested {
        var filter: SpanFilter
        var depth = 1
    }

    /// Conditions joined by `&&` and `||`.
    mutating func conditions() throws(TraceQLError) -> Nested {
        let first = try condition()
        var depth = first.depth
        // What stands between two changes of the operator is one list.
        var parts = [first.filter]
        var isAll: Bool?
        while isAt("&&") || isAt("||") {
            let isAnd = isAt("&&")
            try advance()
            let next = try condition()
            if isAnd != isAll {
                if let isAll { parts = [isAll ? .all(parts) : .any(parts)] }
                isAll = isAnd
                depth += 1
            }
            depth = max(depth, next.depth + 1)
            if depth > Self.conditionDepthMax {
                throw error("conditions nest deeper than \(Self.conditionDepthMax)")
            }
            parts.append(next.filter)
        }
        return Nested(filter: isAll == true ? .all(parts) : .any(parts), depth: depth)
    }

    private mutating func condition() throws(TraceQLError) -> Nested {
        try enter()
        defer { leave() }
        if isAt("!") { return try negation() }
        if try skip("(") {
            let inner = try conditions()
            try take(")", "`&&`, `||` or `)`")
            return inner
        }
        return Nested(filter: try test())
    }

    private mutating func negation() throws(TraceQLError) -> Nested {
        try advance()
        let begin = token
        let hasBrackets = isAt("(") || isAt("!")
        var inner = try condition()
        if !hasBrackets, !inner.filter.isBare {
            throw lexer.error("`!` needs brackets around a comparison: `!(…)`", at: begin.range.lowerBound)
        }
        inner.filter = .negation(inner.filter)
        inner.depth += 1
        if inner.depth > Self.conditionDepthMax {
            throw error("conditions nest deeper than \(Self.conditionDepthMax)")
        }
        return inner
    }

    private mutating func test() throws(TraceQLError) -> SpanFilter {
        switch token.kind {
        case .attribute: return try comparison(of: try field())
        case .word("true"), .word("false"): return try constant()
        case .word("tag"): return try tag()
        case .word(let word) where Intrinsic(word: word) != nil: return try comparison(of: try field())
        case .string, .number, .duration, .symbol("-"), .word: return try flippedComparison()
        default: throw expected("a condition such as `span.http.status_code >= 500`")
        }
    }

    private mutating func constant() throws(TraceQLError) -> SpanFilter {
        let isTrue = token.kind == .word("true")
        try advance()
        if case .symbol(let text) = token.kind, Comparison(rawValue: text) != nil {
            let value = FilterValue.bool(isTrue)
            return try flippedComparison(of: value)
        }
        return isTrue ? .everything : .nothing
    }

    /// `tag("key", "text")`: Jaeger's condition, which TraceQL does not have.
    private mutating func tag() throws(TraceQLError) -> SpanFilter {
        try advance()
        try take("(")
        guard case .string(let key) = token.kind else { throw expected("the tag's key as a string") }
        try advance()
        try take(",")
        guard case .string(let text) = token.kind else { throw expected("the tag's value as a string") }
        try advance()
        try take(")")
        return .tag(TagCondition(key: key, text: text))
    }

    /// A field.
    mutating func field() throws(TraceQLError) -> SpanField {
        switch token.kind {
        case .attribute(let level, let key):
            try advance()
            return .attribute(level, key)
        case .word(let word):
            if let intrinsic = Intrinsic(word: word) {
                try advance()
                return .intrinsic(intrinsic)
            }
            throw unknown(word)
        default: throw expected("a field such as `duration` or `span.http.url`")
        }
    }

    private func unknown(_ word: String) -> TraceQLError {
        switch word {
        case "parent": return error("`\(word)` is not supported")
        default:
            let hint = word.contains(":") ? "" : "; the attribute is written `.\(word)`"
            return error("`\(word)` is not a field that every span has\(hint)")
        }
    }

    /// What follows a field: a test of it, or nothing if it is true or false itself.
    private mutating func comparison(of field: SpanField) throws(TraceQLError) -> SpanFilter {
        let place = token
        guard case .symbol(let text) = token.kind else {
            if token.kind == .word("in") { return try membership(of: field) }
            return try bare(field)
        }
        if text == "=~" || text == "!~" {
            try advance()
            return try match(field, isNegated: text == "!~")
        }
        if let comparison = Comparison(rawValue: text) {
            try advance()
            if token.kind == .word("nil") { return try existence(of: field, comparison, at: place) }
            let begin = token
            let value = try value()
            try check(field, comparison, value, at: begin)
            return .field(field, .compare(comparison, value))
        }
        switch text {
        case "==": throw error("`==` is written `=`")
        case "+", "-", "*", "/", "%", "^": throw error("calculating with fields is not supported")
        case ">>", "<<", "~": throw error("`\(text)` relates spansets, as in `{ … } \(text) { … }`, not fields")
        default: return try bare(field)
        }
    }

    private func bare(_ field: SpanField) throws(TraceQLError) -> SpanFilter {
        guard case .attribute = field else { throw expected("a comparison such as `=` or `>`") }
        return .field(field, .compare(.equal, .bool(true)))
    }

    private mutating func existence(
        of field: SpanField,
        _ comparison: Comparison,
        at place: Token
    ) throws(TraceQLError) -> SpanFilter {
        guard comparison == .equal || comparison == .notEqual else {
            throw lexer.error("`nil` can only be compared by `=` and `!=`", at: place.range.lowerBound)
        }
        try advance()
        let exists = SpanFilter.field(field, .exists)
        return comparison == .notEqual ? exists : .negation(exists)
    }

    /// `in ("a", "b")`, which TraceQL does not have.
    private mutating func membership(of field: SpanField) throws(TraceQLError) -> SpanFilter {
        try advance()
        try take("(")
        var values: [FilterValue] = []
        repeat {
            let begin = token
            let value = try value()
            try check(field, .equal, value, at: begin)
            values.append(value)
        } while try skip(",")
        try take(")", "`,` or `)`")
        return .field(field, .isOneOf(values))
    }

    private mutating func match(_ field: SpanField, isNegated: Bool) throws(TraceQLError) -> SpanFilter {
        guard case .string(let text) = token.kind else { throw expected("a regular expression as a string") }
        if case .intrinsic(let intrinsic) = field, intrinsic.type != .string, intrinsic.type != .identity {
            throw error("`\(intrinsic.rawValue)` is not a string: a regular expression can never match it")
        }
        patterns += 1
        if patterns > Self.patternsMax {
            throw error("a query has at most \(Self.patternsMax) regular expressions")
        }
        let pattern: RegexPattern
        do {
            pattern = try RegexPattern(text)
        } catch {
            // Where escapes stand before it the place in the query is another; then the string itself is pointed at.
            let written = lexer.text(token.range)
            let isExact = written.hasPrefix("`") || !written.contains("\\")
            throw lexer.error(error.description, at: token.range.lowerBound + (isExact ? error.column : 0))
        }
        try advance()
        return .field(field, isNegated ? .matchesNot(pattern) : .matches(pattern))
    }

    /// A comparison that begins with its value.
    private mutating func flippedComparison() throws(TraceQLError) -> SpanFilter {
        if case .word(let word) = token.kind, Self.constant(word) == nil { throw unknown(word) }
        return try flippedComparison(of: try value())
    }

    private mutating func flippedComparison(of value: FilterValue) throws(TraceQLError) -> SpanFilter {
        guard case .symbol(let text) = token.kind, let comparison = Comparison(rawValue: text) else {
            throw expected("a comparison such as `=` or `>`")
        }
        try advance()
        let begin = token
        let field = try field()
        try check(field, comparison.flipped, value, at: begin)
        return .field(field, .compare(comparison.flipped, value))
    }
}

extension SpanFilter {
    /// Whether `!` may stand before it without brackets.
    fileprivate var isBare: Bool {
        switch self {
        case .everything, .nothing, .tag: true
        case .field(let condition): condition.test == .compare(.equal, .bool(true))
        default: false
        }
    }
}
