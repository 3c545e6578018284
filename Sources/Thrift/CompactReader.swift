/// Reads Thrift's compact protocol: varints, field numbers as differences, booleans inside field headers.
///
/// Jaeger's clients send it to UDP port 6831.
public struct CompactReader: ThriftReader, ~Escapable {
    @usableFromInline var cursor: ThriftCursor
    /// Number of the last field of the structure that is being read: the next header counts from it.
    @usableFromInline var fieldID: Int16 = 0
    /// The boolean that the last field header carried, until it is asked for.
    @usableFromInline var carriedBool: Bool?

    /// A reader at the beginning of `bytes`.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        cursor = ThriftCursor(bytes)
    }

    /// Offset of the next byte.
    @inlinable
    public var offset: Int { cursor.offset }

    /// How many bytes are left.
    @inlinable
    public var left: Int { cursor.left }

    /// Reads what stands before a message's arguments.
    @_lifetime(copy self)
    public mutating func messageHeader() throws(ThriftError) -> ThriftMessageHeader {
        let marker = try cursor.byte()
        guard marker == 0x82 else { throw ThriftError(.notAMessage(firstByte: marker), offset: offset - 1) }
        let versionAndKind = try cursor.byte()
        guard versionAndKind & 0x1F == 1 else {
            throw ThriftError(.version(UInt16(versionAndKind & 0x1F)), offset: offset - 1)
        }
        guard let kind = ThriftMessageKind(rawValue: versionAndKind >> 5) else {
            throw ThriftError(.messageKind(versionAndKind >> 5), offset: offset - 1)
        }
        let sequence = Int32(truncatingIfNeeded: try cursor.varint())
        return ThriftMessageHeader(kind: kind, name: try bytes(), sequence: sequence)
    }

    /// Goes into a structure; give the result to `endStruct`.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func beginStruct() -> ThriftStructMark {
        let mark = ThriftStructMark(fieldID: fieldID)
        fieldID = 0
        return mark
    }

    /// Leaves a structure after `fieldHeader` gave nil.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func endStruct(_ mark: ThriftStructMark) {
        fieldID = mark.fieldID
    }

    /// The next field's header, or nil at the end of the structure.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func fieldHeader() throws(ThriftError) -> ThriftField? {
        let begin = offset
        let byte = try cursor.byte()
        if byte == 0 { return nil }
        let code = byte & 0x0F
        guard code != 0, let type = ThriftType(compactCode: code) else { throw ThriftError(.type(code), offset: begin) }
        let difference = byte >> 4
        // A number out of range wraps round to one that no structure has, and is skipped as unknown.
        fieldID = difference == 0 ? try i16() : fieldID &+ Int16(difference)
        if type == .bool { carriedBool = code == 1 }
        return ThriftField(id: fieldID, type: type)
    }

    /// The header of a list or a set.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func listHeader() throws(ThriftError) -> ThriftListHeader {
        let begin = offset
        let byte = try cursor.byte()
        let count = byte >> 4 == 15 ? Int(clamping: try cursor.varint()) : Int(byte >> 4)
        let type = try elementType(byte & 0x0F, count: count, at: begin)
        try cursor.needElements(count, size: Self.minimumSize(type), at: begin)
        return ThriftListHeader(elementType: type, count: count)
    }

    /// The header of a map.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func mapHeader() throws(ThriftError) -> ThriftMapHeader {
        let begin = offset
        let count = Int(clamping: try cursor.varint())
        if count == 0 { return ThriftMapHeader(keyType: .none, valueType: .none, count: 0) }
        let types = try cursor.byte()
        let key = try elementType(types >> 4, count: count, at: offset - 1)
        let value = try elementType(types & 0x0F, count: count, at: offset - 1)
        try cursor.needElements(count, size: Self.minimumSize(key) + Self.minimumSize(value), at: begin)
        return ThriftMapHeader(keyType: key, valueType: value, count: count)
    }

    /// The type of a list's elements; an empty list may name any.
    @inlinable
    func elementType(_ code: UInt8, count: Int, at begin: Int) throws(ThriftError) -> ThriftType {
        if let type = ThriftType(compactCode: code), type != .none || count == 0 { return type }
        if count == 0 { return .none }
        throw ThriftError(.type(code), offset: begin)
    }

    /// The next boolean.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func bool() throws(ThriftError) -> Bool {
        if let carried = carriedBool {
            carriedBool = nil
            return carried
        }
        return try cursor.byte() == 1
    }

    /// The next 8-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i8() throws(ThriftError) -> Int8 { Int8(bitPattern: try cursor.byte()) }

    /// The next 16-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i16() throws(ThriftError) -> Int16 { Int16(truncatingIfNeeded: try i64()) }

    /// The next 32-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i32() throws(ThriftError) -> Int32 { Int32(truncatingIfNeeded: try i64()) }

    /// The next 64-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i64() throws(ThriftError) -> Int64 {
        // Zigzag: the sign is the lowest bit.
        let bits = try cursor.varint()
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    /// The next floating point number.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func double() throws(ThriftError) -> Double {
        Double(bitPattern: UInt64(littleEndian: try cursor.integer()))
    }

    /// A view of the next text or bytes.
    @inlinable
    @_lifetime(copy self)
    public mutating func bytes() throws(ThriftError) -> RawSpan {
        let begin = offset
        let count = Int(clamping: try cursor.varint())
        return try cursor.take(count, countedAt: begin)
    }

    /// Passes over so many bytes.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func advance(_ count: Int) throws(ThriftError) { try cursor.advance(count) }

    /// The fewest bytes that a value of a type takes, when it is an element of a list.
    @inlinable
    public static func minimumSize(_ type: ThriftType) -> Int {
        switch type {
        case .double: 8
        case .uuid: 16
        default: 1
        }
    }
}
