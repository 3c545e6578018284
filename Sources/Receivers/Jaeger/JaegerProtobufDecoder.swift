import TraceModel

/// Reads the messages of jaeger's api_v2/model.proto into columns.
///
/// A span that has a process of its own keeps it; the others take that of their batch, wherever it stands.
struct JaegerProtobufDecoder {
    var builder = BatchBuilder()
    /// Why the request as a whole is invalid although its bytes are a message; the first reason found.
    var refusal: ReceiverError?

    /// Reads a `PostSpansRequest`: 1 batch.
    mutating func request(_ reader: inout ByteReader) throws(ByteError) {
        while let tag = try reader.tag() {
            if tag.number == 1, tag.type == .delimited {
                var message = try reader.message()
                try batch(&message)
            } else {
                try reader.skip(tag.type)
            }
        }
    }

    /// Reads a `Batch`: 1 spans, 2 process.
    private mutating func batch(_ reader: inout ByteReader) throws(ByteError) {
        let first = builder.count
        var process: Resource?
        var own: [(span: Int, process: Resource)] = []
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited):
                var message = try reader.message()
                let before = builder.count
                if let process = try span(&message), builder.count > before { own.append((before, process)) }
            case (2, .delimited):
                var message = try reader.message()
                process = try self.process(&message)
            default: try reader.skip(tag.type)
            }
        }
        builder.setResource(process ?? noProcess(), from: first)
        for entry in own { builder.setResource(entry.process, of: entry.span) }
    }

    /// What spans have whose process did not arrive.
    private mutating func noProcess() -> Resource {
        var resource = Resource()
        resource.format = .jaeger
        resource.service = builder.intern(text: "null-process-and-service-name")
        return resource
    }

    /// Reads a `Process`: 1 service_name, 2 tags.
    private mutating func process(_ reader: inout ByteReader) throws(ByteError) -> Resource {
        var resource = Resource()
        resource.format = .jaeger
        var dropped = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): resource.service = builder.intern(try reader.delimited())
            case (2, .delimited):
                var message = try reader.message()
                let tag = try keyValue(&message)
                if let tag, resource.attributes.count < ReceiverLimits.attributesMax {
                    resource.attributes.append(tag)
                } else {
                    if tag != nil { builder.truncated(.attributes) }
                    dropped += 1
                }
            default: try reader.skip(tag.type)
            }
        }
        resource.droppedAttributes = UInt32(clamping: dropped)
        if resource.service == 0 { resource.service = builder.intern(text: "empty-service-name") }
        return resource
    }

    /// Reads a `Span`, and returns its process if it has one of its own.
    ///
    /// 1 trace_id, 2 span_id, 3 operation_name, 4 references, 5 flags, 6 start_time, 7 duration, 8 tags, 9 logs,
    /// 10 process, 11 process_id, 12 warnings.
    private mutating func span(_ reader: inout ByteReader) throws(ByteError) -> Resource? {
        var span = OpenJaegerSpan()
        var process: Resource?
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): span.row.traceID = try traceID(&reader)
            case (2, .delimited): span.row.spanID = try spanID(&reader)
            case (3, .delimited): span.row.name = builder.intern(try reader.delimited())
            case (4, .delimited):
                var message = try reader.message()
                builder.append(try reference(&message), to: &span)
            case (5, .varint): span.row.flags = UInt32(truncatingIfNeeded: try reader.varint())
            case (6, .delimited):
                var message = try reader.message()
                if let time = try timestamp(&message) {
                    span.row.startNanoseconds = time
                } else {
                    span.isOutOfRange = true
                }
            case (7, .delimited):
                var message = try reader.message()
                if let duration = try duration(&message) {
                    span.row.durationNanoseconds = duration
                } else {
                    span.isOutOfRange = true
                }
            case (8, .delimited):
                var message = try reader.message()
                if let tag = try keyValue(&message) { builder.append(tag, to: &span) } else { span.dropped += 1 }
            case (9, .delimited):
                var message = try reader.message()
                span.events += 1
                if span.events <= ReceiverLimits.eventsMax {
                    try log(&message, of: &span)
                } else {
                    builder.truncated(.events)
                }
            case (10, .delimited):
                var message = try reader.message()
                process = try self.process(&message)
            default: try reader.skip(tag.type)
            }
        }
        builder.finish(&span)
        return process
    }

    /// Reads a `SpanRef`: 1 trace_id, 2 span_id, 3 ref_type.
    private mutating func reference(_ reader: inout ByteReader) throws(ByteError) -> LinkRow {
        var row = LinkRow()
        row.kind = .childOf
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): row.traceID = try traceID(&reader)
            case (2, .delimited): row.spanID = try spanID(&reader)
            case (3, .varint): row.kind = try reader.varint() == 1 ? .followsFrom : .childOf
            default: try reader.skip(tag.type)
            }
        }
        return row
    }

    /// Reads a `Log`: 1 timestamp, 2 fields.
    private mutating func log(_ reader: inout ByteReader, of span: inout OpenJaegerSpan) throws(ByteError) {
        var time: UInt64 = 0
        var log = OpenJaegerLog()
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited):
                var message = try reader.message()
                if let told = try timestamp(&message) { time = told } else { span.isOutOfRange = true }
            case (2, .delimited):
                var message = try reader.message()
                builder.append(try keyValue(&message), to: &log)
            default: try reader.skip(tag.type)
            }
        }
        builder.finish(log, time: time)
    }
}

extension JaegerProtobufDecoder {
    /// Reads a `KeyValue`: 1 key, 2 v_type, 3 v_str, 4 v_bool, 5 v_int64, 6 v_float64, 7 v_binary; the types are
    /// STRING 0, BOOL 1, INT64 2, FLOAT64 3, BINARY 4. Nil, and counted, if it exceeds a bound.
    private mutating func keyValue(_ reader: inout ByteReader) throws(ByteError) -> Attribute? {
        var key: StringRef? = 0
        var type: UInt64 = 0
        var string: StringRef = 0
        var bool: UInt64 = 0
        var int: UInt64 = 0
        var double: UInt64 = 0
        var binary: StringRef? = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): key = builder.internKey(try reader.delimited())
            case (2, .varint): type = try reader.varint()
            case (3, .delimited): string = builder.intern(try reader.delimited())
            case (4, .varint): bool = try reader.varint() != 0 ? 1 : 0
            case (5, .varint): int = try reader.varint()
            case (6, .fixed64): double = try reader.littleEndian()
            case (7, .delimited): binary = builder.internValue(try reader.delimited())
            default: try reader.skip(tag.type)
            }
        }
        guard let key, let binary else { return nil }
        switch type {
        case 1: return Attribute(key: key, type: .bool, value: bool)
        case 2: return Attribute(key: key, type: .int, value: int)
        case 3: return Attribute(key: key, type: .double, value: double)
        case 4: return Attribute(key: key, type: .bytes, value: UInt64(binary))
        default: return Attribute(key: key, type: .string, value: UInt64(string))
        }
    }

    /// `Timestamp` and `Duration` of protobuf: 1 seconds, 2 nanos.
    private func seconds(_ reader: inout ByteReader) throws(ByteError) -> (seconds: Int64, nanoseconds: Int64) {
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .varint): seconds = Int64(bitPattern: try reader.varint())
            case (2, .varint): nanoseconds = Int64(Int32(truncatingIfNeeded: try reader.varint()))
            default: try reader.skip(tag.type)
            }
        }
        return (seconds, nanoseconds)
    }

    /// Nanoseconds since 1970; nil before that and after what 64 bits hold.
    private func timestamp(_ reader: inout ByteReader) throws(ByteError) -> UInt64? {
        let time = try seconds(&reader)
        guard time.seconds >= 0, time.nanoseconds >= 0 else { return nil }
        let (whole, isOver) = UInt64(time.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isSumOver) = whole.addingReportingOverflow(UInt64(time.nanoseconds))
        return isOver || isSumOver ? nil : sum
    }

    /// Nanoseconds; nil if 64 bits do not hold them.
    private func duration(_ reader: inout ByteReader) throws(ByteError) -> Int64? {
        let time = try seconds(&reader)
        let (whole, isOver) = time.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isSumOver) = whole.addingReportingOverflow(time.nanoseconds)
        return isOver || isSumOver ? nil : sum
    }

    /// A trace id of 16 bytes, or of 8 as old clients sent it; the invalid one for none.
    private mutating func traceID(_ reader: inout ByteReader) throws(ByteError) -> TraceID {
        var id = try reader.message()
        if id.left == 16 { return TraceID(high: try id.bigEndian(), low: try id.bigEndian()) }
        if id.left == 8 { return TraceID(low: try id.bigEndian()) }
        if id.left != 0 { refuse("a trace_id of \(id.left) bytes, where 16 are needed", id.origin) }
        return TraceID(low: 0)
    }

    private mutating func spanID(_ reader: inout ByteReader) throws(ByteError) -> SpanID {
        var id = try reader.message()
        if id.left == 8 { return SpanID(try id.bigEndian()) }
        if id.left != 0 { refuse("a span_id of \(id.left) bytes, where 8 are needed", id.origin) }
        return .none
    }

    private mutating func refuse(_ message: String, _ offset: Int) {
        if refusal == nil { refusal = ReceiverError(message, offset: offset) }
    }
}

extension JaegerReceiver {
    /// Reads a `PostSpansRequest` of `jaeger.api_v2.CollectorService`.
    ///
    /// Throws if the bytes are no such message, or an id has a wrong length.
    public static func decodePostSpans(_ body: RawSpan) throws(ReceiverError) -> Received {
        try ReceiverError.checkSize(body)
        var decoder = JaegerProtobufDecoder()
        var reader = ByteReader(body)
        do {
            try decoder.request(&reader)
        } catch {
            throw ReceiverError(error, reading: "PostSpansRequest")
        }
        if let refusal = decoder.refusal { throw refusal }
        return decoder.builder.received
    }
}
