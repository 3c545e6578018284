/// A place in a view of bytes: what both readers stand on.
@usableFromInline
struct ThriftCursor: ~Escapable {
    @usableFromInline let span: RawSpan
    @usableFromInline var offset: Int

    @inlinable
    @_lifetime(copy span)
    init(_ span: RawSpan) {
        self.span = span
        self.offset = 0
    }

    @inlinable
    var left: Int { span.byteCount - offset }

    /// Throws unless `count` more bytes are there.
    @inlinable
    func need(_ count: Int) throws(ThriftError) {
        if count > left { throw ThriftError(.truncated(needed: count, left: left), offset: offset) }
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func byte() throws(ThriftError) -> UInt8 {
        try need(1)
        let value = span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        offset += 1
        return value
    }

    /// The next integer in the byte order of this machine.
    @inlinable
    @_lifetime(self: copy self)
    mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) throws(ThriftError) -> Number {
        let size = MemoryLayout<Number>.size
        try need(size)
        let value = span.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
        offset += size
        return value
    }

    /// A base-128 varint.
    @inlinable
    @_lifetime(self: copy self)
    mutating func varint() throws(ThriftError) -> UInt64 {
        let first = try byte()
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while shift < 70 {
            let next = try byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        throw ThriftError(.varintTooLong, offset: offset)
    }

    /// Throws unless `count` elements of at least `size` bytes each can be in what is left.
    @inlinable
    func needElements(_ count: Int, size: Int, at begin: Int) throws(ThriftError) {
        if count < 0 || count > left / max(size, 1) { throw ThriftError(.length(count, left: left), offset: begin) }
    }

    /// A view of the next `count` bytes; `begin` is where the count stands.
    @inlinable
    @_lifetime(copy self)
    mutating func take(_ count: Int, countedAt begin: Int) throws(ThriftError) -> RawSpan {
        try needElements(count, size: 1, at: begin)
        let view = span.extracting(offset..<offset + count)
        offset += count
        return view
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func advance(_ count: Int) throws(ThriftError) {
        precondition(count >= 0, "bytes are read front to back")
        try need(count)
        offset += count
    }
}
