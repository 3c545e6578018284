/// The types a Thrift value can have on the wire, with their codes in the binary protocol.
public enum ThriftType: UInt8, Sendable, CaseIterable {
    /// No type: what the header of an empty list or map may name.
    case none = 0
    case bool = 2
    case i8 = 3
    case double = 4
    case i16 = 6
    case i32 = 8
    case i64 = 10
    /// Text or bytes: the wire does not tell them apart.
    case binary = 11
    case structure = 12
    case map = 13
    case set = 14
    case list = 15
    case uuid = 16

    /// The type's code in the compact protocol; for a bool the code of `true`, as lists name it.
    @inlinable
    public var compactCode: UInt8 {
        switch self {
        case .none: 0
        case .bool: 1
        case .i8: 3
        case .i16: 4
        case .i32: 5
        case .i64: 6
        case .double: 7
        case .binary: 8
        case .list: 9
        case .set: 10
        case .map: 11
        case .structure: 12
        case .uuid: 13
        }
    }

    /// The type with this code in the compact protocol, or nil when there is none.
    @inlinable
    public init?(compactCode: UInt8) {
        switch compactCode {
        case 0: self = .none
        case 1, 2: self = .bool
        case 3: self = .i8
        case 4: self = .i16
        case 5: self = .i32
        case 6: self = .i64
        case 7: self = .double
        case 8: self = .binary
        case 9: self = .list
        case 10: self = .set
        case 11: self = .map
        case 12: self = .structure
        case 13: self = .uuid
        default: return nil
        }
    }
}

/// What a Thrift message is for.
public enum ThriftMessageKind: UInt8, Sendable {
    case call = 1
    case reply = 2
    case exception = 3
    /// A call that nobody answers: what Jaeger's clients send.
    case oneway = 4
}

/// The two protocols, and how to tell one from the other.
public enum ThriftEncoding: Sendable {
    case compact
    case binary

    /// The protocol of a message, told by its first byte; nil when it is neither.
    public init?(messageBeginningWith byte: UInt8) {
        switch byte {
        case 0x82: self = .compact
        // A strict message, or the high byte of an old message's name length.
        case 0x80, 0x00: self = .binary
        default: return nil
        }
    }
}
