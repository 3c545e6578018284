/// Writes Thrift's compact protocol.
public struct CompactWriter: ThriftWriter, Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    /// Number of the last field of the structure that is being written: the next header counts from it.
    private var fieldID: Int16 = 0

    /// A writer with room for so many bytes before it has to grow.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// How many bytes the header of a list takes, and that of the field it is in.
    public static func listFieldSize(count: Int) -> Int {
        // Up to 14 elements are counted in the list's own byte, more in a varint; the field's header is one byte.
        2 + (count < 15 ? 0 : (UInt64.bitWidth - UInt64(count).leadingZeroBitCount + 6) / 7)
    }

    /// Forgets what has been written and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        fieldID = 0
    }

    /// Writes what stands before a message's arguments.
    public mutating func messageHeader(_ name: StaticString, kind: ThriftMessageKind, sequence: Int32) {
        bytes.append(0x82)
        bytes.append(kind.rawValue << 5 | 1)
        varint(UInt64(UInt32(bitPattern: sequence)))
        varint(UInt64(name.utf8CodeUnitCount))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
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
        bytes.append(0)
        fieldID = mark.fieldID
    }

    /// Writes the header of a field whose value follows.
    public mutating func field(_ id: Int16, _ type: ThriftType) { field(id, code: type.compactCode) }

    /// Writes a field that is a boolean.
    public mutating func boolField(_ id: Int16, _ value: Bool) { field(id, code: value ? 1 : 2) }

    private mutating func field(_ id: Int16, code: UInt8) {
        let difference = Int(id) - Int(fieldID)
        if (1...15).contains(difference) {
            bytes.append(UInt8(difference) << 4 | code)
        } else {
            bytes.append(code)
            i16(id)
        }
        fieldID = id
    }

    /// Writes the header of a list or a set whose elements follow.
    public mutating func listHeader(_ elementType: ThriftType, count: Int) {
        if count < 15 {
            bytes.append(UInt8(count) << 4 | elementType.compactCode)
        } else {
            bytes.append(0xF0 | elementType.compactCode)
            varint(UInt64(count))
        }
    }

    /// Writes the header of a map whose keys and values follow in turn.
    public mutating func mapHeader(_ keyType: ThriftType, _ valueType: ThriftType, count: Int) {
        varint(UInt64(count))
        if count > 0 { bytes.append(keyType.compactCode << 4 | valueType.compactCode) }
    }

    /// Writes a boolean that is an element of a list.
    public mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 2) }

    /// Writes an 8-bit integer.
    public mutating func i8(_ value: Int8) { bytes.append(UInt8(bitPattern: value)) }

    /// Writes a 16-bit integer.
    public mutating func i16(_ value: Int16) { i64(Int64(value)) }

    /// Writes a 32-bit integer.
    public mutating func i32(_ value: Int32) { i64(Int64(value)) }

    /// Writes a 64-bit integer.
    public mutating func i64(_ value: Int64) {
        // Zigzag: the sign goes to the lowest bit, so that small negative numbers are short too.
        varint(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Writes a floating point number.
    public mutating func double(_ value: Double) {
        bytes.append(littleEndian: value.bitPattern, count: 8)
    }

    /// Writes bytes.
    public mutating func binary(_ value: some Collection<UInt8>) {
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes bytes.
    public mutating func binary(_ value: RawSpan) {
        varint(UInt64(value.byteCount))
        bytes.append(value)
    }

    /// Writes text that is known when the program is compiled.
    public mutating func binary(_ value: StaticString) {
        varint(UInt64(value.utf8CodeUnitCount))
        value.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes that were written elsewhere in this encoding.
    public mutating func raw(_ written: some Sequence<UInt8>) { bytes.append(contentsOf: written) }

    private mutating func varint(_ value: UInt64) {
        if value < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value))
            return
        }
        // Eight groups of seven bits go into one number, which is appended at once.
        var packed: UInt64 = 0
        var count = 0
        var rest = value
        while rest >= 0x80, count < 7 {
            packed |= (rest & 0x7F | 0x80) << UInt64(8 * count)
            rest >>= 7
            count += 1
        }
        packed |= (rest & 0x7F | (rest >= 0x80 ? 0x80 : 0)) << UInt64(8 * count)
        bytes.append(littleEndian: packed, count: count + 1)
        rest >>= 7
        while rest > 0 {
            bytes.append(UInt8(truncatingIfNeeded: rest & 0x7F) | (rest >= 0x80 ? 0x80 : 0))
            rest >>= 7
        }
    }
}
