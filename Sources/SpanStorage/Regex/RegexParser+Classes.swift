// Escapes and classes in brackets.
extension RegexParser {
    /// What a backslash begins, outside brackets.
    mutating func escape() throws(RegexError) -> RegexNode {
        let begin = position
        position += 1
        switch next {
        case "A":
            position += 1
            return .start
        case "z":
            position += 1
            return .end
        case "b", "B": throw error("word boundaries are not supported", at: begin)
        default:
            position = begin
            return .set(folded(try escapedSet()))
        }
    }

    /// The characters that an escape stands for: one, or those of `\d` and the like.
    private mutating func escapedSet() throws(RegexError) -> ScalarSet {
        let begin = position
        position += 1
        guard let scalar = next else { throw error("a backslash at the end escapes nothing", at: begin) }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.negated
        case "w": return .wordCharacters
        case "W": return ScalarSet.wordCharacters.negated
        case "s": return .spaces
        case "S": return ScalarSet.spaces.negated
        case "n": return Self.one(0x0A)
        case "r": return Self.one(0x0D)
        case "t": return Self.one(0x09)
        case "f": return Self.one(0x0C)
        case "v": return Self.one(0x0B)
        case "a": return Self.one(0x07)
        case "x": return Self.one(try hexadecimal(from: begin))
        case "1"..."9": throw error("references to groups are not supported", at: begin)
        case "p", "P": throw error("classes by Unicode property are not supported", at: begin)
        default:
            let isWord = ScalarSet.wordCharacters.contains(scalar.value)
            if isWord || scalar.value >= 0x80 { throw error("`\\\(scalar)` is not known", at: begin) }
            return Self.one(scalar.value)
        }
    }

    private static func one(_ value: UInt32) -> ScalarSet { ScalarSet([value...value]) }

    /// The digits of `\x41` or `\x{1F600}`.
    private mutating func hexadecimal(from begin: Int) throws(RegexError) -> UInt32 {
        let isBraced = skip("{")
        var value: UInt32 = 0
        var count = 0
        while let scalar = next, count < (isBraced ? 6 : 2), let digit = scalar.hexDigit {
            value = value << 4 | digit
            count += 1
            position += 1
        }
        let isComplete = isBraced ? count > 0 && skip("}") : count == 2
        guard isComplete, Unicode.Scalar(value) != nil else {
            throw error("a character by number is written \\x41 or \\x{1F600}", at: begin)
        }
        return value
    }

    /// A class in brackets, at its `[`.
    mutating func bracketed() throws(RegexError) -> ScalarSet {
        let begin = position
        position += 1
        let isNegated = skip("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            if scalar == "[", let named = try posixClass() {
                ranges += named.ranges
                continue
            }
            let place = position
            let low = try classCharacter()
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges += low.ranges
                continue
            }
            position += 1
            let high = try classCharacter()
            guard let from = low.single, let to = high.single else {
                throw error("a range needs a character at either end", at: place)
            }
            guard from <= to else { throw error("the range ends before it begins", at: place) }
            ranges.append(from...to)
        }
        guard skip("]") else { throw error("this class is never closed", at: begin) }
        let set = folded(ScalarSet(ranges))
        return isNegated ? set.negated : set
    }

    private mutating func classCharacter() throws(RegexError) -> ScalarSet {
        guard let scalar = next else { throw error("something is missing here") }
        if scalar == "\\" { return try escapedSet() }
        position += 1
        return Self.one(scalar.value)
    }

    /// `[:alpha:]` and the like, within brackets; nil if it is none, and then nothing was read.
    private mutating func posixClass() throws(RegexError) -> ScalarSet? {
        let begin = position
        guard position + 1 < scalars.count, scalars[position + 1] == ":" else { return nil }
        position += 2
        let isNegated = skip("^")
        var name = ""
        while let scalar = next, ("a"..."z").contains(scalar) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard skip(":"), skip("]") else {
            position = begin
            return nil
        }
        let ranges: [ClosedRange<UInt32>]
        switch name {
        case "alnum": ranges = [0x30...0x39, 0x41...0x5A, 0x61...0x7A]
        case "alpha": ranges = [0x41...0x5A, 0x61...0x7A]
        case "digit": ranges = [0x30...0x39]
        case "lower": ranges = [0x61...0x7A]
        case "punct": ranges = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        case "space": ranges = [0x09...0x0D, 0x20...0x20]
        case "upper": ranges = [0x41...0x5A]
        case "word": ranges = ScalarSet.wordCharacters.ranges
        case "xdigit": ranges = [0x30...0x39, 0x41...0x46, 0x61...0x66]
        default: throw error("`[:\(name):]` is not known", at: begin)
        }
        return isNegated ? ScalarSet(ranges).negated : ScalarSet(ranges)
    }
}

extension ScalarSet {
    /// The one scalar of the set, if it has just one.
    fileprivate var single: UInt32? {
        guard ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }
}

extension Unicode.Scalar {
    /// The value of a hexadecimal digit.
    fileprivate var hexDigit: UInt32? {
        switch value {
        case 0x30...0x39: value - 0x30
        case 0x41...0x46: value - 0x41 + 10
        case 0x61...0x66: value - 0x61 + 10
        default: nil
        }
    }
}
