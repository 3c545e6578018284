import TraceModel

/// What is known of a span of Jaeger's besides its row while it is read, in Thrift or protobuf.
struct OpenJaegerSpan {
    var row = SpanRow()
    var hasError = false
    var attributes = 0
    var events = 0
    var links = 0
    /// Attributes that were left out.
    var dropped = 0
    /// A time of it is none.
    var isOutOfRange = false
}

/// What is known of a log while it is read.
struct OpenJaegerLog {
    var name: StringRef?
    var attributes = 0
    var dropped = 0
}

extension BatchBuilder {
    /// Adds a tag to the open span, and takes from it what tags tell of a span.
    @inline(__always)
    mutating func append(_ tag: Attribute, to span: inout OpenJaegerSpan) {
        span.attributes += 1
        if span.attributes > ReceiverLimits.attributesMax {
            truncated(.attributes)
            span.dropped += 1
            return
        }
        received.batch.spanAttributes.append(key: tag.key, type: tag.type, value: tag.value)
        derive(from: tag, &span)
    }

    /// Adds a reference to the open span.
    mutating func append(_ reference: LinkRow, to span: inout OpenJaegerSpan) {
        span.links += 1
        if span.links > ReceiverLimits.linksMax {
            truncated(.links)
        } else {
            received.batch.links.append(reference)
        }
    }

    /// Adds a field to the open log; nil is one that was over a bound.
    mutating func append(_ tag: Attribute?, to log: inout OpenJaegerLog) {
        guard let tag, log.attributes < ReceiverLimits.attributesMax else {
            if tag != nil { truncated(.attributes) }
            log.dropped += 1
            return
        }
        log.attributes += 1
        received.batch.events.attributes.append(key: tag.key, type: tag.type, value: tag.value)
        if log.name == nil, tag.type == .string, received.batch.strings.bytes(tag.key).equals("event") {
            log.name = StringRef(truncatingIfNeeded: tag.value)
        }
    }

    /// Ends the open log.
    mutating func finish(_ log: OpenJaegerLog, time: UInt64) {
        let dropped = UInt32(clamping: log.dropped)
        received.batch.events.append(time: time, name: log.name ?? 0, droppedAttributes: dropped)
    }

    /// Ends the open span, or rejects it.
    mutating func finish(_ span: inout OpenJaegerSpan) {
        if span.hasError { span.row.status = .error }
        span.row.droppedAttributes = UInt32(clamping: span.dropped)
        span.row.droppedEvents = UInt32(clamping: max(0, span.events - ReceiverLimits.eventsMax))
        span.row.droppedLinks = UInt32(clamping: max(0, span.links - ReceiverLimits.linksMax))
        if !span.row.parentSpanID.isValid, span.links > 0 { span.row.parentSpanID = referencedParent(of: span.row) }
        if span.isOutOfRange {
            reject(.invalidTime, span.row)
        } else {
            appendSpan(span.row)
        }
    }

    /// The parent that the open span's references name.
    ///
    /// It is the first CHILD_OF in its trace, or else the first FOLLOWS_FROM.
    private func referencedParent(of row: SpanRow) -> SpanID {
        var follows = SpanID.none
        let end = received.batch.links.count
        for index in Int(received.batch.links.ends.last ?? 0)..<end {
            guard received.batch.links.traceIDLow[index] == row.traceID.low,
                received.batch.links.traceIDHigh[index] == row.traceID.high
            else { continue }
            let id = SpanID(received.batch.links.spanIDs[index])
            if received.batch.links.kinds[index] == .childOf { return id }
            if !follows.isValid { follows = id }
        }
        return follows
    }

    /// Takes kind and status from the tags by which OpenTracing tells them; the tags stay what they are.
    @inline(__always)
    private func derive(from tag: Attribute, _ span: inout OpenJaegerSpan) {
        let key = received.batch.strings.bytes(tag.key)
        switch key.byteCount {
        case 5:
            if key.equals("error") { span.hasError = span.hasError || isTrue(tag) }
        case 9:
            if tag.type == .string, span.row.kind == .unspecified, key.equals("span.kind") { span.row.kind = kind(tag) }
        case 16:
            if tag.type == .string, key.equals("otel.status_code") {
                let code = received.batch.strings.bytes(StringRef(truncatingIfNeeded: tag.value))
                span.row.status = code.equals("ERROR") ? .error : code.equals("OK") ? .ok : span.row.status
            }
        default: break
        }
    }

    private func isTrue(_ tag: Attribute) -> Bool {
        if tag.type == .bool { return tag.value != 0 }
        guard tag.type == .string else { return false }
        return received.batch.strings.bytes(StringRef(truncatingIfNeeded: tag.value)).equals("true")
    }

    private func kind(_ tag: Attribute) -> SpanKind {
        let word = received.batch.strings.bytes(StringRef(truncatingIfNeeded: tag.value))
        if word.equals("server") { return .server }
        if word.equals("client") { return .client }
        if word.equals("producer") { return .producer }
        if word.equals("consumer") { return .consumer }
        if word.equals("internal") { return .internal }
        return .unspecified
    }
}
