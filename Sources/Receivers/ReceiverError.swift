import TraceModel

/// A whole request that cannot be read: nothing of it is kept, and the client hears why.
public struct ReceiverError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong, in words for the person who operates the client.
    public var message: String
    /// Offset of the byte at which reading failed, in the decompressed body.
    public var offset: Int
    /// Where that is in a JSON body, such as `resourceSpans[0].scopeSpans[0].spans[3].spanId`; empty otherwise.
    public var path: String

    /// Makes an error from its parts.
    public init(_ message: String, offset: Int, path: String = "") {
        self.message = message
        self.offset = offset
        self.path = path
    }

    /// The error in words, with its place.
    public var description: String {
        path.isEmpty ? "\(message) (at byte \(offset))" : "\(path): \(message) (at byte \(offset))"
    }
}

extension ReceiverError {
    /// The error of a body whose bytes do not form the message that they should.
    init(_ error: ByteError, reading what: String) {
        self.init("not a valid \(what): \(error.reason)", offset: error.offset)
    }

    /// Throws if a body is larger than any that is read.
    static func checkSize(_ body: RawSpan) throws(ReceiverError) {
        if body.byteCount > ReceiverLimits.requestBytesMax {
            let limit = ReceiverLimits.requestBytesMax
            throw ReceiverError("\(body.byteCount) bytes, more than the limit of \(limit)", offset: limit)
        }
    }
}

extension ByteError {
    /// What was wrong, without the place.
    var reason: String {
        switch kind {
        case .truncated(let needed, let left): "it ends too early, \(needed) bytes are needed where \(left) are left"
        case .varintTooLong: "a varint of more than 10 bytes"
        case .wireType(let type): "unknown protobuf wire type \(type)"
        case .fieldNumber: "protobuf field number 0"
        case .tooDeep(let limit): "values nested deeper than \(limit)"
        }
    }
}
