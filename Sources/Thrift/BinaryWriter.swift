// Safety: pointers are those of `OutputBytes.write`, within the room that the call asks for.

/// Writes Thrift's binary protocol; its messages are strict ones.
public struct BinaryWriter: ThriftWriter, Sendable {
    /// A type and a number.
    private static let fieldHeaderSize = 3

    private var output: OutputBytes

    /// A writer with room for so many bytes before it has to grow.
    public init(capacity: Int = 0) { output = OutputBytes(capacity: capacity) }

    /// A copy of what has been written.
    public var bytes: [UInt8] { output.array }

    /// How many bytes have been written.
    public var count: Int { output.count }

    /// How many bytes the header of a list takes, and that of the field it is in.
    public static func listFieldSize(count: Int) -> Int { 8 }

    /// Forgets what has been written and keeps the memory.
    public mutating func removeAll() { output.removeAll() }

    /// What has been written, without a copy; the writer is empty then, and has no memory.
    public mutating func takeBytes() -> [UInt8] { output.take() }

    /// Writes what stands before a message's arguments.
    public mutating func messageHeader(_ name: StaticString, kind: ThriftMessageKind, sequence: Int32) {
        integer(0x8001_0000 as UInt32 | UInt32(kind.rawValue))
        binary(name)
        integer(sequence)
    }

    /// Goes into a structure; give the result to `endStruct`.
    public mutating func beginStruct() -> ThriftStructMark { ThriftStructMark() }

    /// Goes into a structure of which the fields up to a number were written elsewhere: no field depends on another.
    public mutating func resumeStruct(after fieldID: Int16) -> ThriftStructMark { ThriftStructMark() }

    /// Ends a structure.
    public mutating func endStruct(_ mark: ThriftStructMark) { output.append(0) }

    /// Writes the header of a field whose value follows.
    public mutating func field(_ id: Int16, _ type: ThriftType) {
        output.write(atMost: Self.fieldHeaderSize) { Self.putHeader(id, type, $0) }
    }

    /// Writes a field that is a boolean.
    public mutating func boolField(_ id: Int16, _ value: Bool) {
        fixedField(id, .bool, value ? 1 : 0 as UInt8)
    }

    /// Writes a field that is a 32-bit integer.
    public mutating func i32Field(_ id: Int16, _ value: Int32) { fixedField(id, .i32, value) }

    /// Writes a field that is a 64-bit integer.
    public mutating func i64Field(_ id: Int16, _ value: Int64) { fixedField(id, .i64, value) }

    /// Writes a field that is a floating point number.
    public mutating func doubleField(_ id: Int16, _ value: Double) { fixedField(id, .double, value.bitPattern) }

    /// Writes a field that is bytes.
    public mutating func binaryField(_ id: Int16, _ value: RawSpan) {
        value.withUnsafeBytes { bytes in
            output.write(atMost: Self.fieldHeaderSize + 4 + bytes.count) { target in
                let start = Self.putHeader(id, .binary, target)
                return start + Self.put(bytes, target + start)
            }
        }
    }

    /// Writes the header of a list or a set whose elements follow.
    public mutating func listHeader(_ elementType: ThriftType, count: Int) {
        output.append(elementType.rawValue)
        integer(Int32(count))
    }

    /// Writes the header of a map whose keys and values follow in turn.
    public mutating func mapHeader(_ keyType: ThriftType, _ valueType: ThriftType, count: Int) {
        output.append(keyType.rawValue)
        output.append(valueType.rawValue)
        integer(Int32(count))
    }

    /// Writes a boolean that is an element of a list.
    public mutating func bool(_ value: Bool) { output.append(value ? 1 : 0) }

    /// Writes an 8-bit integer.
    public mutating func i8(_ value: Int8) { output.append(UInt8(bitPattern: value)) }

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
        output.append(value)
    }

    /// Writes bytes.
    public mutating func binary(_ value: RawSpan) {
        value.withUnsafeBytes { bytes in
            output.write(atMost: 4 + bytes.count) { Self.put(bytes, $0) }
        }
    }

    /// Writes text that is known when the program is compiled.
    public mutating func binary(_ value: StaticString) {
        value.withUTF8Buffer { text in
            let bytes = UnsafeRawBufferPointer(text)
            output.write(atMost: 4 + bytes.count) { Self.put(bytes, $0) }
        }
    }

    /// Appends bytes that were written elsewhere in this encoding.
    public mutating func raw(_ written: some Sequence<UInt8>) { output.append(written) }

    private mutating func integer<Number: FixedWidthInteger>(_ value: Number) {
        output.write(atMost: MemoryLayout<Number>.size) { $0.put(bigEndian: value) }
    }

    @inline(__always)
    private mutating func fixedField<Number: FixedWidthInteger>(_ id: Int16, _ type: ThriftType, _ value: Number) {
        output.write(atMost: Self.fieldHeaderSize + MemoryLayout<Number>.size) { target in
            let start = Self.putHeader(id, type, target)
            return start + (target + start).put(bigEndian: value)
        }
    }

    @inline(__always)
    private static func putHeader(_ id: Int16, _ type: ThriftType, _ target: UnsafeMutableRawPointer) -> Int {
        target.storeBytes(of: type.rawValue, as: UInt8.self)
        return 1 + (target + 1).put(bigEndian: id)
    }

    @inline(__always)
    private static func put(_ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer) -> Int {
        let start = target.put(bigEndian: Int32(bytes.count))
        return start + (target + start).put(bytes)
    }
}
