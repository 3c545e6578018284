/// Reads Thrift's binary protocol: integers of fixed width, high byte first.
///
/// Jaeger's clients send it to UDP port 6832 and over HTTP to port 14268, Zipkin's to port 9411.
public struct BinaryReader: ThriftReader, ~Escapable {
    @usableFromInline var cursor: ThriftCursor

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

    /// Reads what stands before a message's arguments, of a strict message or of an old one without a version.
    @_lifetime(copy self)
    public mutating func messageHeader() throws(ThriftError) -> ThriftMessageHeader {
        let begin = offset
        let first = try i32()
        if first < 0 {
            let version = UInt16(truncatingIfNeeded: first >> 16)
            guard version == 0x8001 else {
                let byte = UInt8(version >> 8)
                if byte != 0x80 { throw ThriftError(.notAMessage(firstByte: byte), offset: begin) }
                throw ThriftError(.version(version & 0x7FFF), offset: begin)
            }
            let kind = try messageKind(UInt8(truncatingIfNeeded: first), at: begin + 3)
            let name = try bytes()
            return ThriftMessageHeader(kind: kind, name: name, sequence: try i32())
        }
        // The old form has no marker: its name's length comes first.
        let name = try cursor.take(Int(first), countedAt: begin)
        let kind = try messageKind(try cursor.byte(), at: offset - 1)
        return ThriftMessageHeader(kind: kind, name: name, sequence: try i32())
    }

    private func messageKind(_ code: UInt8, at begin: Int) throws(ThriftError) -> ThriftMessageKind {
        guard let kind = ThriftMessageKind(rawValue: code) else { throw ThriftError(.messageKind(code), offset: begin) }
        return kind
    }

    /// Goes into a structure: nothing marks its beginning in this protocol.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func beginStruct() -> ThriftStructMark { ThriftStructMark() }

    /// Leaves a structure after `fieldHeader` gave nil.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func endStruct(_ mark: ThriftStructMark) {}

    /// The next field's header, or nil at the end of the structure.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func fieldHeader() throws(ThriftError) -> ThriftField? {
        let begin = offset
        let code = try cursor.byte()
        if code == 0 { return nil }
        guard let type = ThriftType(rawValue: code) else { throw ThriftError(.type(code), offset: begin) }
        return ThriftField(id: try i16(), type: type)
    }

    /// The header of a list or a set.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func listHeader() throws(ThriftError) -> ThriftListHeader {
        let begin = offset
        let code = try cursor.byte()
        let count = Int(try i32())
        let type = try elementType(code, count: count, at: begin)
        try cursor.needElements(count, size: Self.minimumSize(type), at: begin + 1)
        return ThriftListHeader(elementType: type, count: count)
    }

    /// The header of a map.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func mapHeader() throws(ThriftError) -> ThriftMapHeader {
        let begin = offset
        let keyCode = try cursor.byte()
        let valueCode = try cursor.byte()
        let count = Int(try i32())
        let key = try elementType(keyCode, count: count, at: begin)
        let value = try elementType(valueCode, count: count, at: begin + 1)
        try cursor.needElements(count, size: Self.minimumSize(key) + Self.minimumSize(value), at: begin + 2)
        return ThriftMapHeader(keyType: key, valueType: value, count: count)
    }

    /// The type of a list's elements; an empty list may name any.
    @inlinable
    func elementType(_ code: UInt8, count: Int, at begin: Int) throws(ThriftError) -> ThriftType {
        if let type = ThriftType(rawValue: code), type != .none || count == 0 { return type }
        if count == 0 { return .none }
        throw ThriftError(.type(code), offset: begin)
    }

    /// The next boolean.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func bool() throws(ThriftError) -> Bool { try cursor.byte() != 0 }

    /// The next 8-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i8() throws(ThriftError) -> Int8 { Int8(bitPattern: try cursor.byte()) }

    /// The next 16-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i16() throws(ThriftError) -> Int16 { Int16(bigEndian: try cursor.integer()) }

    /// The next 32-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i32() throws(ThriftError) -> Int32 { Int32(bigEndian: try cursor.integer()) }

    /// The next 64-bit integer.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func i64() throws(ThriftError) -> Int64 { Int64(bigEndian: try cursor.integer()) }

    /// The next floating point number.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func double() throws(ThriftError) -> Double {
        Double(bitPattern: UInt64(bigEndian: try cursor.integer()))
    }

    /// A view of the next text or bytes.
    @inlinable
    @_lifetime(copy self)
    public mutating func bytes() throws(ThriftError) -> RawSpan {
        let begin = offset
        let count = Int(try i32())
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
        case .none, .bool, .i8, .structure: 1
        case .i16: 2
        case .i32, .binary: 4
        case .i64, .double: 8
        case .set, .list: 5
        case .map: 6
        case .uuid: 16
        }
    }
}
