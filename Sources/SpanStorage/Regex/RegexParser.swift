/// Reads a regular expression in RE2's syntax, without what a test of a whole text has no use for.
struct RegexParser {
    /// How deep groups may nest.
    static let depthMax = 100
    /// The most that `{n}` may ask for.
    static let repeatMax = 1_000

    /// What `(?…)` switches.
    struct Flags {
        var ignoresCase = false
        /// On from the beginning: values such as stack traces have lines, and a search asks for all of them.
        var dotMatchesNewline = true
    }

    let scalars: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    private var depth = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// Reads the whole expression.
    static func parse(_ text: String) throws(RegexError) -> RegexNode {
        var parser = RegexParser(text)
        let node = try parser.alternatives()
        if parser.position < parser.scalars.count { throw parser.error("`)` closes no group") }
        return node
    }

    /// An error at the next character, or at another.
    func error(_ message: String, at place: Int? = nil) -> RegexError {
        RegexError(message, column: (place ?? position) + 1)
    }

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    /// Passes over the next character if it is this one.
    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(RegexError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw error("groups nest deeper than \(Self.depthMax)") }
        var choices = [try sequence()]
        while skip("|") { choices.append(try sequence()) }
        return choices.count == 1 ? choices[0] : .oneOf(choices)
    }

    private mutating func sequence() throws(RegexError) -> RegexNode {
        var parts: [RegexNode] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repetition()) }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repetition() throws(RegexError) -> RegexNode {
        let begin = position
        if let scalar = next, scalar == "*" || scalar == "+" || scalar == "?" {
            throw error(
                "`\(scalar)` follows nothing that could be repeated; for the character itself write `\\\(scalar)`"
            )
        }
        var node = try atom()
        var count = 0
        while let range = try quantifier() {
            count += 1
            if count > 1 { throw error("a repetition of a repetition needs a group: `(?:…)`", at: begin) }
            // A lazy repetition matches the same texts as a greedy one.
            _ = skip("?")
            node = .repeated(node, least: range.least, most: range.most)
        }
        return node
    }

    private mutating func quantifier() throws(RegexError) -> (least: Int, most: Int?)? {
        switch next {
        case "*":
            position += 1
            return (0, nil)
        case "+":
            position += 1
            return (1, nil)
        case "?":
            position += 1
            return (0, 1)
        case "{": return try counts()
        default: return nil
        }
    }

    /// `{2}`, `{2,}` or `{2,5}`; a brace that begins none of these is a character like others, and nil.
    private mutating func counts() throws(RegexError) -> (least: Int, most: Int?)? {
        let begin = position
        position += 1
        guard let least = number() else {
            position = begin
            return nil
        }
        var most: Int? = least
        if skip(",") { most = next == "}" ? nil : number() ?? -1 }
        guard skip("}"), most != -1 else {
            position = begin
            return nil
        }
        if max(least, most ?? 0) > Self.repeatMax {
            throw error("a repetition is limited to \(Self.repeatMax) times", at: begin)
        }
        if let most, most < least { throw error("the repetition ends below where it begins", at: begin) }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value) - 0x30, 1_000_000)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(RegexError) -> RegexNode {
        guard let scalar = next else { throw error("something is missing here") }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try bracketed())
        case ".":
            position += 1
            return .set(flags.dotMatchesNewline ? .everything : ScalarSet.newline.negated)
        case "^":
            position += 1
            return .start
        case "$":
            position += 1
            return .end
        case "\\": return try escape()
        // A brace that is no count is met here when nothing stands before it.
        case "{" where try startsCount():
            throw error("`{` follows nothing that could be repeated; for the character itself write `\\{`")
        default:
            position += 1
            return .set(folded(ScalarSet([scalar.value...scalar.value])))
        }
    }

    private func startsCount() throws(RegexError) -> Bool {
        var copy = self
        return try copy.counts() != nil
    }

    func folded(_ set: ScalarSet) -> ScalarSet { flags.ignoresCase ? set.ignoringCase : set }

    private mutating func group() throws(RegexError) -> RegexNode {
        let begin = position
        let outer = flags
        position += 1
        if skip("?") {
            if try !groupFlags(from: begin) { return .empty }
        }
        let node = try alternatives()
        guard skip(")") else { throw error("this group is never closed", at: begin) }
        flags = outer
        return node
    }

    /// What follows `(?`; false if it was flags for the rest of the enclosing group, with nothing inside.
    private mutating func groupFlags(from begin: Int) throws(RegexError) -> Bool {
        if skip("P") || next == "<" {
            // A name: there is nothing to be captured, but patterns from elsewhere have them.
            guard skip("<") else { throw error("only `(?P<name>…)` is known after `(?P`") }
            if next == "=" || next == "!" { throw error("looking behind is not supported", at: begin) }
            while let scalar = next, scalar != ">" {
                guard scalar == "_" || ScalarSet.wordCharacters.contains(scalar.value) else { break }
                position += 1
            }
            guard skip(">") else { throw error("the name of a group ends with `>`") }
            return true
        }
        var isOn = true
        while let scalar = next {
            position += 1
            switch scalar {
            case ":": return true
            case ")": return false
            case "i": flags.ignoresCase = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "-": isOn = false
            case "=", "!": throw error("looking ahead is not supported", at: begin)
            default: throw error("`\(scalar)` is no flag; there are `i` and `s`", at: position - 1)
            }
        }
        throw error("this group is never closed", at: begin)
    }
}
