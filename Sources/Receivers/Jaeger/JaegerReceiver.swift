import Thrift
import TraceModel

/// Reads what Jaeger's clients send in Thrift: over HTTP to port 14268, by UDP to 5775, 6831 and 6832.
///
/// A span whose id is all zeros, or whose times cannot be, is rejected alone.
public enum JaegerReceiver {
    /// Reads the body of a request to port 14268: a bare `Batch` in the binary protocol, or in the compact one.
    ///
    /// Throws if the bytes are no such structure, or it lacks the process or the spans.
    public static func decodeBatch(_ body: RawSpan) throws(ReceiverError) -> Received {
        try ReceiverError.checkSize(body)
        var decoder = JaegerDecoder()
        guard body.byteCount > 0 else {
            throw ReceiverError("the body is empty, a Thrift Batch was expected", offset: 0)
        }
        do {
            // No type of the binary protocol has a number as large as the smallest field header of the compact one.
            if body.unsafeLoad(as: UInt8.self) > 0x10 {
                var reader = CompactReader(body)
                try decoder.batch(&reader)
            } else {
                var reader = BinaryReader(body)
                try decoder.batch(&reader)
            }
        } catch {
            throw ReceiverError(error, reading: "Jaeger Batch")
        }
        if let refusal = decoder.refusal { throw refusal }
        return decoder.builder.received
    }

    /// Reads a datagram, `emitBatch` or `emitZipkinBatch` in either protocol, and adds its spans to `received`.
    ///
    /// `receivedAt`, in nanoseconds since 1970, is the start of Zipkin spans that tell none. Throws if the bytes are no
    /// such message: the spans of earlier datagrams, and those that stood before the damage, are in `received` even so.
    public static func decodeDatagram(
        _ datagram: RawSpan,
        into received: inout Received,
        receivedAt: UInt64 = 0
    ) throws(ReceiverError) {
        guard datagram.byteCount > 0 else { throw ReceiverError("an empty datagram", offset: 0) }
        let first = datagram.unsafeLoad(as: UInt8.self)
        switch ThriftEncoding(messageBeginningWith: first) {
        case .compact:
            var reader = CompactReader(datagram)
            try message(&reader, into: &received, receivedAt: receivedAt)
        case .binary:
            var reader = BinaryReader(datagram)
            try message(&reader, into: &received, receivedAt: receivedAt)
        case nil:
            let byte = String(first, radix: 16)
            throw ReceiverError("neither compact nor binary Thrift: the first byte is 0x\(byte)", offset: 0)
        }
    }

    private static func message<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        into received: inout Received,
        receivedAt: UInt64
    ) throws(ReceiverError) {
        var refusal: ReceiverError?
        do {
            let header = try reader.messageHeader()
            if header.isCalled("emitBatch") {
                // Moved into the decoder and back, so that nothing is copied.
                var decoder = JaegerDecoder()
                swap(&decoder.builder.received, &received)
                defer { swap(&decoder.builder.received, &received) }
                try decoder.arguments(&reader)
                refusal = decoder.refusal
            } else if header.isCalled("emitZipkinBatch") {
                var decoder = ZipkinThriftDecoder(receivedAt: receivedAt)
                swap(&decoder.spans.builder.received, &received)
                defer { swap(&decoder.spans.builder.received, &received) }
                try decoder.arguments(&reader)
            } else {
                let name = String(String(copying: header.name).prefix(60))
                refusal = ReceiverError("the unknown method \"\(name)\", where emitBatch is expected", offset: 0)
            }
        } catch {
            throw ReceiverError(error, reading: "message for Jaeger's agent")
        }
        if let refusal { throw refusal }
    }
}

extension ReceiverError {
    /// The error of a body whose bytes do not form the structure that they should.
    init(_ error: ThriftError, reading what: String) {
        self.init("not a valid \(what): \(error.reason)", offset: error.offset)
    }
}

extension ThriftError {
    /// What was wrong, without the place.
    fileprivate var reason: String {
        switch kind {
        case .truncated(let needed, let left): "it ends too early, \(needed) bytes are needed where \(left) are left"
        case .length(let length, let left): "a length of \(length) where \(left) bytes are left"
        case .varintTooLong: "a varint of more than 10 bytes"
        case .type(let code): "unknown Thrift type \(code)"
        case .notAMessage(let byte): "it begins with the byte 0x\(String(byte, radix: 16))"
        case .version(let version): "unknown Thrift protocol version \(version)"
        case .messageKind(let code): "unknown Thrift message kind \(code)"
        case .tooDeep(let limit): "values nested deeper than \(limit)"
        }
    }
}
