/// What stands before a message's arguments.
public struct ThriftMessageHeader: ~Escapable {
    /// What the message is for.
    public let kind: ThriftMessageKind
    /// The method's name, as it came.
    public let name: RawSpan
    /// The number by which a caller finds the reply.
    public let sequence: Int32

    /// Makes a header from its parts.
    @inlinable
    @_lifetime(copy name)
    public init(kind: ThriftMessageKind, name: RawSpan, sequence: Int32) {
        self.kind = kind
        self.name = name
        self.sequence = sequence
    }

    /// Whether the method has this name.
    public func isCalled(_ method: StaticString) -> Bool {
        guard method.utf8CodeUnitCount == name.byteCount else { return false }
        return method.withUTF8Buffer { expected in
            for index in 0..<expected.count
            where expected[index] != name.unsafeLoad(fromByteOffset: index, as: UInt8.self) {
                return false
            }
            return true
        }
    }
}

/// What stands before a field's value.
public struct ThriftField: Sendable, Equatable {
    /// The field's number in its structure.
    public var id: Int16
    /// The type of the value that follows.
    public var type: ThriftType

    /// Makes a header from its parts.
    @inlinable
    public init(id: Int16, type: ThriftType) {
        self.id = id
        self.type = type
    }

    /// Whether this is field `id` and has the type that is expected there.
    @inlinable
    public func matches(_ id: Int16, _ type: ThriftType) -> Bool { self.id == id && self.type == type }
}

/// What stands before the elements of a list or a set.
public struct ThriftListHeader: Sendable, Equatable {
    /// The type of all elements.
    public var elementType: ThriftType
    /// How many there are; so many can be in the bytes that are left.
    public var count: Int

    /// Makes a header from its parts.
    @inlinable
    public init(elementType: ThriftType, count: Int) {
        self.elementType = elementType
        self.count = count
    }
}

/// What stands before the pairs of a map.
public struct ThriftMapHeader: Sendable, Equatable {
    /// The type of all keys.
    public var keyType: ThriftType
    /// The type of all values.
    public var valueType: ThriftType
    /// How many pairs there are; so many can be in the bytes that are left.
    public var count: Int

    /// Makes a header from its parts.
    @inlinable
    public init(keyType: ThriftType, valueType: ThriftType, count: Int) {
        self.keyType = keyType
        self.valueType = valueType
        self.count = count
    }
}

/// What `endStruct` needs of the structure around the one that ends.
public struct ThriftStructMark: Sendable {
    /// The outer structure's last field number, from which the compact protocol counts on.
    @usableFromInline
    let fieldID: Int16

    @inlinable
    init(fieldID: Int16 = 0) {
        self.fieldID = fieldID
    }
}
