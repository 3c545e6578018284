import Thrift
import TraceModel

/// jaeger.thrift's `TagType`.
private enum TagType: Int32 {
    case string = 0
    case double = 1
    case bool = 2
    case long = 3
    case binary = 4
}

extension JaegerDecoder {
    /// Reads a `Tag`; nil, and counted, if it exceeds a bound.
    ///
    /// A value that its type names and it lacks is the zero value of that type.
    mutating func tag<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) -> Attribute? {
        var key: StringRef? = 0
        var type: Int32 = 0
        var string: StringRef = 0
        var double: UInt64 = 0
        var bool: UInt64 = 0
        var long: UInt64 = 0
        var binary: StringRef? = 0
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .binary): key = builder.internKey(try reader.bytes())
            case (2, .i32): type = try reader.i32()
            case (3, .binary): string = builder.intern(try reader.bytes())
            case (4, .double): double = try reader.double().bitPattern
            case (5, .bool): bool = try reader.bool() ? 1 : 0
            case (6, .i64): long = UInt64(bitPattern: try reader.i64())
            case (7, .binary): binary = builder.internValue(try reader.bytes())
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        guard let key, let binary else { return nil }
        switch TagType(rawValue: type) ?? .string {
        case .string: return Attribute(key: key, type: .string, value: UInt64(string))
        case .double: return Attribute(key: key, type: .double, value: double)
        case .bool: return Attribute(key: key, type: .bool, value: bool)
        case .long: return Attribute(key: key, type: .int, value: long)
        case .binary: return Attribute(key: key, type: .bytes, value: UInt64(binary))
        }
    }
}
