/// Reads TraceQL: a query's text becomes a `SpansetExpression`.
///
/// As in Tempo `&&` and `||` bind equally and are read from the left: `a || b && c` is `(a || b) && c`.
struct Parser {
    /// The longest query in bytes.
    static let bytesMax = 16_384
    /// How deep brackets may nest.
    static let depthMax = 256
    /// How deep conditions may nest, whether by brackets, by `!` or by `&&` and `||` in turns.
    static let conditionDepthMax = 60
    /// How many regular expressions a query may have.
    static let patternsMax = 50
    /// How many spansets, relations and stages a query may have: each is a pass over the spans of a trace.
    static let passesMax = 100

    var lexer: Lexer
    /// The word that is looked at.
    var token = Token(kind: .end, range: 0..<0)
    var depth = 0
    private var passes = 0
    var patterns = 0
    /// What a hint says of how many exemplars to give.
    private(set) var exemplars: Int?

    init(_ text: String) {
        lexer = Lexer(text)
    }

    /// Reads a whole query.
    static func parse(_ text: String) throws(TraceQLError) -> SpansetExpression {
        guard text.utf8.count <= bytesMax else {
            throw TraceQLError("the query is longer than \(bytesMax) bytes", line: 1, column: 1)
        }
        var parser = Parser(text)
        try parser.advance()
        let expression = try parser.pipeline()
        if parser.token.kind == .word("with") { try parser.hints() }
        guard parser.token.kind == .end else {
            throw parser.expected("`|`, `&&`, `||`, a relation such as `>>`, or the end of the query")
        }
        return expression
    }

    mutating func advance() throws(TraceQLError) { token = try lexer.next() }

    // MARK: Errors

    func error(_ message: String) -> TraceQLError { lexer.error(message, at: token.range.lowerBound) }

    func expected(_ what: String) -> TraceQLError { error("expected \(what), found \(found)") }

    /// The word that is looked at, for messages.
    private var found: String {
        if token.kind == .end { return "the end of the query" }
        let text = lexer.text(token.range)
        return text.count > 40 ? "`\(text.prefix(40))…`" : "`\(text)`"
    }

    // MARK: Words

    func isAt(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

    mutating func take(_ symbol: String, _ what: String? = nil) throws(TraceQLError) {
        guard isAt(symbol) else { throw expected(what ?? "`\(symbol)`") }
        try advance()
    }

    mutating func skip(_ symbol: String) throws(TraceQLError) -> Bool {
        guard isAt(symbol) else { return false }
        try advance()
        return true
    }

    /// Counts a bracket that opens; `leave` counts it closed.
    mutating func enter() throws(TraceQLError) {
        depth += 1
        if depth > Self.depthMax { throw error("brackets nest deeper than \(Self.depthMax)") }
    }

    mutating func leave() { depth -= 1 }

    mutating func pass() throws(TraceQLError) {
        passes += 1
        if passes > Self.passesMax {
            throw error("a query has at most \(Self.passesMax) spansets, relations and stages")
        }
    }

    // MARK: Spansets

    private mutating func pipeline() throws(TraceQLError) -> SpansetExpression {
        let input = try spansets(allowsPipelines: true)
        var stages: [PipelineStage] = []
        while try skip("|") {
            try pass()
            stages.append(try stage(isGrouped: input.isGrouped || stages.contains(where: \.groups)))
        }
        if stages.isEmpty { return input }
        if case .pipeline(let first, let before) = input { return .pipeline(first, before + stages) }
        return .pipeline(input, stages)
    }

    /// Spansets joined by `&&` and `||`.
    mutating func spansets(allowsPipelines: Bool) throws(TraceQLError) -> SpansetExpression {
        var left = try relations(allowsPipelines)
        while isAt("&&") || isAt("||") {
            let isAnd = isAt("&&")
            try advance()
            let right = try relations(allowsPipelines)
            left = isAnd ? .all(of: [left, right]) : .any(of: [left, right])
        }
        return left
    }

    private mutating func relations(_ allowsPipelines: Bool) throws(TraceQLError) -> SpansetExpression {
        var left = try spanset(allowsPipelines)
        while case .symbol(let text) = token.kind, let relation = Relation(text: text) {
            try pass()
            try advance()
            left = .related(left, relation, try spanset(allowsPipelines))
        }
        return left
    }

    private mutating func spanset(_ allowsPipelines: Bool) throws(TraceQLError) -> SpansetExpression {
        try pass()
        try enter()
        defer { leave() }
        if try skip("{") {
            if try skip("}") { return .filter(.everything) }
            let filter = try conditions().filter
            try take("}", "`&&`, `||` or `}`")
            return .filter(filter)
        }
        if try skip("(") {
            let inner = allowsPipelines ? try pipeline() : try spansets(allowsPipelines: false)
            try take(")", allowsPipelines ? "`|`, `&&`, `||` or `)`" : "`&&`, `||` or `)`")
            return inner
        }
        throw expected("a spanset such as `{ status = error }`")
    }

    /// `exemplars=false`, or so many.
    private mutating func exemplarsHint() {
        switch token.kind {
        case .word("false"): exemplars = 0
        case .number(let digits): exemplars = Int(digits)
        default: break
        }
    }

    /// What is said to Tempo's engine: `with (most_recent=true)`.
    ///
    /// Answers here are the newest ones anyway.
    mutating func hints() throws(TraceQLError) {
        try advance()
        try take("(")
        repeat {
            guard case .word(let name) = token.kind else { throw expected("the name of a hint") }
            try advance()
            try take("=")
            switch token.kind {
            case .word, .string, .number, .duration:
                if name == "exemplars" { exemplarsHint() }
                try advance()
            default: throw expected("the value of the hint")
            }
        } while try skip(",")
        try take(")")
    }
}

extension SpansetExpression {
    /// Reads a query in TraceQL.
    ///
    /// `docs/query-language.md` says what of the language there is.
    public init(traceQL text: String) throws(TraceQLError) { self = try Parser.parse(text) }

    /// Whether it may give more than one set.
    var isGrouped: Bool {
        guard case .pipeline(let input, let stages) = self else { return false }
        return input.isGrouped || stages.contains(where: \.groups)
    }
}

extension PipelineStage {
    var groups: Bool {
        if case .groupBy = self { return true }
        return false
    }
}

extension Relation {
    /// The relation of an operator.
    init?(text: String) {
        for form in Form.allCases {
            for kind in Kind.allCases where form.rawValue + kind.rawValue == text {
                self.init(kind, form)
                return
            }
        }
        return nil
    }
}
