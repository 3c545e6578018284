import TraceModel

/// Compares texts with a regular expression in time linear in their length: a deterministic automaton, made as far as
/// the texts need it.
///
/// A matcher keeps what it has learnt from one text for the next. Its memory is bounded: a full automaton is thrown
/// away and begun anew, at a cost in time that is bounded too.
struct RegexMatcher: Sendable {
    private static let statesMax = 512
    private static let placesMax = 131_072
    private static let unknown: Int32 = -1
    private static let dead: Int32 = 0

    private let program: RegexProgram
    /// The places of each state: sets, ends of the text and the match; the empty state 0 matches nothing any more.
    private var states: [[Int32]] = []
    private var accepting: [Bool] = []
    private var transitions: [Int32] = []
    private var numbers: [[Int32]: Int32] = [:]
    private var placeCount = 0
    private var start: Int32 = 0
    // Scratch: when each instruction was last reached.
    private var marks: [UInt32]
    private var round: UInt32 = 0

    init(_ program: RegexProgram) {
        self.program = program
        marks = [UInt32](repeating: 0, count: program.instructions.count)
        reset()
    }

    /// Whether the expression matches all of a text.
    ///
    /// Bytes that are not UTF-8 count as one U+FFFD each.
    mutating func matches(_ bytes: RawSpan) -> Bool {
        var state = start
        var offset = 0
        while offset < bytes.byteCount {
            let first = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            let number: Int
            if first < 128 {
                number = program.asciiClasses[Int(first)]
                offset += 1
            } else {
                let scalar = decodeScalar(bytes, at: offset)
                number = program.classOf(scalar.value)
                offset += scalar.length
            }
            let known = transitions[Int(state) * program.classCount + number]
            state = known == Self.unknown ? step(state, number) : known
            if state == Self.dead { return false }
        }
        return accepting[Int(state)]
    }

    private mutating func reset() {
        states = []
        accepting = []
        transitions = []
        numbers = [:]
        placeCount = 0
        _ = add([], isStart: false)
        let places = closure([0], atStart: true, atEnd: false)
        start = add(places, isStart: true)
    }

    private mutating func step(_ state: Int32, _ number: Int) -> Int32 {
        var next: [Int32] = []
        for place in states[Int(state)] {
            if case .set(let set) = program.instructions[Int(place)], program.members[set][number] {
                next.append(place + 1)
            }
        }
        let places = closure(next, atStart: false, atEnd: false)
        if let known = numbers[places] {
            transitions[Int(state) * program.classCount + number] = known
            return known
        }
        if states.count >= Self.statesMax || placeCount + places.count > Self.placesMax {
            reset()
            return add(places, isStart: false)
        }
        let new = add(places, isStart: false)
        transitions[Int(state) * program.classCount + number] = new
        return new
    }

    /// Adds a state.
    ///
    /// The first one of a text is like no other: `^` may hold in it.
    private mutating func add(_ places: [Int32], isStart: Bool) -> Int32 {
        if !isStart, let known = numbers[places] { return known }
        let number = Int32(states.count)
        states.append(places)
        placeCount += places.count
        let atEnd = closure(places, atStart: isStart, atEnd: true)
        accepting.append(atEnd.contains { program.instructions[Int($0)] == .match })
        transitions.append(contentsOf: repeatElement(Self.unknown, count: program.classCount))
        if !isStart { numbers[places] = number }
        return number
    }

    /// All places that can be reached without reading a character, in order.
    private mutating func closure(_ places: [Int32], atStart: Bool, atEnd: Bool) -> [Int32] {
        round &+= 1
        if round == 0 {
            marks = [UInt32](repeating: 0, count: marks.count)
            round = 1
        }
        var waiting = places
        var found: [Int32] = []
        while let place = waiting.popLast() {
            if marks[Int(place)] == round { continue }
            marks[Int(place)] = round
            switch program.instructions[Int(place)] {
            case .set, .match: found.append(place)
            case .split(let one, let other):
                waiting.append(Int32(one))
                waiting.append(Int32(other))
            case .jump(let target): waiting.append(Int32(target))
            case .start: if atStart { waiting.append(place + 1) }
            case .end:
                found.append(place)
                if atEnd { waiting.append(place + 1) }
            }
        }
        return found.sorted()
    }
}
