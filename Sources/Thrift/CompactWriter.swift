// Safety: pointers are those of `OutputBytes.write`, within the room that the call asks for.

/// Writes Thrift's compact protocol.
public struct CompactWriter: ThriftWriter, Sendable {
    /// A byte; of a number that is far from the last one's, a byte and three of a varint.
    private static let fieldHeaderSizeMax = 4
    private static let varintSizeMax = 10

    private var output: OutputBytes
    /// Number of the last field of the structure that is being written: the next header counts from it.
    private var fieldID: Int16 = 0

    /// A writer with room for so many bytes before it has to grow.
    public init(capacity: Int = 0) { output = OutputBytes(capacity: capacity) }

    /// A copy of what has been written.
    public var bytes: [UInt8] { output.array }

    /// How many bytes have been written.
    public var count: Int { output.count }

    /// How many bytes the header of a list takes, and that of the field it is in.
    public static func listFieldSize(count: Int) -> Int {
        // Up to 14 elements are counted in the list's own byte, more in a varint; the field's header is one byte.
        2 + (count < 15 ? 0 : (UInt64.bitWidth - UInt64(count).leadingZeroBitCount + 6) / 7)
    }

    /// Forgets what has been written and keeps the memory.
    public mutating func removeAll() {
        output.removeAll()
        fieldID = 0
    }

    /// What has been written, without a copy; the writer is empty then, and has no memory.
    public mutating func takeBytes() -> [UInt8] {
        fieldID = 0
        return output.take()
    }

    /// Writes what stands before a message's arguments.
    public mutating func messageHeader(_ name: StaticString, kind: ThriftMessageKind, sequence: Int32) {
        output.append(0x82)
        output.append(kind.rawValue << 5 | 1)
        varint(UInt64(UInt32(bitPattern: sequence)))
        binary(name)
    }

    /// Goes into a structure; give the result to `endStruct`.
    public mutating func beginStruct() -> ThriftStructMark {
        let mark = ThriftStructMark(fieldID: fieldID)
        fieldID = 0
        return mark
    }

    /// Goes into a structure of which the fields up to a number were written elsewhere.
    public mutating func resumeStruct(after id: Int16) -> ThriftStructMark {
        let mark = ThriftStructMark(fieldID: fieldID)
        fieldID = id
        return mark
    }

    /// Ends a structure.
    public mutating func endStruct(_ mark: ThriftStructMark) {
        output.append(0)
        fieldID = mark.fieldID
    }

    /// Writes the header of a field whose value follows.
    public mutating func field(_ id: Int16, _ type: ThriftType) { field(id, code: type.compactCode) }

    /// Writes a field that is a boolean.
    public mutating func boolField(_ id: Int16, _ value: Bool) { field(id, code: value ? 1 : 2) }

    /// Writes a field that is a 32-bit integer.
    public mutating func i32Field(_ id: Int16, _ value: Int32) { varintField(id, .i32, Int64(value)) }

    /// Writes a field that is a 64-bit integer.
    public mutating func i64Field(_ id: Int16, _ value: Int64) { varintField(id, .i64, value) }

    /// Writes a field that is a floating point number.
    public mutating func doubleField(_ id: Int16, _ value: Double) {
        let last = fieldID
        output.write(atMost: Self.fieldHeaderSizeMax + 8) { target in
            let start = Self.putHeader(id, after: last, ThriftType.double.compactCode, target)
            return start + (target + start).put(littleEndian: value.bitPattern)
        }
        fieldID = id
    }

    /// Writes a field that is bytes.
    public mutating func binaryField(_ id: Int16, _ value: RawSpan) {
        let last = fieldID
        value.withUnsafeBytes { bytes in
            output.write(atMost: Self.fieldHeaderSizeMax + Self.varintSizeMax + bytes.count) { target in
                let start = Self.putHeader(id, after: last, ThriftType.binary.compactCode, target)
                return start + Self.put(bytes, target + start)
            }
        }
        fieldID = id
    }

    private mutating func field(_ id: Int16, code: UInt8) {
        let last = fieldID
        output.write(atMost: Self.fieldHeaderSizeMax) { Self.putHeader(id, after: last, code, $0) }
        fieldID = id
    }

    @inline(__always)
    private mutating func varintField(_ id: Int16, _ type: ThriftType, _ value: Int64) {
        let last = fieldID
        output.write(atMost: Self.fieldHeaderSizeMax + Self.varintSizeMax) { target in
            let start = Self.putHeader(id, after: last, type.compactCode, target)
            return start + (target + start).put(varint: Self.zigzag(value))
        }
        fieldID = id
    }

    @inline(__always)
    private static func putHeader(
        _ id: Int16,
        after last: Int16,
        _ code: UInt8,
        _ target: UnsafeMutableRawPointer
    ) -> Int {
        let difference = Int(id) - Int(last)
        if difference >= 1, difference <= 15 {
            target.storeBytes(of: UInt8(truncatingIfNeeded: difference) << 4 | code, as: UInt8.self)
            return 1
        }
        target.storeBytes(of: code, as: UInt8.self)
        return 1 + (target + 1).put(varint: zigzag(Int64(id)))
    }

    @inline(__always)
    private static func put(_ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer) -> Int {
        let start = target.put(varint: UInt64(bytes.count))
        return start + (target + start).put(bytes)
    }

    /// The sign goes to the lowest bit, so that small negative numbers are short too.
    @inline(__always)
    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    /// Writes the header of a list or a set whose elements follow.
    public mutating func listHeader(_ elementType: ThriftType, count: Int) {
        if count < 15 {
            output.append(UInt8(count) << 4 | elementType.compactCode)
        } else {
            output.append(0xF0 | elementType.compactCode)
            varint(UInt64(count))
        }
    }

    /// Writes the header of a map whose keys and values follow in turn.
    public mutating func mapHeader(_ keyType: ThriftType, _ valueType: ThriftType, count: Int) {
        varint(UInt64(count))
        if count > 0 { output.append(keyType.compactCode << 4 | valueType.compactCode) }
    }

    /// Writes a boolean that is an element of a list.
    public mutating func bool(_ value: Bool) { output.append(value ? 1 : 2) }

    /// Writes an 8-bit integer.
    public mutating func i8(_ value: Int8) { output.append(UInt8(bitPattern: value)) }

    /// Writes a 16-bit integer.
    public mutating func i16(_ value: Int16) { i64(Int64(value)) }

    /// Writes a 32-bit integer.
    public mutating func i32(_ value: Int32) { i64(Int64(value)) }

    /// Writes a 64-bit integer.
    public mutating func i64(_ value: Int64) { varint(Self.zigzag(value)) }

    /// Writes a floating point number.
    public mutating func double(_ value: Double) {
        output.write(atMost: 8) { $0.put(littleEndian: value.bitPattern) }
    }

    /// Writes bytes.
    public mutating func binary(_ value: some Collection<UInt8>) {
        varint(UInt64(value.count))
        output.append(value)
    }

    /// Writes bytes.
    public mutating func binary(_ value: RawSpan) {
        value.withUnsafeBytes { bytes in
            output.write(atMost: Self.varintSizeMax + bytes.count) { Self.put(bytes, $0) }
        }
    }

    /// Writes text that is known when the program is compiled.
    public mutating func binary(_ value: StaticString) {
        value.withUTF8Buffer { text in
            let bytes = UnsafeRawBufferPointer(text)
            output.write(atMost: Self.varintSizeMax + bytes.count) { Self.put(bytes, $0) }
        }
    }

    /// Appends bytes that were written elsewhere in this encoding.
    public mutating func raw(_ written: some Sequence<UInt8>) { output.append(written) }

    private mutating func varint(_ value: UInt64) {
        output.write(atMost: Self.varintSizeMax) { $0.put(varint: value) }
    }
}
