import TraceModel

/// A `FieldTest` ready to be put to values, one at a time, in whatever shape a store has them.
///
/// A store puts each distinct string of a dictionary to it once and compares numbers from then on.
public struct ValueTest: Sendable {
    private enum Kind {
        case exists
        case number(Comparison, Int64)
        case double(Comparison, Double)
        case string(Comparison, [UInt8])
        case bool(Comparison, Bool)
        case pattern(RegexMatcher, isNegated: Bool)
        case oneOf([[UInt8]], others: [ValueTest])
        /// A status or a kind, which no attribute has.
        case nothing
    }

    private var kind: Kind
    /// The bytes of the one string that satisfies the test, if it is one.
    public let onlyString: [UInt8]?
    /// Whether of an array all elements must satisfy the test.
    private let asksAllElements: Bool

    /// Makes a test ready.
    public init(_ test: FieldTest) {
        switch test {
        case .exists: kind = .exists
        case .compare(let comparison, .int(let number)), .compare(let comparison, .duration(let number)):
            kind = .number(comparison, number)
        case .compare(let comparison, .double(let number)): kind = .double(comparison, number)
        case .compare(let comparison, .string(let text)): kind = .string(comparison, Array(text.utf8))
        case .compare(let comparison, .bool(let flag)): kind = .bool(comparison, flag)
        case .compare(_, .status), .compare(_, .kind): kind = .nothing
        case .matches(let pattern): kind = .pattern(RegexMatcher(pattern.program), isNegated: false)
        case .matchesNot(let pattern): kind = .pattern(RegexMatcher(pattern.program), isNegated: true)
        case .isOneOf(let values):
            let tests = values.map { ValueTest(.compare(.equal, $0)) }
            kind = .oneOf(tests.compactMap(\.onlyString), others: tests.filter { $0.onlyString == nil })
        }
        switch test {
        case .compare(.notEqual, _), .matchesNot: asksAllElements = true
        default: asksAllElements = false
        }
        if case .compare(.equal, .string(let text)) = test { onlyString = Array(text.utf8) } else { onlyString = nil }
    }

    /// Whether every value satisfies it.
    public var acceptsAnything: Bool {
        if case .exists = kind { return true }
        return false
    }

    /// Whether a value of the type can satisfy it.
    public func canAccept(_ type: AttributeType) -> Bool {
        switch kind {
        case .exists: true
        case .nothing: false
        case .number, .double: type == .int || type == .double || type == .array
        case .string, .pattern: type == .string || type == .array
        case .bool: type == .bool || type == .array
        case .oneOf(let strings, let others):
            others.contains { $0.canAccept(type) } || (!strings.isEmpty && (type == .string || type == .array))
        }
    }

    /// Whether the value of an attribute satisfies it; `bytes` are those behind `bits` if the type has some.
    public mutating func accepts(_ type: AttributeType, bits: UInt64, bytes: RawSpan) -> Bool {
        if acceptsAnything { return true }
        switch type {
        case .string: return accepts(string: bytes)
        case .int: return accepts(int: Int64(bitPattern: bits))
        case .double: return accepts(double: Double(bitPattern: bits))
        case .bool: return accepts(bool: bits != 0)
        case .array: return accepts(array: bytes)
        case .empty, .bytes, .map: return false
        }
    }

    /// Whether a string satisfies it.
    public mutating func accepts(string bytes: RawSpan) -> Bool {
        switch kind {
        case .exists: return true
        case .string(let comparison, let text): return comparison.holds(order(bytes, text))
        case .pattern(var matcher, let isNegated):
            // Taken out while it is changed, so that it is not copied.
            kind = .nothing
            let matches = matcher.matches(bytes)
            kind = .pattern(matcher, isNegated: isNegated)
            return matches != isNegated
        case .oneOf(let strings, _):
            for text in strings where order(bytes, text) == .same { return true }
            return false
        case .number, .double, .bool, .nothing: return false
        }
    }

    /// Whether an integer satisfies it.
    public func accepts(int number: Int64) -> Bool {
        switch kind {
        case .exists: true
        case .number(let comparison, let other): comparison.holds(order(number, other))
        case .double(let comparison, let other): comparison.holds(order(number, other))
        case .oneOf(_, let others): others.contains { $0.accepts(int: number) }
        case .string, .pattern, .bool, .nothing: false
        }
    }

    /// Whether a double satisfies it.
    public func accepts(double number: Double) -> Bool {
        switch kind {
        case .exists: true
        case .number(let comparison, let other): comparison.holds(order(number, other))
        case .double(let comparison, let other): comparison.holds(order(number, other))
        case .oneOf(_, let others): others.contains { $0.accepts(double: number) }
        case .string, .pattern, .bool, .nothing: false
        }
    }

    /// Whether a boolean satisfies it.
    public func accepts(bool flag: Bool) -> Bool {
        switch kind {
        case .exists: true
        case .bool(.equal, let other): flag == other
        case .bool(.notEqual, let other): flag != other
        case .oneOf(_, let others): others.contains { $0.accepts(bool: flag) }
        case .bool, .number, .double, .string, .pattern, .nothing: false
        }
    }

    /// Whether an array, as it is stored, satisfies it.
    private mutating func accepts(array bytes: RawSpan) -> Bool {
        var reader = ByteReader(bytes)
        guard case .array(let elements)? = try? AttributeValue.decode(&reader, depth: 0) else { return false }
        for element in elements where accepts(element: element) != asksAllElements { return !asksAllElements }
        return asksAllElements && !elements.isEmpty
    }

    private mutating func accepts(element: AttributeValue) -> Bool {
        switch element {
        case .string(let text):
            let bytes = Array(text.utf8)
            return accepts(string: bytes.span.bytes)
        case .int(let number): return accepts(int: number)
        case .double(let number): return accepts(double: number)
        case .bool(let flag): return accepts(bool: flag)
        case .empty, .bytes, .array, .map: return false
        }
    }

    /// Whether a status satisfies a test.
    public static func accepts(_ status: StatusCode, _ test: FieldTest) -> Bool {
        switch test {
        case .exists: true
        case .compare(.equal, .status(let other)): status == other
        case .compare(.notEqual, .status(let other)): status != other
        case .isOneOf(let values): values.contains(.status(status))
        case .compare, .matches, .matchesNot: false
        }
    }

    /// Whether a kind satisfies a test.
    public static func accepts(_ kind: SpanKind, _ test: FieldTest) -> Bool {
        switch test {
        case .exists: true
        case .compare(.equal, .kind(let other)): kind == other
        case .compare(.notEqual, .kind(let other)): kind != other
        case .isOneOf(let values): values.contains(.kind(kind))
        case .compare, .matches, .matchesNot: false
        }
    }
}
