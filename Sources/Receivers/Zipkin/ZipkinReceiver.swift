import Thrift
import TraceModel

/// Reads what comes in on Zipkin's port: the JSON of its versions 1 and 2, version 2's protobuf and version 1's Thrift.
///
/// Zipkin's clients understand no partial success, so a request with an id that is none is refused as a whole; only
/// spans without ids, or with impossible times, are rejected alone. A span that tells no time gets `receivedAt`
/// (nanoseconds since 1970) and the attribute `otel.zipkin.absentField.startTime`.
public enum ZipkinReceiver {
    /// Reads a JSON list of version 2.
    ///
    /// Throws if it is not JSON, a known member has a value of another type, or an id is none.
    public static func decodeJSON(_ body: RawSpan, receivedAt: UInt64) throws(ReceiverError) -> Received {
        try decodeJSON(body, isFirstVersion: false, receivedAt: receivedAt)
    }

    /// Reads a JSON list of version 1.
    ///
    /// Throws if it is not JSON, a known member has a value of another type, or an id is none.
    public static func decodeJSONv1(_ body: RawSpan, receivedAt: UInt64) throws(ReceiverError) -> Received {
        try decodeJSON(body, isFirstVersion: true, receivedAt: receivedAt)
    }

    /// Reads a `zipkin.proto3.ListOfSpans`.
    ///
    /// Throws if the bytes are no such message, or an id has a wrong length.
    public static func decodeProtobuf(_ body: RawSpan, receivedAt: UInt64) throws(ReceiverError) -> Received {
        try ReceiverError.checkSize(body)
        var decoder = ZipkinProtobufDecoder(receivedAt: receivedAt)
        var reader = ByteReader(body)
        do {
            try decoder.list(&reader)
        } catch {
            throw ReceiverError(error, reading: "Zipkin ListOfSpans")
        }
        if let refusal = decoder.refusal { throw refusal }
        return decoder.spans.builder.received
    }

    /// Reads version 1's Thrift: a list of `zipkincore.Span` in the binary protocol.
    ///
    /// Throws if the bytes are no such list.
    public static func decodeThrift(_ body: RawSpan, receivedAt: UInt64) throws(ReceiverError) -> Received {
        try ReceiverError.checkSize(body)
        var decoder = ZipkinThriftDecoder(receivedAt: receivedAt)
        var reader = BinaryReader(body)
        do {
            try decoder.list(&reader)
        } catch {
            throw ReceiverError(error, reading: "list of Zipkin spans in Thrift")
        }
        return decoder.spans.builder.received
    }

    private static func decodeJSON(
        _ body: RawSpan,
        isFirstVersion: Bool,
        receivedAt: UInt64
    ) throws(ReceiverError) -> Received {
        try ReceiverError.checkSize(body)
        let spans = ZipkinSpans(BatchBuilder(), isFirstVersion: isFirstVersion, receivedAt: receivedAt)
        var decoder = ZipkinJSONDecoder(body, spans)
        do {
            try decoder.list()
        } catch {
            throw ReceiverError(error, in: body)
        }
        return decoder.spans.builder.received
    }
}
