import Thrift
import TraceModel

/// What is known of a span besides its row while it is read.
private struct OpenSpan {
    var row = SpanRow()
    var start: Int64 = 0
    var duration: Int64 = 0
    var hasError = false
    var attributes = 0
    var events = 0
    var links = 0
    var dropped = 0
    var isOutOfRange = false
}

extension JaegerDecoder {
    mutating func span<Reader: ThriftReader & ~Copyable & ~Escapable>(_ reader: inout Reader) throws(ThriftError) {
        var span = OpenSpan()
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64): span.row.traceID.low = UInt64(bitPattern: try reader.i64())
            case (2, .i64): span.row.traceID.high = UInt64(bitPattern: try reader.i64())
            case (3, .i64): span.row.spanID.bits = UInt64(bitPattern: try reader.i64())
            case (4, .i64): span.row.parentSpanID.bits = UInt64(bitPattern: try reader.i64())
            case (5, .binary): span.row.name = builder.intern(try reader.bytes())
            case (6, .list): try references(&reader, of: &span)
            case (7, .i32): span.row.flags = UInt32(bitPattern: try reader.i32())
            case (8, .i64): span.start = try reader.i64()
            case (9, .i64): span.duration = try reader.i64()
            case (10, .list): try tags(&reader, of: &span)
            case (11, .list): try logs(&reader, of: &span)
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        finish(&span)
    }

    private mutating func finish(_ span: inout OpenSpan) {
        if let start = nanoseconds(span.start) { span.row.startNanoseconds = start } else { span.isOutOfRange = true }
        let (duration, overflow) = span.duration.multipliedReportingOverflow(by: 1_000)
        span.row.durationNanoseconds = duration
        if span.hasError { span.row.status = .error }
        span.row.droppedAttributes = UInt32(clamping: span.dropped)
        span.row.droppedEvents = UInt32(clamping: max(0, span.events - ReceiverLimits.eventsMax))
        span.row.droppedLinks = UInt32(clamping: max(0, span.links - ReceiverLimits.linksMax))
        if !span.row.parentSpanID.isValid, span.links > 0 { span.row.parentSpanID = referencedParent(of: span.row) }
        if span.isOutOfRange || overflow {
            builder.reject(.invalidTime, span.row)
        } else {
            builder.appendSpan(span.row)
        }
    }

    /// Microseconds since 1970 as nanoseconds; nil before that and after what 64 bits hold.
    @inline(__always)
    private func nanoseconds(_ microseconds: Int64) -> UInt64? {
        guard microseconds >= 0 else { return nil }
        let (time, overflow) = UInt64(microseconds).multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : time
    }

    /// The parent that the open span's references name.
    ///
    /// It is the first CHILD_OF in its trace, or else the first FOLLOWS_FROM.
    private func referencedParent(of row: SpanRow) -> SpanID {
        var follows = SpanID.none
        let end = builder.received.batch.links.count
        for index in Int(builder.received.batch.links.ends.last ?? 0)..<end {
            guard builder.received.batch.links.traceIDLow[index] == row.traceID.low,
                builder.received.batch.links.traceIDHigh[index] == row.traceID.high
            else { continue }
            let id = SpanID(builder.received.batch.links.spanIDs[index])
            if builder.received.batch.links.kinds[index] == .childOf { return id }
            if !follows.isValid { follows = id }
        }
        return follows
    }

    private mutating func references<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenSpan
    ) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            guard list.elementType == .structure else {
                try reader.skip(list.elementType)
                continue
            }
            var row = LinkRow()
            row.kind = .childOf
            let mark = reader.beginStruct()
            while let field = try reader.fieldHeader() {
                switch (field.id, field.type) {
                case (1, .i32): row.kind = try reader.i32() == 1 ? .followsFrom : .childOf
                case (2, .i64): row.traceID.low = UInt64(bitPattern: try reader.i64())
                case (3, .i64): row.traceID.high = UInt64(bitPattern: try reader.i64())
                case (4, .i64): row.spanID.bits = UInt64(bitPattern: try reader.i64())
                default: try reader.skip(field.type)
                }
            }
            reader.endStruct(mark)
            span.links += 1
            if span.links > ReceiverLimits.linksMax {
                builder.truncated(.links)
            } else {
                builder.received.batch.links.append(row)
            }
        }
    }

    private mutating func tags<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenSpan
    ) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            guard list.elementType == .structure else {
                try reader.skip(list.elementType)
                continue
            }
            guard let tag = try tag(&reader) else {
                span.dropped += 1
                continue
            }
            span.attributes += 1
            if span.attributes > ReceiverLimits.attributesMax {
                builder.truncated(.attributes)
                span.dropped += 1
                continue
            }
            builder.received.batch.spanAttributes.append(key: tag.key, type: tag.type, value: tag.value)
            derive(from: tag, &span)
        }
    }

    /// Takes kind and status from the tags by which OpenTracing tells them; the tags stay what they are.
    @inline(__always)
    private func derive(from tag: Attribute, _ span: inout OpenSpan) {
        let key = builder.received.batch.strings.bytes(tag.key)
        switch key.byteCount {
        case 5:
            if key.equals("error") { span.hasError = span.hasError || isTrue(tag) }
        case 9:
            if tag.type == .string, span.row.kind == .unspecified, key.equals("span.kind") { span.row.kind = kind(tag) }
        case 16:
            if tag.type == .string, key.equals("otel.status_code") {
                let code = builder.received.batch.strings.bytes(StringRef(truncatingIfNeeded: tag.value))
                span.row.status = code.equals("ERROR") ? .error : code.equals("OK") ? .ok : span.row.status
            }
        default: break
        }
    }

    private func isTrue(_ tag: Attribute) -> Bool {
        if tag.type == .bool { return tag.value != 0 }
        guard tag.type == .string else { return false }
        return builder.received.batch.strings.bytes(StringRef(truncatingIfNeeded: tag.value)).equals("true")
    }

    private func kind(_ tag: Attribute) -> SpanKind {
        let word = builder.received.batch.strings.bytes(StringRef(truncatingIfNeeded: tag.value))
        if word.equals("server") { return .server }
        if word.equals("client") { return .client }
        if word.equals("producer") { return .producer }
        if word.equals("consumer") { return .consumer }
        if word.equals("internal") { return .internal }
        return .unspecified
    }

    private mutating func logs<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenSpan
    ) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            span.events += 1
            guard list.elementType == .structure, span.events <= ReceiverLimits.eventsMax else {
                if list.elementType == .structure { builder.truncated(.events) }
                try reader.skip(list.elementType)
                continue
            }
            try log(&reader, of: &span)
        }
    }

    private mutating func log<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenSpan
    ) throws(ThriftError) {
        var time: UInt64 = 0
        var name: StringRef?
        var count = 0
        var dropped = 0
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64):
                if let told = nanoseconds(try reader.i64()) { time = told } else { span.isOutOfRange = true }
            case (2, .list):
                let list = try reader.listHeader()
                for _ in 0..<list.count {
                    guard list.elementType == .structure else {
                        try reader.skip(list.elementType)
                        continue
                    }
                    let tag = try tag(&reader)
                    guard let tag, count < ReceiverLimits.attributesMax else {
                        if tag != nil { builder.truncated(.attributes) }
                        dropped += 1
                        continue
                    }
                    count += 1
                    builder.received.batch.events.attributes.append(key: tag.key, type: tag.type, value: tag.value)
                    if name == nil, tag.type == .string, builder.received.batch.strings.bytes(tag.key).equals("event") {
                        name = StringRef(truncatingIfNeeded: tag.value)
                    }
                }
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        builder.received.batch.events.append(time: time, name: name ?? 0, droppedAttributes: UInt32(clamping: dropped))
    }
}
