/// How a protobuf field's value is encoded (protobuf encoding, "Message Structure").
public enum ProtobufWireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
}

/// What stands before a protobuf field's value.
public struct ProtobufTag: Sendable, Equatable {
    /// The field's number in its message.
    public var number: UInt32
    /// How its value is encoded.
    public var type: ProtobufWireType

    /// Makes a tag from its parts.
    @inlinable
    public init(number: UInt32, type: ProtobufWireType) {
        self.number = number
        self.type = type
    }
}

extension ByteReader {
    /// The next field's tag, or nil at the end of the message.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func tag() throws(ByteError) -> ProtobufTag? {
        if isAtEnd { return nil }
        let begin = offset
        let bits = try varint()
        guard let type = ProtobufWireType(rawValue: UInt8(truncatingIfNeeded: bits & 7)) else {
            throw ByteError(.wireType(UInt8(truncatingIfNeeded: bits & 7)), offset: origin + begin)
        }
        let number = UInt32(truncatingIfNeeded: bits >> 3)
        if number == 0 { throw ByteError(.fieldNumber, offset: origin + begin) }
        return ProtobufTag(number: number, type: type)
    }

    /// Passes over the value of a field that nobody asked for.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func skip(_ type: ProtobufWireType) throws(ByteError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: _ = try take(8)
        case .delimited: _ = try delimited()
        case .fixed32: _ = try take(4)
        }
    }
}

extension [UInt8] {
    /// Appends a base-128 varint.
    @inlinable
    public mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a protobuf tag.
    @inlinable
    public mutating func append(protobufTag number: UInt32, _ type: ProtobufWireType) {
        append(varint: UInt64(number) << 3 | UInt64(type.rawValue))
    }

    /// Appends an integer in little-endian order.
    @inlinable
    public mutating func append<Number: FixedWidthInteger>(littleEndian value: Number) {
        var rest = value
        for _ in 0..<MemoryLayout<Number>.size {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
