import TraceModel

/// Reads what comes in by OTLP: `ExportTraceServiceRequest` as protobuf (gRPC and HTTP) and as JSON (HTTP).
///
/// Fields that are unknown or of another type than they should be are passed over, as protobuf wants it. An id of a
/// wrong length makes the whole request invalid; a span whose id is missing or all zeros is rejected alone.
public enum OTLPReceiver {
    /// Reads a protobuf body.
    ///
    /// An empty one is valid and holds no spans.
    ///
    /// Throws if the bytes are no such message, or an id has a wrong length.
    public static func decodeProtobuf(_ body: RawSpan) throws(ReceiverError) -> Received {
        try ReceiverError.checkSize(body)
        var decoder = OTLPProtobufDecoder()
        var reader = ByteReader(body)
        do {
            try decoder.request(&reader)
        } catch {
            throw ReceiverError(error, reading: "OTLP ExportTraceServiceRequest")
        }
        if let refusal = decoder.refusal { throw refusal }
        return decoder.builder.received
    }
}

extension OTLPReceiver {
    /// Reads a JSON body.
    ///
    /// Beyond what OTLP says, names in snake case, names of enumeration's cases and numbers in quotes are understood.
    /// Throws if the bytes are not JSON, a known member has a value of another type, or an id is none.
    public static func decodeJSON(_ body: RawSpan) throws(ReceiverError) -> Received {
        try ReceiverError.checkSize(body)
        var decoder = OTLPJSONDecoder(body)
        do {
            try decoder.request()
        } catch {
            throw ReceiverError(error, in: body)
        }
        return decoder.builder.received
    }
}
