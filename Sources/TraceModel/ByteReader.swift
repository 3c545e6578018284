/// Why some bytes could not be read, and where.
public struct ByteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    public enum Kind: Hashable, Sendable {
        /// The bytes ended early: so many were needed, so many were left.
        case truncated(needed: Int, left: Int)
        /// A base-128 varint of more than ten bytes.
        case varintTooLong
        /// A protobuf wire type that does not exist, or a group, which nothing we read has.
        case wireType(UInt8)
        /// A protobuf field number of zero.
        case fieldNumber
        /// Values nested deeper than the limit.
        case tooDeep(limit: Int)
    }

    /// What was wrong.
    public var kind: Kind
    /// Offset of the byte where reading failed, from the beginning of what was read.
    public var offset: Int

    /// Makes an error from its parts.
    public init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    public var description: String {
        switch kind {
        case .truncated(let needed, let left):
            "the data ends too early: \(needed) bytes needed at byte \(offset), \(left) left"
        case .varintTooLong: "a varint of more than 10 bytes at byte \(offset)"
        case .wireType(let type): "unknown protobuf wire type \(type) at byte \(offset)"
        case .fieldNumber: "protobuf field number 0 at byte \(offset)"
        case .tooDeep(let limit): "values nested deeper than \(limit) at byte \(offset)"
        }
    }
}

/// Reads numbers and runs of bytes from a view of bytes, front to back, and never past its end.
public struct ByteReader: ~Escapable {
    /// All the bytes, those already read included.
    public let bytes: RawSpan
    /// Offset of the next byte.
    public var offset: Int
    /// Where `bytes` begins in what errors count from.
    public let origin: Int

    /// A reader at the beginning of `bytes`; `origin` is added to the offsets in errors.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, origin: Int = 0) {
        self.bytes = bytes
        self.offset = 0
        self.origin = origin
    }

    /// How many bytes are left.
    @inlinable
    public var left: Int { bytes.byteCount - offset }

    /// Whether all has been read.
    @inlinable
    public var isAtEnd: Bool { offset >= bytes.byteCount }

    /// Throws unless `count` more bytes are there.
    @inlinable
    @inline(__always)
    public func need(_ count: Int) throws(ByteError) {
        if count < 0 || count > left { throw ByteError(.truncated(needed: count, left: left), offset: origin + offset) }
    }

    /// The next byte.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func byte() throws(ByteError) -> UInt8 {
        try need(1)
        let value = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        offset += 1
        return value
    }

    /// The next integer in little-endian order.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) throws(ByteError) -> Number {
        let size = MemoryLayout<Number>.size
        try need(size)
        let value = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
        offset += size
        return Number(littleEndian: value)
    }

    /// The next integer in big-endian order.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) throws(ByteError) -> Number {
        try littleEndian(type).byteSwapped
    }

    /// The next base-128 varint (protobuf encoding, "Base 128 Varints").
    ///
    /// Most tags and lengths are of one byte: only those are read in place.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func varint() throws(ByteError) -> UInt64 {
        if offset < bytes.byteCount {
            let first = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if first < 0x80 {
                offset += 1
                return UInt64(first)
            }
        }
        return try longVarint()
    }

    @inlinable
    @inline(never)
    @_lifetime(self: copy self)
    mutating func longVarint() throws(ByteError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            let next = try byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        throw ByteError(.varintTooLong, offset: origin + offset)
    }

    /// A view of the next `count` bytes.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    public mutating func take(_ count: Int) throws(ByteError) -> RawSpan {
        try need(count)
        let view = bytes.extracting(offset..<offset + count)
        offset += count
        return view
    }

    /// A view of the next bytes, whose count stands before them as a varint.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    public mutating func delimited() throws(ByteError) -> RawSpan {
        let count = try varint()
        guard count <= UInt64(left) else {
            let needed = Int(clamping: count)
            throw ByteError(.truncated(needed: needed, left: left), offset: origin + offset)
        }
        return try take(Int(count))
    }
}
