import TraceModel

/// How many of each kind one span has had, to hold it to its bounds.
private struct SpanCounts {
    var attributes = 0
    var events = 0
    var links = 0
    /// Left out because of a bound.
    var dropped = 0
}

extension OTLPProtobufDecoder {
    mutating func span(_ reader: inout ByteReader) throws(ByteError) {
        var row = SpanRow()
        var end: UInt64 = 0
        var counts = SpanCounts()
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): row.traceID = try traceID(&reader)
            case (2, .delimited): row.spanID = try spanID(&reader, "span_id")
            case (3, .delimited): row.traceState = builder.intern(try reader.delimited())
            case (4, .delimited): row.parentSpanID = try spanID(&reader, "parent_span_id")
            case (5, .delimited): row.name = builder.intern(try reader.delimited())
            case (6, .varint): row.kind = SpanKind(rawValue: UInt8(clamping: try reader.varint())) ?? .unspecified
            case (7, .fixed64): row.startNanoseconds = try reader.littleEndian()
            case (8, .fixed64): end = try reader.littleEndian()
            case (9, .delimited):
                var message = try reader.message()
                try spanAttribute(&message, &counts)
            case (10, .varint): row.droppedAttributes = UInt32(clamping: try reader.varint())
            case (11, .delimited):
                var message = try reader.message()
                counts.events += 1
                if counts.events <= ReceiverLimits.eventsMax { try event(&message) }
            case (12, .varint): row.droppedEvents = UInt32(clamping: try reader.varint())
            case (13, .delimited):
                var message = try reader.message()
                counts.links += 1
                if counts.links <= ReceiverLimits.linksMax { try link(&message) }
            case (14, .varint): row.droppedLinks = UInt32(clamping: try reader.varint())
            case (15, .delimited):
                var message = try reader.message()
                try status(&message, into: &row)
            case (16, .fixed32): row.flags = try reader.littleEndian()
            default: try reader.skip(tag.type)
            }
        }
        row.durationNanoseconds = Int64(bitPattern: end &- row.startNanoseconds)
        row.droppedAttributes = row.droppedAttributes.adding(counts.dropped)
        if counts.events > ReceiverLimits.eventsMax || counts.links > ReceiverLimits.linksMax { cut(counts, &row) }
        builder.appendSpan(row)
    }

    @inline(__always)
    private mutating func spanAttribute(_ reader: inout ByteReader, _ counts: inout SpanCounts) throws(ByteError) {
        counts.attributes += 1
        if counts.attributes > ReceiverLimits.attributesMax {
            builder.truncated(.attributes)
            counts.dropped += 1
        } else if let read = try keyValue(&reader) {
            builder.received.batch.spanAttributes.append(key: read.key, type: read.type, value: read.value)
        } else {
            counts.dropped += 1
        }
    }

    @inline(never)
    private mutating func cut(_ counts: SpanCounts, _ row: inout SpanRow) {
        let events = max(0, counts.events - ReceiverLimits.eventsMax)
        let links = max(0, counts.links - ReceiverLimits.linksMax)
        if events > 0 { builder.truncated(.events, count: events) }
        if links > 0 { builder.truncated(.links, count: links) }
        row.droppedEvents = row.droppedEvents.adding(events)
        row.droppedLinks = row.droppedLinks.adding(links)
    }

    private mutating func event(_ reader: inout ByteReader) throws(ByteError) {
        var time: UInt64 = 0
        var name: StringRef = 0
        var dropped: UInt32 = 0
        var counts = SpanCounts()
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .fixed64): time = try reader.littleEndian()
            case (2, .delimited): name = builder.intern(try reader.delimited())
            case (3, .delimited):
                var message = try reader.message()
                counts.attributes += 1
                if counts.attributes > ReceiverLimits.attributesMax {
                    builder.truncated(.attributes)
                    counts.dropped += 1
                } else if let read = try keyValue(&message) {
                    builder.received.batch.events.attributes.append(key: read.key, type: read.type, value: read.value)
                } else {
                    counts.dropped += 1
                }
            case (4, .varint): dropped = UInt32(clamping: try reader.varint())
            default: try reader.skip(tag.type)
            }
        }
        dropped = dropped.adding(counts.dropped)
        builder.received.batch.events.append(time: time, name: name, droppedAttributes: dropped)
    }

    private mutating func link(_ reader: inout ByteReader) throws(ByteError) {
        var row = LinkRow()
        var counts = SpanCounts()
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): row.traceID = try traceID(&reader)
            case (2, .delimited): row.spanID = try spanID(&reader, "span_id of a link")
            case (3, .delimited): row.traceState = builder.intern(try reader.delimited())
            case (4, .delimited):
                var message = try reader.message()
                counts.attributes += 1
                if counts.attributes > ReceiverLimits.attributesMax {
                    builder.truncated(.attributes)
                    counts.dropped += 1
                } else if let read = try keyValue(&message) {
                    builder.received.batch.links.attributes.append(key: read.key, type: read.type, value: read.value)
                } else {
                    counts.dropped += 1
                }
            case (5, .varint): row.droppedAttributes = UInt32(clamping: try reader.varint())
            case (6, .fixed32): row.flags = try reader.littleEndian()
            default: try reader.skip(tag.type)
            }
        }
        row.droppedAttributes = row.droppedAttributes.adding(counts.dropped)
        builder.received.batch.links.append(row)
    }

    private mutating func status(_ reader: inout ByteReader, into row: inout SpanRow) throws(ByteError) {
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (2, .delimited): row.statusMessage = builder.intern(try reader.delimited())
            case (3, .varint): row.status = StatusCode(rawValue: UInt8(clamping: try reader.varint())) ?? .unset
            default: try reader.skip(tag.type)
            }
        }
    }

    /// A trace id of 16 bytes, or the invalid one for none.
    @inline(__always)
    private mutating func traceID(_ reader: inout ByteReader) throws(ByteError) -> TraceID {
        var id = try reader.message()
        if id.left == 16 { return TraceID(high: try id.bigEndian(), low: try id.bigEndian()) }
        if id.left != 0 { refuse("a trace_id of \(id.left) bytes, where 16 are needed", id.origin) }
        return TraceID(low: 0)
    }

    /// A span id of 8 bytes, or none.
    @inline(__always)
    private mutating func spanID(_ reader: inout ByteReader, _ field: StaticString) throws(ByteError) -> SpanID {
        var id = try reader.message()
        if id.left == 8 { return SpanID(try id.bigEndian()) }
        if id.left != 0 { refuse("a \(field) of \(id.left) bytes, where 8 are needed", id.origin) }
        return .none
    }

    @inline(never)
    private mutating func refuse(_ message: @autoclosure () -> String, _ offset: Int) {
        if refusal == nil { refusal = ReceiverError(message(), offset: offset) }
    }
}
