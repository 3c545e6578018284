import SpanStorage
import Testing

@Suite(.serialized) struct RegexTests {
    @Test(arguments: [
        ("", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "abcd", false), ("abc", "xabc", false),
        ("a.c", "abc", true), ("a.c", "a\nc", true), ("(?-s)a.c", "a\nc", false), ("a.c", "aéc", true),
        ("a|b|", "", true), ("a|bc", "bc", true), ("a|bc", "ac", false), ("(a|b)c", "bc", true),
        ("(?:a|b)*", "abba", true), ("a*", "", true), ("a+", "", false), ("a?b", "b", true), ("a+?", "aaa", true),
        ("a{3}", "aaa", true), ("a{3}", "aa", false), ("a{2,}", "aaaaa", true), ("a{1,2}", "aaa", false),
        ("a{0}b", "b", true), ("a{,2}", "a{,2}", true), ("{", "{", true), ("a{x", "a{x", true),
        ("[a-c]+", "abc", true), ("[^a-c]", "d", true), ("[^a-c]", "é", true), ("[]a]+", "]a", true),
        ("[a-]", "-", true), ("[\\d_]+", "1_2", true), ("[[:alpha:]]+", "aZ", true), ("[[:^alpha:]]", "1", true),
        ("\\d+", "0123", true), ("\\D", "1", false), ("\\w+", "a_1", true), ("\\W", "-", true), ("\\s\\S", " x", true),
        ("\\.", ".", true), ("\\.", "x", false), ("\\x41\\x{1F600}", "A😀", true), ("\\t", "\t", true),
        ("(?i)straße", "STRAßE", true), ("(?i)É", "é", true), ("(?i)[a-c]+", "AbC", true), ("a(?i)b", "aB", true),
        ("a(?i:b)c", "aBC", false), ("(?P<name>x)", "x", true), ("^abc$", "abc", true), ("a^b", "ab", false),
        ("(^a|b)+", "ab", true), ("(a$|b)*", "ba", true), ("(a$|b)*", "ab", false), ("$^", "", true),
        ("\\Aab\\z", "ab", true), ("(a*)*", "aaaa", true), ("(a|a)*b", "aab", true), ("日本.", "日本語", true),
    ])
    func `a pattern matches the whole of a text or not at all`(pattern: String, text: String, expected: Bool) throws {
        #expect(try RegexPattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        ("(a", "this group is never closed", 1), ("a)", "`)` closes no group", 2),
        ("*a", "`*` follows nothing that could be repeated; for the character itself write `\\*`", 1),
        ("a|+", "`+` follows nothing that could be repeated; for the character itself write `\\+`", 3),
        ("a**", "a repetition of a repetition needs a group: `(?:…)`", 1),
        ("{2}", "`{` follows nothing that could be repeated; for the character itself write `\\{`", 1),
        ("ab{3,2}", "the repetition ends below where it begins", 3),
        ("a{1001}", "a repetition is limited to 1000 times", 2),
        ("[z-a]", "the range ends before it begins", 2), ("x[a", "this class is never closed", 2),
        ("[\\d-z]", "a range needs a character at either end", 2),
        ("[[:nope:]]", "`[:nope:]` is not known", 2), ("a\\", "a backslash at the end escapes nothing", 2),
        ("\\y", "`\\y` is not known", 1), ("\\bfoo", "word boundaries are not supported", 1),
        ("(?=a)", "looking ahead is not supported", 1), ("(?<=a)", "looking behind is not supported", 1),
        ("(a)\\1", "references to groups are not supported", 4), ("(?x)a", "`x` is no flag; there are `i` and `s`", 3),
        ("\\pL", "classes by Unicode property are not supported", 1),
        ("\\xZZ", "a character by number is written \\x41 or \\x{1F600}", 1),
        ("((a{1000}){1000}){1000}", RegexTests.tooLarge, 1), ("(((){1000}){1000}){1000}", RegexTests.tooLarge, 1),
    ])
    func `a pattern that is wrong says why and where`(pattern: String, message: String, column: Int) {
        #expect(throws: RegexError(message, column: column)) { try RegexPattern(pattern) }
    }

    private static let tooLarge =
        "the regular expression is too large: its repetitions, written out, need too many steps"

    @Test func `patterns are bounded in length and depth`() {
        #expect(throws: RegexError.self) { try RegexPattern(String(repeating: "a", count: RegexPattern.bytesMax + 1)) }
        let nested = String(repeating: "(", count: 101) + String(repeating: ")", count: 101)
        #expect(throws: RegexError("groups nest deeper than 100", column: 101)) { try RegexPattern(nested) }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["(a+)+$", "(a|aa)*b", "(a*)*c", "(.*)(.*)(.*)(.*)x", "(a?){50}a{50}b", "(x?x?x?x?x?)*y"]
    )
    func `patterns that ruin backtracking engines take no longer here`(pattern: String) throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        let pattern = try RegexPattern(pattern)
        #expect(!pattern.matches(text))
    }

    @Test func `an automaton that outgrows its memory begins anew and stays right`() throws {
        // Needs a state for each of the last 14 characters' patterns: far more than are kept.
        let pattern = try RegexPattern("[ab]*a[ab]{13}")
        var random = SplitMix(state: 1)
        for _ in 0..<6 {
            var text = ""
            for _ in 0..<2_000 { text += random.once(in: 2) ? "a" : "b" }
            let place = text.index(text.endIndex, offsetBy: -14)
            #expect(pattern.matches(text) == (text[place] == "a"))
        }
    }

    @Test func `random patterns match what a plain definition says`() throws {
        var random = SplitMix(state: 2)
        for _ in 0..<1_500 {
            let tree = RegexTree.random(&random, depth: 4)
            let pattern = try RegexPattern(tree.text)
            for _ in 0..<8 {
                var text: [Character] = []
                for _ in 0..<random.below(7) { text.append(random.pick(["a", "b", "é", "\n"])) }
                let expected = tree.ends(in: text, from: 0).contains(text.count)
                #expect(pattern.matches(String(text)) == expected, "\(tree.text) on \(text)")
            }
        }
    }

    @Test func `random text is refused or compiled, never a trap`() {
        var random = SplitMix(state: 3)
        let pieces = Array("ab()[]{}|*+?.^$\\d\\wxiP<>:-=!,0159é").map(String.init)
        var compiled = 0
        for _ in 0..<8_000 {
            var text = ""
            for _ in 0..<random.below(16) { text += random.pick(pieces) }
            guard let pattern = try? RegexPattern(text) else { continue }
            compiled += 1
            _ = pattern.matches("abba[]é\u{0}")
        }
        #expect(compiled > 500)
    }
}

/// A regular expression and what it means, defined as plainly as can be: at which places a match that begins somewhere
/// may end.
private indirect enum RegexTree {
    case character(Character)
    case any
    case start
    case end
    case sequence([RegexTree])
    case choice([RegexTree])
    case repeated(RegexTree, Int, Int?)

    static func random(_ random: inout SplitMix, depth: Int) -> RegexTree {
        switch depth == 0 ? random.below(6) : random.below(12) {
        case 0...3: return .character(random.pick(["a", "b", "é"]))
        case 4: return .any
        case 5: return random.once(in: 2) ? .start : .end
        case 6, 7:
            return .sequence((0..<random.below(4)).map { _ in .random(&random, depth: depth - 1) })
        case 8, 9:
            return .choice((0...random.below(3)).map { _ in .random(&random, depth: depth - 1) })
        default:
            let least = random.below(3)
            let most = random.once(in: 2) ? nil : least + random.below(3)
            return .repeated(.random(&random, depth: depth - 1), least, most)
        }
    }

    var text: String {
        switch self {
        case .character(let character): String(character)
        case .any: "."
        case .start: "^"
        case .end: "$"
        case .sequence(let parts): "(" + parts.map(\.text).joined() + ")"
        case .choice(let parts): "(?:" + parts.map(\.text).joined(separator: "|") + ")"
        case .repeated(let part, let least, let most): "(\(part.text)){\(least),\(most.map(String.init) ?? "")}"
        }
    }

    func ends(in text: [Character], from place: Int) -> Set<Int> {
        switch self {
        case .character(let character): return place < text.count && text[place] == character ? [place + 1] : []
        case .any: return place < text.count ? [place + 1] : []
        case .start: return place == 0 ? [place] : []
        case .end: return place == text.count ? [place] : []
        case .sequence(let parts):
            return parts.reduce([place]) { places, part in
                Set(places.flatMap { part.ends(in: text, from: $0) })
            }
        case .choice(let parts): return Set(parts.flatMap { $0.ends(in: text, from: place) })
        case .repeated(let part, let least, let most):
            var found: Set<Int> = least == 0 ? [place] : []
            var places: Set<Int> = [place]
            for count in 1..<(most ?? least + text.count + 1) + 1 {
                places = Set(places.flatMap { part.ends(in: text, from: $0) })
                if count >= least { found.formUnion(places) }
            }
            return found
        }
    }
}
