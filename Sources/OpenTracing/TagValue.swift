/// The value of a tag or of a log's field.
public enum TagValue: Sendable, Hashable {
    case string(String)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    /// Bytes that are not text. Not every tracing system keeps them as such.
    case binary([UInt8])
    /// Several values. Tracing systems without lists show them as JSON text.
    case array([TagValue])
}

extension TagValue: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral
{
    /// A tag that is text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A tag that is true or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A tag that is a whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A tag that is a number with a fraction.
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension TagValue: ExpressibleByArrayLiteral {
    /// A tag that is a list.
    public init(arrayLiteral values: TagValue...) { self = .array(values) }
}

extension TagValue: CustomStringConvertible {
    /// The value as text; bytes as hexadecimal digits, a list with its values in brackets.
    public var description: String {
        switch self {
        case .string(let value): value
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .binary(let bytes):
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        }
    }
}

/// A type whose values can be the values of tags.
public protocol TagValueConvertible {
    /// The value as a tag has it.
    var tagValue: TagValue { get }
}

extension TagValue: TagValueConvertible {
    /// The value itself.
    @inlinable
    public var tagValue: TagValue { self }
}

extension String: TagValueConvertible {
    /// The text.
    @inlinable
    public var tagValue: TagValue { .string(self) }
}

extension Substring: TagValueConvertible {
    /// The text.
    @inlinable
    public var tagValue: TagValue { .string(String(self)) }
}

extension Bool: TagValueConvertible {
    /// True or false.
    @inlinable
    public var tagValue: TagValue { .bool(self) }
}

extension Double: TagValueConvertible {
    /// The number.
    @inlinable
    public var tagValue: TagValue { .double(self) }
}

extension Float: TagValueConvertible {
    /// The number, in double precision.
    @inlinable
    public var tagValue: TagValue { .double(Double(self)) }
}

extension TagValueConvertible where Self: BinaryInteger {
    /// The number, or the nearest that fits in 64 bits.
    @inlinable
    public var tagValue: TagValue { .int(Int64(clamping: self)) }
}

extension Array: TagValueConvertible where Element: TagValueConvertible {
    /// The values as a list.
    @inlinable
    public var tagValue: TagValue { .array(map(\.tagValue)) }
}

extension Int: TagValueConvertible {}
extension Int64: TagValueConvertible {}
extension Int32: TagValueConvertible {}
extension Int16: TagValueConvertible {}
extension Int8: TagValueConvertible {}
extension UInt: TagValueConvertible {}
extension UInt64: TagValueConvertible {}
extension UInt32: TagValueConvertible {}
extension UInt16: TagValueConvertible {}
extension UInt8: TagValueConvertible {}
