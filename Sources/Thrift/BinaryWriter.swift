/// Writes Thrift's binary protocol; its messages are strict ones.
public struct BinaryWriter: ThriftWriter, Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// A writer with room for so many bytes before it has to grow.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// How many bytes the header of a list takes, and that of the field it is in.
    public static func listFieldSize(count: Int) -> Int { 8 }

    /// Forgets what has been written and keeps the memory.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Writes what stands before a message's arguments.
    public mutating func messageHeader(_ name: StaticString, kind: ThriftMessageKind, sequence: Int32) {
        integer(0x8001_0000 as UInt32 | UInt32(kind.rawValue))
        integer(Int32(name.utf8CodeUnitCount))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        integer(sequence)
    }

    /// Goes into a structure; give the result to `endStruct`.
    public mutating func beginStruct() -> ThriftStructMark { ThriftStructMark() }

    /// Goes into a structure of which the fields up to a number were written elsewhere: no field depends on another.
    public mutating func resumeStruct(after fieldID: Int16) -> ThriftStructMark { ThriftStructMark() }

    /// Ends a structure.
    public mutating func endStruct(_ mark: ThriftStructMark) { bytes.append(0) }

    /// Writes the header of a field whose value follows.
    public mutating func field(_ id: Int16, _ type: ThriftType) {
        bytes.append(type.rawValue)
        integer(id)
    }

    /// Writes a field that is a boolean.
    public mutating func boolField(_ id: Int16, _ value: Bool) {
        field(id, .bool)
        bool(value)
    }

    /// Writes the header of a list or a set whose elements follow.
    public mutating func listHeader(_ elementType: ThriftType, count: Int) {
        bytes.append(elementType.rawValue)
        integer(Int32(count))
    }

    /// Writes the header of a map whose keys and values follow in turn.
    public mutating func mapHeader(_ keyType: ThriftType, _ valueType: ThriftType, count: Int) {
        bytes.append(keyType.rawValue)
        bytes.append(valueType.rawValue)
        integer(Int32(count))
    }

    /// Writes a boolean that is an element of a list.
    public mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// Writes an 8-bit integer.
    public mutating func i8(_ value: Int8) { bytes.append(UInt8(bitPattern: value)) }

    /// Writes a 16-bit integer.
    public mutating func i16(_ value: Int16) { integer(value) }

    /// Writes a 32-bit integer.
    public mutating func i32(_ value: Int32) { integer(value) }

    /// Writes a 64-bit integer.
    public mutating func i64(_ value: Int64) { integer(value) }

    /// Writes a floating point number.
    public mutating func double(_ value: Double) { integer(value.bitPattern) }

    /// Writes bytes.
    public mutating func binary(_ value: some Collection<UInt8>) {
        integer(Int32(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes bytes.
    public mutating func binary(_ value: RawSpan) {
        integer(Int32(value.byteCount))
        bytes.append(value)
    }

    /// Writes text that is known when the program is compiled.
    public mutating func binary(_ value: StaticString) {
        integer(Int32(value.utf8CodeUnitCount))
        value.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes that were written elsewhere in this encoding.
    public mutating func raw(_ written: some Sequence<UInt8>) { bytes.append(contentsOf: written) }

    private mutating func integer<Number: FixedWidthInteger>(_ value: Number) {
        bytes.append(bigEndian: value)
    }
}
