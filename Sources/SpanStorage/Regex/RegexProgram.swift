/// A regular expression as instructions (Thompson 1968): a state of a match is a set of places in them.
struct RegexProgram: Sendable {
    /// More than this is refused: it bounds what one character can cost.
    static let instructionsMax = 4_096

    enum Instruction: Sendable, Equatable {
        /// Reads one character of a set.
        case set(Int)
        case split(Int, Int)
        case jump(Int)
        /// Goes on at the beginning of the text only.
        case start
        /// Goes on at the end of the text only.
        case end
        case match
    }

    private(set) var instructions: [Instruction] = []
    /// Where each class of characters begins: the expression cannot tell those of one class apart.
    private(set) var classStarts: [UInt32] = [0]
    /// The classes of ASCII, which most characters are.
    private(set) var asciiClasses: [Int] = []
    /// By set, by class: whether it is in the set.
    private(set) var members: [[Bool]] = []

    private var sets: [ScalarSet: Int] = [:]
    // Counts what repetitions of nothing would otherwise do for ever.
    private var steps = 0

    init(_ text: String) throws(RegexError) {
        let node = try RegexParser.parse(text)
        try add(node)
        try emit(.match)
        divideClasses()
    }

    var classCount: Int { classStarts.count }

    /// The class of a character.
    func classOf(_ scalar: UInt32) -> Int {
        if scalar < 128 { return asciiClasses[Int(scalar)] }
        var low = 0
        var high = classStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if classStarts[middle] <= scalar { low = middle } else { high = middle }
        }
        return low
    }

    private mutating func divideClasses() {
        var starts: Set<UInt32> = [0]
        for set in sets.keys {
            for range in set.ranges {
                starts.insert(range.lowerBound)
                if range.upperBound < ScalarSet.last { starts.insert(range.upperBound + 1) }
            }
        }
        classStarts = starts.sorted()
        members = [[Bool]](repeating: [], count: sets.count)
        for (set, number) in sets {
            var row = [Bool](repeating: false, count: classStarts.count)
            var range = 0
            for (index, start) in classStarts.enumerated() {
                while range < set.ranges.count, set.ranges[range].upperBound < start { range += 1 }
                row[index] = range < set.ranges.count && set.ranges[range].contains(start)
            }
            members[number] = row
        }
        asciiClasses = []
        var current = 0
        for scalar in 0..<128 as Range<UInt32> {
            if current + 1 < classStarts.count, classStarts[current + 1] <= scalar { current += 1 }
            asciiClasses.append(current)
        }
    }

    private mutating func emit(_ instruction: Instruction) throws(RegexError) {
        if instructions.count >= Self.instructionsMax { throw tooLarge }
        instructions.append(instruction)
    }

    private var tooLarge: RegexError {
        RegexError("the regular expression is too large: its repetitions, written out, need too many steps", column: 1)
    }

    private mutating func add(_ node: RegexNode) throws(RegexError) {
        steps += 1
        if steps > 8 * Self.instructionsMax { throw tooLarge }
        switch node {
        case .empty: break
        case .set(let set): try emit(.set(number(of: set)))
        case .start: try emit(.start)
        case .end: try emit(.end)
        case .sequence(let parts): for part in parts { try add(part) }
        case .oneOf(let choices): try add(choices)
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try add(part) }
            if let most { try add(part, atMost: most - least) } else { try addAnyNumber(of: part) }
        }
    }

    private mutating func number(of set: ScalarSet) -> Int {
        if let known = sets[set] { return known }
        let new = sets.count
        sets[set] = new
        return new
    }

    private mutating func add(_ choices: [RegexNode]) throws(RegexError) {
        var jumps: [Int] = []
        for (index, choice) in choices.enumerated() {
            let split = instructions.count
            let isLast = index == choices.count - 1
            if !isLast { try emit(.split(split + 1, 0)) }
            try add(choice)
            if !isLast {
                jumps.append(instructions.count)
                try emit(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func add(_ part: RegexNode, atMost most: Int) throws(RegexError) {
        var splits: [Int] = []
        for _ in 0..<most {
            splits.append(instructions.count)
            try emit(.split(0, 0))
            try add(part)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }

    private mutating func addAnyNumber(of part: RegexNode) throws(RegexError) {
        let split = instructions.count
        try emit(.split(0, 0))
        try add(part)
        try emit(.jump(split))
        instructions[split] = .split(split + 1, instructions.count)
    }
}
