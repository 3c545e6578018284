/// Reads Thrift values from a view of bytes, front to back, and never past its end.
///
/// A decoder is written once, generic over this protocol, and the compiler makes it into one for each encoding:
///
///     let mark = reader.beginStruct()
///     while let field = try reader.fieldHeader() {
///         switch (field.id, field.type) {
///         case (1, .binary): name = try reader.bytes()
///         default: try reader.skip(field.type)
///         }
///     }
///     reader.endStruct(mark)
///
/// Integers wider than the type that is read lose their high bits, as in other Thrift libraries: a port number above
/// 32767 is written as an `i16` that way by some.
public protocol ThriftReader: ~Copyable, ~Escapable {
    /// Offset of the next byte.
    var offset: Int { get }
    /// How many bytes are left.
    var left: Int { get }

    /// Reads what stands before a message's arguments.
    @_lifetime(copy self)
    mutating func messageHeader() throws(ThriftError) -> ThriftMessageHeader

    /// Goes into a structure; give the result to `endStruct`.
    @_lifetime(self: copy self)
    mutating func beginStruct() -> ThriftStructMark

    /// Leaves a structure after `fieldHeader` gave nil.
    @_lifetime(self: copy self)
    mutating func endStruct(_ mark: ThriftStructMark)

    /// The next field's header, or nil at the end of the structure.
    @_lifetime(self: copy self)
    mutating func fieldHeader() throws(ThriftError) -> ThriftField?

    /// The header of a list or a set. Its count has been checked against the bytes that are left.
    @_lifetime(self: copy self)
    mutating func listHeader() throws(ThriftError) -> ThriftListHeader

    /// The header of a map. Its count has been checked against the bytes that are left.
    @_lifetime(self: copy self)
    mutating func mapHeader() throws(ThriftError) -> ThriftMapHeader

    /// The next boolean.
    @_lifetime(self: copy self)
    mutating func bool() throws(ThriftError) -> Bool

    /// The next 8-bit integer.
    @_lifetime(self: copy self)
    mutating func i8() throws(ThriftError) -> Int8

    /// The next 16-bit integer.
    @_lifetime(self: copy self)
    mutating func i16() throws(ThriftError) -> Int16

    /// The next 32-bit integer.
    @_lifetime(self: copy self)
    mutating func i32() throws(ThriftError) -> Int32

    /// The next 64-bit integer.
    @_lifetime(self: copy self)
    mutating func i64() throws(ThriftError) -> Int64

    /// The next floating point number.
    @_lifetime(self: copy self)
    mutating func double() throws(ThriftError) -> Double

    /// A view of the next text or bytes.
    @_lifetime(copy self)
    mutating func bytes() throws(ThriftError) -> RawSpan

    /// Passes over so many bytes.
    @_lifetime(self: copy self)
    mutating func advance(_ count: Int) throws(ThriftError)

    /// The fewest bytes that a value of a type takes, when it is an element of a list.
    static func minimumSize(_ type: ThriftType) -> Int
}

/// How deep structures, lists and maps may be nested in a value that is skipped.
public let thriftDepthLimit = 64

extension ThriftReader where Self: ~Copyable & ~Escapable {
    /// Passes over a value that nobody asked for.
    ///
    /// - Parameters:
    ///   - type: The value's type, from its header.
    ///   - depth: How many levels of nesting are still allowed.
    /// - Throws: When the bytes are not such a value, or it is nested too deep.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func skip(_ type: ThriftType, depth: Int = thriftDepthLimit) throws(ThriftError) {
        switch type {
        case .none: break
        case .bool: _ = try bool()
        case .i8: _ = try i8()
        case .i16: _ = try i16()
        case .i32: _ = try i32()
        case .i64: _ = try i64()
        case .double: _ = try double()
        case .binary: _ = try bytes()
        case .uuid: try advance(16)
        case .structure, .list, .set, .map:
            guard depth > 0 else { throw ThriftError(.tooDeep(limit: thriftDepthLimit), offset: offset) }
            try skipContainer(type, depth: depth - 1)
        }
    }

    @usableFromInline
    @_lifetime(self: copy self)
    mutating func skipContainer(_ type: ThriftType, depth: Int) throws(ThriftError) {
        switch type {
        case .structure:
            let mark = beginStruct()
            while let field = try fieldHeader() { try skip(field.type, depth: depth) }
            endStruct(mark)
        case .map:
            let header = try mapHeader()
            for _ in 0..<header.count {
                try skip(header.keyType, depth: depth)
                try skip(header.valueType, depth: depth)
            }
        default:
            let header = try listHeader()
            for _ in 0..<header.count { try skip(header.elementType, depth: depth) }
        }
    }

    /// Reads a list whose elements are structures: calls `body` for each; a list of anything else is skipped.
    ///
    /// `body` gets the reader inside the structure, before its first field, and reads up to where `fieldHeader` gives
    /// nil.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func forEachStruct(
        _ body: (inout Self) throws(ThriftError) -> Void
    ) throws(ThriftError) {
        let header = try listHeader()
        guard header.elementType == .structure else {
            for _ in 0..<header.count { try skip(header.elementType) }
            return
        }
        for _ in 0..<header.count {
            let mark = beginStruct()
            try body(&self)
            endStruct(mark)
        }
    }
}
