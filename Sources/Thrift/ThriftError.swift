/// Why some bytes are not the Thrift they should be, and where.
public struct ThriftError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    public enum Kind: Hashable, Sendable {
        /// The bytes ended early: so many were needed, so many were left.
        case truncated(needed: Int, left: Int)
        /// A text, list or map that says it is larger than what is left of the bytes, or smaller than nothing.
        case length(Int, left: Int)
        /// A varint of more than ten bytes.
        case varintTooLong
        /// A type code that does not exist.
        case type(UInt8)
        /// A message that begins with neither protocol's marker.
        case notAMessage(firstByte: UInt8)
        /// A version of the protocol that does not exist.
        case version(UInt16)
        /// A message kind that does not exist.
        case messageKind(UInt8)
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

    /// What was wrong and where, in a sentence for whoever reads the log.
    public var description: String {
        switch kind {
        case .truncated(let needed, let left):
            "the data ends too early: \(needed) bytes needed at byte \(offset), \(left) left"
        case .length(let length, _) where length < 0:
            "negative length \(length) at byte \(offset)"
        case .length(let length, let left):
            "length \(length) at byte \(offset) exceeds the \(left) bytes left"
        case .varintTooLong: "a varint of more than 10 bytes at byte \(offset)"
        case .type(let code): "unknown Thrift type \(code) at byte \(offset)"
        case .notAMessage(let byte):
            "not a Thrift message: it begins with byte 0x\(String(byte, radix: 16)) at byte \(offset)"
        case .version(let version):
            "unknown Thrift protocol version \(version) at byte \(offset)"
        case .messageKind(let code): "unknown Thrift message kind \(code) at byte \(offset)"
        case .tooDeep(let limit): "values nested deeper than \(limit) at byte \(offset)"
        }
    }
}
