import TraceModel

// OTLP as protobuf (opentelemetry/proto/trace/v1/trace.proto), which takes what `OTLPView` says.

extension [UInt8] {
    /// Appends a field that is a message; its length is known when it is written.
    mutating func appendMessage(_ number: UInt32, _ write: (inout [UInt8]) -> Void) {
        append(protobufTag: number, .delimited)
        let begin = count
        write(&self)
        var length: [UInt8] = []
        length.append(varint: UInt64(count - begin))
        insert(contentsOf: length, at: begin)
    }

    /// Appends a string; what is not UTF-8 becomes U+FFFD, because readers refuse a message with other strings.
    mutating func appendText(_ number: UInt32, _ text: RawSpan) {
        if isUTF8(text) {
            append(protobufTag: number, .delimited)
            append(varint: UInt64(text.byteCount))
            append(copying: text)
        } else {
            appendText(number, String(copying: text))
        }
    }

    /// Appends a string, unless it is empty.
    mutating func appendText(_ number: UInt32, _ text: String) {
        if text.isEmpty { return }
        append(protobufTag: number, .delimited)
        append(varint: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// Appends bytes, unless there are none.
    mutating func appendBytes(_ number: UInt32, _ bytes: some Collection<UInt8>) {
        if bytes.isEmpty { return }
        append(protobufTag: number, .delimited)
        append(varint: UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    /// Appends a number, unless it is 0.
    mutating func appendNumber(_ number: UInt32, _ value: UInt64) {
        if value == 0 { return }
        append(protobufTag: number, .varint)
        append(varint: value)
    }

    /// Appends a number of eight bytes, unless it is 0.
    mutating func appendFixed64(_ number: UInt32, _ value: UInt64) {
        if value == 0 { return }
        append(protobufTag: number, .fixed64)
        append(littleEndian: value)
    }

    /// Appends a number of four bytes, unless it is 0.
    mutating func appendFixed32(_ number: UInt32, _ value: UInt32) {
        if value == 0 { return }
        append(protobufTag: number, .fixed32)
        append(littleEndian: value)
    }

    /// Appends a trace id as 16 bytes.
    mutating func appendID(_ number: UInt32, _ id: TraceID) {
        append(protobufTag: number, .delimited)
        append(16)
        append(littleEndian: id.high.byteSwapped)
        append(littleEndian: id.low.byteSwapped)
    }

    /// Appends a span id as 8 bytes.
    mutating func appendID(_ number: UInt32, _ id: SpanID) {
        append(protobufTag: number, .delimited)
        append(8)
        append(littleEndian: id.bits.byteSwapped)
    }
}

extension OTLPView {
    /// Appends a `ResourceSpans` of so many spans of a group, as a field of a message.
    ///
    /// `ResourceSpans`: 1 resource, 2 scope_spans, 3 schema_url. `ScopeSpans`: 1 scope, 2 spans, 3 schema_url.
    func appendResourceSpans(_ number: UInt32, _ group: Group, _ places: Range<Int>, to bytes: inout [UInt8]) {
        bytes.appendMessage(number) { bytes in
            bytes.appendMessage(1) { bytes in
                guard let resource = group.resource else { return }
                forEachAttribute(ofResource: resource) { name, attribute, batch in
                    switch name {
                    case .stored: bytes.appendAttribute(1, attribute, of: batch)
                    case .word(let word): bytes.appendAttribute(1, word, batch.value(attribute))
                    }
                }
                bytes.appendNumber(2, UInt64(batch.resources[resource].droppedAttributes))
            }
            bytes.appendMessage(2) { bytes in
                bytes.appendMessage(1) { bytes in appendScope(group.scope, to: &bytes) }
                for place in places { bytes.appendMessage(2) { bytes in appendSpan(rows[place], to: &bytes) } }
                if case .stored(let number) = group.scope {
                    bytes.appendText(3, batch.strings.text(batch.scopes[number].schemaURL))
                }
            }
            if let resource = group.resource {
                bytes.appendText(3, batch.strings.text(batch.resources[resource].schemaURL))
            }
        }
    }

    /// `InstrumentationScope`: 1 name, 2 version, 3 attributes, 4 dropped_attributes_count.
    private func appendScope(_ scope: ScopeName, to bytes: inout [UInt8]) {
        switch scope {
        case .none: break
        case .tagged(let name, let version):
            bytes.appendText(1, batch.strings.text(name))
            bytes.appendText(2, batch.strings.text(version))
        case .stored(let number):
            let scope = batch.scopes[number]
            bytes.appendText(1, batch.strings.text(scope.name))
            bytes.appendText(2, batch.strings.text(scope.version))
            for attribute in scope.attributes { bytes.appendAttribute(3, attribute, of: batch) }
            bytes.appendNumber(4, UInt64(scope.droppedAttributes))
        }
    }

    /// `Span`: 1 trace_id, 2 span_id, 3 trace_state, 4 parent_span_id, 5 name, 6 kind, 7 start, 8 end, 9 attributes,
    /// 10 dropped_attributes_count, 11 events, 12 dropped_events_count, 13 links, 14 dropped_links_count, 15 status,
    /// 16 flags.
    func appendSpan(_ row: Int, to bytes: inout [UInt8]) {
        bytes.appendID(1, batch.spans.traceID(row))
        bytes.appendID(2, SpanID(batch.spans.spanIDs[row]))
        let state = traceState(of: row)
        if state != 0 { bytes.appendText(3, batch.strings.bytes(state)) }
        if batch.spans.parentSpanIDs[row] != 0 { bytes.appendID(4, SpanID(batch.spans.parentSpanIDs[row])) }
        bytes.appendText(5, batch.strings.bytes(batch.spans.names[row]))
        bytes.appendNumber(6, UInt64(batch.spans.kinds[row].rawValue))
        bytes.appendFixed64(7, batch.spans.starts[row])
        bytes.appendFixed64(8, batch.spans.end(row))
        forEachAttribute(of: row) { attribute, batch in bytes.appendAttribute(9, attribute, of: batch) }
        bytes.appendNumber(10, UInt64(batch.spans.droppedAttributes[row]))
        for event in batch.events.range(row) {
            bytes.appendMessage(11) { bytes in appendEvent(event, of: row, to: &bytes) }
        }
        bytes.appendNumber(12, UInt64(batch.spans.droppedEvents[row]))
        for link in links(of: row) { bytes.appendMessage(13) { bytes in appendLink(link, to: &bytes) } }
        bytes.appendNumber(14, UInt64(batch.spans.droppedLinks[row]))
        bytes.appendMessage(15) { bytes in
            let message = statusMessage(of: row)
            if message != 0 { bytes.appendText(2, batch.strings.bytes(message)) }
            bytes.appendNumber(3, UInt64(batch.spans.statuses[row].rawValue))
        }
        bytes.appendFixed32(16, flags(of: row))
    }

    /// `Event`: 1 time, 2 name, 3 attributes, 4 dropped_attributes_count.
    private func appendEvent(_ event: Int, of row: Int, to bytes: inout [UInt8]) {
        bytes.appendFixed64(1, batch.events.times[event])
        bytes.appendText(2, batch.strings.bytes(batch.events.names[event]))
        forEachAttribute(ofEvent: event, of: row) { attribute, batch in
            bytes.appendAttribute(3, attribute, of: batch)
        }
        bytes.appendNumber(4, UInt64(batch.events.droppedAttributes[event]))
    }

    /// `Link`: 1 trace_id, 2 span_id, 3 trace_state, 4 attributes, 5 dropped_attributes_count, 6 flags.
    private func appendLink(_ link: Int, to bytes: inout [UInt8]) {
        let content = batch.links[link]
        bytes.appendID(1, content.traceID)
        bytes.appendID(2, content.spanID)
        if content.traceState != 0 { bytes.appendText(3, batch.strings.bytes(content.traceState)) }
        if let type = referenceType(ofLink: link) {
            bytes.appendAttribute(4, "opentracing.ref_type", .string(type))
        }
        for index in batch.links.attributes.range(link) {
            bytes.appendAttribute(4, batch.links.attributes[index], of: batch)
        }
        bytes.appendNumber(5, UInt64(content.droppedAttributes))
        bytes.appendFixed32(6, content.flags)
    }
}

extension [UInt8] {
    /// Appends a `KeyValue`: 1 key, 2 value.
    fileprivate mutating func appendAttribute(_ number: UInt32, _ attribute: Attribute, of batch: SpanBatch) {
        appendMessage(number) { bytes in
            bytes.appendText(1, batch.strings.bytes(attribute.key))
            bytes.appendMessage(2) { bytes in
                guard attribute.type == .string else { return batch.value(attribute).encode(into: &bytes) }
                let ref = StringRef(truncatingIfNeeded: attribute.value)
                // What is no text goes out as the bytes that came in.
                if isUTF8(batch.strings.bytes(ref)) {
                    bytes.appendText(1, batch.strings.bytes(ref))
                } else {
                    bytes.appendBytes(7, batch.strings.arena[batch.strings.range(ref)])
                }
            }
        }
    }

    fileprivate mutating func appendAttribute(_ number: UInt32, _ name: String, _ value: AttributeValue) {
        appendMessage(number) { bytes in
            bytes.appendText(1, name)
            bytes.appendMessage(2) { bytes in value.encode(into: &bytes) }
        }
    }
}
