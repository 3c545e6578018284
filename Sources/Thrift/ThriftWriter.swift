/// Appends Thrift values to an array of bytes.
///
/// An encoder is written once, generic over this protocol. To learn the size of a structure before it is sent, write it
/// to a scratch writer: its bytes can be appended to any other writer of the same encoding with `raw`.
public protocol ThriftWriter {
    /// A copy of what has been written.
    var bytes: [UInt8] { get }
    /// How many bytes have been written.
    var count: Int { get }

    /// A writer with room for so many bytes before it has to grow.
    init(capacity: Int)

    /// How many bytes the header of a list takes, and that of the field it is in, where the field's number follows
    /// closely on the one before.
    static func listFieldSize(count: Int) -> Int

    /// Forgets what has been written and keeps the memory.
    mutating func removeAll()
    /// What has been written, without a copy; the writer is empty then, and has no memory.
    mutating func takeBytes() -> [UInt8]
    /// Writes what stands before a message's arguments.
    mutating func messageHeader(_ name: StaticString, kind: ThriftMessageKind, sequence: Int32)
    /// Goes into a structure; give the result to `endStruct`.
    mutating func beginStruct() -> ThriftStructMark
    /// Goes into a structure of which the fields up to a number were written elsewhere.
    mutating func resumeStruct(after fieldID: Int16) -> ThriftStructMark
    /// Ends a structure.
    mutating func endStruct(_ mark: ThriftStructMark)
    /// Writes the header of a field whose value follows; for a boolean use `boolField`.
    mutating func field(_ id: Int16, _ type: ThriftType)
    /// Writes a field that is a boolean.
    mutating func boolField(_ id: Int16, _ value: Bool)
    /// Writes a field that is a 32-bit integer.
    mutating func i32Field(_ id: Int16, _ value: Int32)
    /// Writes a field that is a 64-bit integer.
    mutating func i64Field(_ id: Int16, _ value: Int64)
    /// Writes a field that is a floating point number.
    mutating func doubleField(_ id: Int16, _ value: Double)
    /// Writes a field that is bytes.
    mutating func binaryField(_ id: Int16, _ value: RawSpan)
    /// Writes the header of a list or a set whose elements follow.
    mutating func listHeader(_ elementType: ThriftType, count: Int)
    /// Writes the header of a map whose keys and values follow in turn.
    mutating func mapHeader(_ keyType: ThriftType, _ valueType: ThriftType, count: Int)
    /// Writes a boolean that is an element of a list.
    mutating func bool(_ value: Bool)
    /// Writes an 8-bit integer.
    mutating func i8(_ value: Int8)
    /// Writes a 16-bit integer.
    mutating func i16(_ value: Int16)
    /// Writes a 32-bit integer.
    mutating func i32(_ value: Int32)
    /// Writes a 64-bit integer.
    mutating func i64(_ value: Int64)
    /// Writes a floating point number.
    mutating func double(_ value: Double)
    /// Writes bytes.
    mutating func binary(_ value: some Collection<UInt8>)
    /// Writes bytes.
    mutating func binary(_ value: RawSpan)
    /// Writes text that is known when the program is compiled.
    mutating func binary(_ value: StaticString)
    /// Appends bytes that were written elsewhere in this encoding.
    mutating func raw(_ written: some Sequence<UInt8>)
}

extension ThriftWriter {
    /// Writes text.
    @inlinable
    public mutating func string(_ value: String) { binary(value.utf8) }

    /// Writes a field that is text.
    @inlinable
    public mutating func stringField(_ id: Int16, _ value: String) {
        field(id, .binary)
        binary(value.utf8)
    }

    /// Writes a field that is text which is known when the program is compiled.
    @inlinable
    public mutating func stringField(_ id: Int16, _ value: StaticString) {
        field(id, .binary)
        binary(value)
    }

    /// Writes a field that is bytes.
    @inlinable
    public mutating func binaryField(_ id: Int16, _ value: some Collection<UInt8>) {
        field(id, .binary)
        binary(value)
    }

    /// Writes the header of a field that is a list.
    @inlinable
    public mutating func listField(_ id: Int16, _ elementType: ThriftType, count: Int) {
        field(id, .list)
        listHeader(elementType, count: count)
    }

    /// Writes a structure; `body` writes its fields.
    @inlinable
    public mutating func structure(_ body: (inout Self) -> Void) {
        let mark = beginStruct()
        body(&self)
        endStruct(mark)
    }

    /// Writes a field that is a structure; `body` writes the structure's fields.
    @inlinable
    public mutating func structField(_ id: Int16, _ body: (inout Self) -> Void) {
        field(id, .structure)
        structure(body)
    }
}
