import TraceModel

/// Whose attributes are being read.
private enum Owner {
    case span, event, link
}

extension OTLPJSONDecoder {
    @_lifetime(self: copy self)
    mutating func span() throws(JSONError) {
        var row = SpanRow()
        var end: UInt64 = 0
        var dropped = 0
        if try !openObject() { return }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .traceID: row.traceID = try traceID()
            case .spanID: row.spanID = try spanID()
            case .parentSpanID: row.parentSpanID = try spanID()
            case .traceState: row.traceState = try string()
            case .name: row.name = try string()
            case .kind: row.kind = try kind()
            case .startTime: row.startNanoseconds = try time()
            case .endTime: end = try time()
            case .attributes: dropped += try attributes(of: .span)
            case .droppedAttributes: row.droppedAttributes = try count()
            case .events: try events(of: &row)
            case .droppedEvents: row.droppedEvents = row.droppedEvents.adding(Int(try count()))
            case .links: try links(of: &row)
            case .droppedLinks: row.droppedLinks = row.droppedLinks.adding(Int(try count()))
            case .status: try status(of: &row)
            case .flags: row.flags = try count()
            default: try reader.skipValue()
            }
        }
        row.durationNanoseconds = Int64(bitPattern: end &- row.startNanoseconds)
        row.droppedAttributes = row.droppedAttributes.adding(dropped)
        builder.appendSpan(row)
    }

    /// Reads attributes onto the open list of their owner; how many were left out because of a bound.
    @_lifetime(self: copy self)
    private mutating func attributes(of owner: Owner) throws(JSONError) -> Int {
        var count = 0
        var dropped = 0
        if try !openList() { return 0 }
        while try reader.nextElement() {
            count += 1
            if count > ReceiverLimits.attributesMax {
                builder.truncated(.attributes)
                dropped += 1
                try reader.skipValue()
            } else if let read = try keyValue() {
                switch owner {
                case .span:
                    builder.received.batch.spanAttributes.append(key: read.key, type: read.type, value: read.value)
                case .event:
                    builder.received.batch.events.attributes.append(key: read.key, type: read.type, value: read.value)
                case .link:
                    builder.received.batch.links.attributes.append(key: read.key, type: read.type, value: read.value)
                }
            } else {
                dropped += 1
            }
        }
        return dropped
    }

    @_lifetime(self: copy self)
    private mutating func events(of span: inout SpanRow) throws(JSONError) {
        var count = 0
        if try !openList() { return }
        while try reader.nextElement() {
            count += 1
            if count > ReceiverLimits.eventsMax {
                builder.truncated(.events)
                span.droppedEvents = span.droppedEvents.adding(1)
                try reader.skipValue()
            } else {
                try event()
            }
        }
    }

    @_lifetime(self: copy self)
    private mutating func event() throws(JSONError) {
        var time: UInt64 = 0
        var name: StringRef = 0
        var sent: UInt32 = 0
        var dropped = 0
        if try !openObject() { return }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .time: time = try self.time()
            case .name: name = try string()
            case .attributes: dropped += try attributes(of: .event)
            case .droppedAttributes: sent = try count()
            default: try reader.skipValue()
            }
        }
        builder.received.batch.events.append(time: time, name: name, droppedAttributes: sent.adding(dropped))
    }

    @_lifetime(self: copy self)
    private mutating func links(of span: inout SpanRow) throws(JSONError) {
        var count = 0
        if try !openList() { return }
        while try reader.nextElement() {
            count += 1
            if count > ReceiverLimits.linksMax {
                builder.truncated(.links)
                span.droppedLinks = span.droppedLinks.adding(1)
                try reader.skipValue()
            } else {
                try link()
            }
        }
    }

    @_lifetime(self: copy self)
    private mutating func link() throws(JSONError) {
        var row = LinkRow()
        var dropped = 0
        if try !openObject() { return }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .traceID: row.traceID = try traceID()
            case .spanID: row.spanID = try spanID()
            case .traceState: row.traceState = try string()
            case .attributes: dropped += try attributes(of: .link)
            case .droppedAttributes: row.droppedAttributes = try count()
            case .flags: row.flags = try count()
            default: try reader.skipValue()
            }
        }
        row.droppedAttributes = row.droppedAttributes.adding(dropped)
        builder.received.batch.links.append(row)
    }

    @_lifetime(self: copy self)
    private mutating func status(of row: inout SpanRow) throws(JSONError) {
        if try !openObject() { return }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .message: row.statusMessage = try string()
            case .code: row.status = try statusCode()
            default: try reader.skipValue()
            }
        }
    }

    /// Reads a kind: its number or its name; numbers and names that we do not know are `unspecified`.
    @_lifetime(self: copy self)
    private mutating func kind() throws(JSONError) -> SpanKind {
        guard let number = try enumeration() else {
            if reader.text.equals("SPAN_KIND_INTERNAL") { return .internal }
            if reader.text.equals("SPAN_KIND_SERVER") { return .server }
            if reader.text.equals("SPAN_KIND_CLIENT") { return .client }
            if reader.text.equals("SPAN_KIND_PRODUCER") { return .producer }
            if reader.text.equals("SPAN_KIND_CONSUMER") { return .consumer }
            return .unspecified
        }
        return SpanKind(rawValue: number) ?? .unspecified
    }

    /// Reads a status code: its number or its name; numbers and names that we do not know are `unset`.
    @_lifetime(self: copy self)
    private mutating func statusCode() throws(JSONError) -> StatusCode {
        guard let number = try enumeration() else {
            if reader.text.equals("STATUS_CODE_OK") { return .ok }
            if reader.text.equals("STATUS_CODE_ERROR") { return .error }
            return .unset
        }
        return StatusCode(rawValue: number) ?? .unset
    }

    /// Reads the number of an enumeration's case, or its name into `reader.text`: then it is nil.
    @_lifetime(self: copy self)
    private mutating func enumeration() throws(JSONError) -> UInt8? {
        switch try reader.peek() {
        case UInt8(ascii: "n"):
            _ = try reader.readNull()
            return 0
        case UInt8(ascii: "\""):
            let begin = reader.offset
            try reader.readString()
            if reader.text.byteCount == 0 || !(0x30...0x39).contains(reader.text.unsafeLoad(as: UInt8.self)) {
                return nil
            }
            reader.offset = begin
            return UInt8(clamping: try reader.readInt64())
        default: return UInt8(clamping: try reader.readInt64())
        }
    }

    @_lifetime(self: copy self)
    private mutating func traceID() throws(JSONError) -> TraceID {
        if try reader.readNull() { return TraceID(low: 0) }
        let begin = reader.offset
        try reader.readString()
        if reader.text.byteCount == 0 { return TraceID(low: 0) }
        guard let id = hexTraceID(reader.text) else { throw badID(reader.text, digits: 32, at: begin) }
        return id
    }

    @_lifetime(self: copy self)
    private mutating func spanID() throws(JSONError) -> SpanID {
        if try reader.readNull() { return .none }
        let begin = reader.offset
        try reader.readString()
        if reader.text.byteCount == 0 { return .none }
        guard let id = hexSpanID(reader.text) else { throw badID(reader.text, digits: 16, at: begin) }
        return id
    }
}

/// The trace id that 32 hexadecimal digits are.
private func hexTraceID(_ text: RawSpan) -> TraceID? {
    guard text.byteCount == 32, let high = hexBits(text.extracting(first: 16)),
        let low = hexBits(text.extracting(last: 16))
    else { return nil }
    return TraceID(high: high, low: low)
}

/// The span id that 16 hexadecimal digits are.
private func hexSpanID(_ text: RawSpan) -> SpanID? {
    guard text.byteCount == 16, let bits = hexBits(text) else { return nil }
    return SpanID(bits)
}

@inline(never)
private func badID(_ text: RawSpan, digits: Int, at offset: Int) -> JSONError {
    if text.byteCount != digits {
        return JSONError(
            "an id of \(text.byteCount) characters, where \(digits) hexadecimal digits are needed",
            at: offset
        )
    }
    return JSONError("an id with characters that are not hexadecimal digits", at: offset)
}
