/// A regular expression that a whole text must match: RE2's syntax, and time linear in the text whatever the pattern.
///
/// There are literals, `.` (any character, line ends too unless `(?-s)`), classes (`[a-z]`, `[^…]`, `[[:alpha:]]`, `\d
/// \w \s` and their opposites, of ASCII), `^ $ \A \z`, groups, `|`, `* + ?` and `{m,n}`, and the flags `(?i)` and
/// `(?s)`. There are no word boundaries, look-around, references to groups, or classes by Unicode property.
public struct RegexPattern: Sendable {
    /// The longest pattern in bytes.
    public static let bytesMax = 2_048

    /// The pattern as it was written.
    public let text: String
    let program: RegexProgram

    /// Compiles a pattern, or says what is wrong with it.
    public init(_ text: String) throws(RegexError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw RegexError("the regular expression is longer than \(Self.bytesMax) bytes", column: 1)
        }
        self.text = text
        program = try RegexProgram(text)
    }

    /// Whether a text matches.
    ///
    /// For many texts prepare a `ValueTest`, which learns as it goes.
    public func matches(_ text: String) -> Bool {
        var matcher = RegexMatcher(program)
        let bytes = Array(text.utf8)
        return matcher.matches(bytes.span.bytes)
    }
}

extension RegexPattern: Hashable {
    public static func == (left: RegexPattern, right: RegexPattern) -> Bool { left.text == right.text }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
