import TraceModel

/// A test of a field's value.
///
/// - A span that has no such field satisfies no test of it: not `!=` either. Whether it has one, `exists` tells.
/// - A value of another type than the one asked for satisfies none either: the string `"5"` is neither equal nor
///   unequal to the number 5. Integers, doubles and durations (in nanoseconds) are one type, numbers, and are compared
///   exactly. Bytes and maps can only be asked whether they are there.
/// - An array satisfies a test if one of its elements does; `!=` and `!~` if all of its elements do.
/// - Where a field has several values (a key that repeats, the events or links of a span) one that satisfies is enough.
public struct FieldCondition: Hashable, Sendable {
    /// What is tested.
    public var field: SpanField
    /// What its value must be.
    public var test: FieldTest

    /// Makes a condition from its parts.
    ///
    /// `SpanFilter.field(_:_:)` makes the form that stores know best.
    public init(_ field: SpanField, _ test: FieldTest) {
        self.field = field
        self.test = test
    }
}

/// What a value must be.
public enum FieldTest: Hashable, Sendable {
    /// Anything at all.
    case exists
    /// In this relation to a value.
    case compare(Comparison, FilterValue)
    /// A string all of which matches.
    case matches(RegexPattern)
    /// A string not all of which matches.
    case matchesNot(RegexPattern)
    /// Equal to one of these.
    case isOneOf([FilterValue])
}

/// How two values relate; the raw values are TraceQL's operators.
public enum Comparison: String, Hashable, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// The same relation seen from the other side.
    var flipped: Comparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    /// Whether it holds for two values of which is known how they are ordered.
    func holds(_ order: Order) -> Bool {
        switch self {
        case .equal: order == .same
        case .notEqual: order == .before || order == .after
        case .less: order == .before
        case .lessOrEqual: order == .before || order == .same
        case .greater: order == .after
        case .greaterOrEqual: order == .after || order == .same
        }
    }
}

/// A value that a condition names.
public enum FilterValue: Hashable, Sendable {
    case string(String)
    case int(Int64)
    /// Finite.
    case double(Double)
    case bool(Bool)
    /// In nanoseconds.
    case duration(Int64)
    case status(StatusCode)
    case kind(SpanKind)
}
