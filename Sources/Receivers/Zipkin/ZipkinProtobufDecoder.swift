import TraceModel

/// Reads `zipkin.proto3.ListOfSpans` (zipkin-api, zipkin.proto).
struct ZipkinProtobufDecoder {
    var spans: ZipkinSpans
    /// Why the request as a whole is invalid although its bytes are a message; the first reason found.
    var refusal: ReceiverError?

    init(receivedAt: UInt64) {
        spans = ZipkinSpans(BatchBuilder(), isFirstVersion: false, receivedAt: receivedAt)
    }

    mutating func list(_ reader: inout ByteReader) throws(ByteError) {
        while let tag = try reader.tag() {
            guard tag.number == 1, tag.type == .delimited else {
                try reader.skip(tag.type)
                continue
            }
            var message = try reader.message()
            try span(&message)
            spans.finish()
        }
    }

    private mutating func span(_ reader: inout ByteReader) throws(ByteError) {
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): spans.row.traceID = try traceID(&reader)
            case (2, .delimited): spans.row.parentSpanID = try spanID(&reader, "parent_id")
            case (3, .delimited): spans.row.spanID = try spanID(&reader, "id")
            case (4, .varint): spans.row.kind = Self.kind(try reader.varint())
            case (5, .delimited): spans.row.name = spans.builder.intern(try reader.delimited())
            case (6, .fixed64): spans.setStart(try reader.littleEndian())
            case (7, .varint): spans.setDuration(try reader.varint())
            case (8, .delimited): spans.setLocal(try endpoint(&reader))
            case (9, .delimited): spans.setRemote(try endpoint(&reader))
            case (10, .delimited):
                var message = try reader.message()
                try annotation(&message)
            case (11, .delimited):
                var message = try reader.message()
                try self.tag(&message)
            default: try reader.skip(tag.type)
            }
        }
    }

    private static func kind(_ number: UInt64) -> SpanKind {
        switch number {
        case 1: .client
        case 2: .server
        case 3: .producer
        case 4: .consumer
        default: .unspecified
        }
    }

    private mutating func annotation(_ reader: inout ByteReader) throws(ByteError) {
        var time: UInt64 = 0
        var value: StringRef = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .fixed64): time = try reader.littleEndian()
            case (2, .delimited): value = spans.builder.intern(try reader.delimited())
            default: try reader.skip(tag.type)
            }
        }
        spans.annotation(time, value, nil)
    }

    private mutating func tag(_ reader: inout ByteReader) throws(ByteError) {
        var key: StringRef? = 0
        var value: StringRef = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): key = spans.builder.internKey(try reader.delimited())
            case (2, .delimited): value = spans.builder.intern(try reader.delimited())
            default: try reader.skip(tag.type)
            }
        }
        if let key { spans.tag(key, value) } else { spans.drop() }
    }

    private mutating func endpoint(_ outer: inout ByteReader) throws(ByteError) -> ZipkinEndpoint {
        var reader = try outer.message()
        var endpoint = ZipkinEndpoint()
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): endpoint.service = spans.builder.intern(try reader.delimited())
            case (2, .delimited): endpoint.ipv4 = spans.builder.intern(address: try reader.delimited())
            case (3, .delimited): endpoint.ipv6 = spans.builder.intern(address: try reader.delimited())
            case (4, .varint): endpoint.port = UInt16(truncatingIfNeeded: try reader.varint())
            default: try reader.skip(tag.type)
            }
        }
        return endpoint
    }

    private mutating func traceID(_ reader: inout ByteReader) throws(ByteError) -> TraceID {
        var id = try reader.message()
        switch id.left {
        case 0: return TraceID(low: 0)
        case 8: return TraceID(low: try id.bigEndian())
        case 16: return TraceID(high: try id.bigEndian(), low: try id.bigEndian())
        default:
            refuse("a trace_id of \(id.left) bytes, where 8 or 16 are needed", id.origin)
            return TraceID(low: 0)
        }
    }

    private mutating func spanID(_ reader: inout ByteReader, _ field: StaticString) throws(ByteError) -> SpanID {
        var id = try reader.message()
        if id.left == 8 { return SpanID(try id.bigEndian()) }
        if id.left != 0 { refuse("a span's \(field) of \(id.left) bytes, where 8 are needed", id.origin) }
        return .none
    }

    private mutating func refuse(_ message: String, _ offset: Int) {
        if refusal == nil { refusal = ReceiverError(message, offset: offset) }
    }
}
