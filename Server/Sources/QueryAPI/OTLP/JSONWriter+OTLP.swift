import TraceModel

/// How OTLP's messages are written in JSON.
enum OTLPForm: Sendable {
    /// As OTLP says: ids in hexadecimal, enumerations as numbers.
    case otlp
    /// As protobuf says, and Tempo does it: ids in base64, enumerations by their names.
    case protobufJSON
}

// OTLP in JSON, as its protocol says: ids in hexadecimal, enumerations as numbers, integers of 64 bits as text, and
// nothing where a field has its default.
extension JSONWriter {
    /// From the resource of a group up to its first scope.
    mutating func beginResourceSpans(_ group: OTLPView.Group, of view: OTLPView) {
        beginObject()
        key("resource")
        beginObject()
        if let resource = group.resource {
            list("attributes") { json, isEmpty in
                view.forEachAttribute(ofResource: resource) { name, attribute, batch in
                    json.beginItem("attributes", &isEmpty)
                    switch name {
                    case .stored: json.otlp(attribute, of: batch)
                    case .word(let word): json.otlp(word, attribute, of: batch)
                    }
                }
            }
            count("droppedAttributesCount", view.batch.resources[resource].droppedAttributes)
        }
        endObject()
        key("scopeSpans")
        beginArray()
    }

    /// The end of a resource's spans.
    mutating func endResourceSpans(_ group: OTLPView.Group, of view: OTLPView) {
        endArray()
        if let resource = group.resource { text("schemaUrl", view.batch.resources[resource].schemaURL, of: view.batch) }
        endObject()
    }

    /// From the scope of a group up to its first span.
    mutating func beginScopeSpans(_ group: OTLPView.Group, of view: OTLPView) {
        beginObject()
        key("scope")
        beginObject()
        switch group.scope {
        case .none: break
        case .tagged(let name, let version):
            text("name", name, of: view.batch)
            text("version", version, of: view.batch)
        case .stored(let number):
            let scope = view.batch.scopes[number]
            text("name", scope.name, of: view.batch)
            text("version", scope.version, of: view.batch)
            if !scope.attributes.isEmpty {
                key("attributes")
                beginArray()
                for attribute in scope.attributes { otlp(attribute, of: view.batch) }
                endArray()
            }
            count("droppedAttributesCount", scope.droppedAttributes)
        }
        endObject()
        key("spans")
        beginArray()
    }

    /// The end of a scope's spans.
    mutating func endScopeSpans(_ group: OTLPView.Group, of view: OTLPView) {
        endArray()
        if case .stored(let number) = group.scope {
            text("schemaUrl", view.batch.scopes[number].schemaURL, of: view.batch)
        }
        endObject()
    }

    /// One span.
    mutating func otlpSpan(_ row: Int, of view: OTLPView, _ form: OTLPForm = .otlp) {
        beginObject()
        ids(view.batch.spans.traceID(row), SpanID(view.batch.spans.spanIDs[row]), form)
        text("traceState", view.traceState(of: row), of: view.batch)
        if view.batch.spans.parentSpanIDs[row] != 0 {
            key("parentSpanId")
            otlp(SpanID(view.batch.spans.parentSpanIDs[row]), form)
        }
        count("flags", view.flags(of: row))
        text("name", view.batch.spans.names[row], of: view.batch)
        enumeration("kind", view.batch.spans.kinds[row].rawValue, view.batch.spans.kinds[row].protobufName, form)
        key("startTimeUnixNano")
        quotedInt(view.batch.spans.starts[row])
        key("endTimeUnixNano")
        quotedInt(view.batch.spans.end(row))
        list("attributes") { json, isEmpty in
            view.forEachAttribute(of: row) { attribute, batch in
                json.beginItem("attributes", &isEmpty)
                json.otlp(attribute, of: batch)
            }
        }
        count("droppedAttributesCount", view.batch.spans.droppedAttributes[row])
        events(of: row, view)
        count("droppedEventsCount", view.batch.spans.droppedEvents[row])
        links(of: row, view, form)
        count("droppedLinksCount", view.batch.spans.droppedLinks[row])
        key("status")
        beginObject()
        text("message", view.statusMessage(of: row), of: view.batch)
        let status = view.batch.spans.statuses[row]
        enumeration("code", status.rawValue, status.protobufName, form)
        endObject()
        endObject()
    }

    private mutating func events(of row: Int, _ view: OTLPView) {
        let range = view.batch.events.range(row)
        if range.isEmpty { return }
        key("events")
        beginArray()
        for event in range {
            beginObject()
            key("timeUnixNano")
            quotedInt(view.batch.events.times[event])
            text("name", view.batch.events.names[event], of: view.batch)
            list("attributes") { json, isEmpty in
                view.forEachAttribute(ofEvent: event, of: row) { attribute, batch in
                    json.beginItem("attributes", &isEmpty)
                    json.otlp(attribute, of: batch)
                }
            }
            count("droppedAttributesCount", view.batch.events.droppedAttributes[event])
            endObject()
        }
        endArray()
    }

    private mutating func links(of row: Int, _ view: OTLPView, _ form: OTLPForm) {
        let links = view.links(of: row)
        if links.isEmpty { return }
        key("links")
        beginArray()
        for link in links {
            let content = view.batch.links[link]
            beginObject()
            ids(content.traceID, content.spanID, form)
            text("traceState", content.traceState, of: view.batch)
            list("attributes") { json, isEmpty in
                if let type = view.referenceType(ofLink: link) {
                    json.beginItem("attributes", &isEmpty)
                    json.word("opentracing.ref_type", type)
                }
                for index in view.batch.links.attributes.range(link) {
                    json.beginItem("attributes", &isEmpty)
                    json.otlp(view.batch.links.attributes[index], of: view.batch)
                }
            }
            count("droppedAttributesCount", content.droppedAttributes)
            count("flags", content.flags)
            endObject()
        }
        endArray()
    }

    /// A list that is left out if nothing comes.
    private mutating func list(_ name: String, _ items: (inout JSONWriter, _ isEmpty: inout Bool) -> Void) {
        var isEmpty = true
        items(&self, &isEmpty)
        if !isEmpty { endArray() }
    }

    private mutating func beginItem(_ name: String, _ isEmpty: inout Bool) {
        if !isEmpty { return }
        isEmpty = false
        key(name)
        beginArray()
    }

    private mutating func text(_ name: String, _ ref: StringRef, of batch: borrowing SpanBatch) {
        if ref == 0 { return }
        key(name)
        string(batch.strings.bytes(ref))
    }

    private mutating func ids(_ trace: TraceID, _ span: SpanID, _ form: OTLPForm) {
        key("traceId")
        switch form {
        case .otlp: paddedID(trace)
        case .protobufJSON: plainString(base64Text(trace.high.bigEndian.bytes + trace.low.bigEndian.bytes))
        }
        key("spanId")
        otlp(span, form)
    }

    private mutating func otlp(_ span: SpanID, _ form: OTLPForm) {
        switch form {
        case .otlp: id(span)
        case .protobufJSON: plainString(base64Text(span.bits.bigEndian.bytes))
        }
    }

    private mutating func enumeration(_ name: String, _ number: UInt8, _ word: String, _ form: OTLPForm) {
        if form == .otlp || number == 0 { return count(name, UInt32(number)) }
        key(name)
        plainString(word)
    }

    private mutating func count(_ name: String, _ number: UInt32) {
        if number == 0 { return }
        key(name)
        int(number)
    }
}

// Attributes: `{"key":…,"value":{"intValue":"5"}}`.
extension JSONWriter {
    /// An attribute of a batch.
    mutating func otlp(_ attribute: Attribute, of batch: SpanBatch) {
        beginObject()
        key("key")
        string(batch.strings.bytes(attribute.key))
        key("value")
        otlpValue(attribute, of: batch)
        endObject()
    }

    /// An attribute under a name of ours.
    mutating func otlp(_ word: String, _ attribute: Attribute, of batch: SpanBatch) {
        beginObject()
        key("key")
        plainString(word)
        key("value")
        otlpValue(attribute, of: batch)
        endObject()
    }

    /// An attribute of ours.
    mutating func word(_ name: String, _ value: String) {
        beginObject()
        key("key")
        plainString(name)
        key("value")
        otlp(.string(value))
        endObject()
    }

    private mutating func otlpValue(_ attribute: Attribute, of batch: SpanBatch) {
        guard attribute.type == .string else { return otlp(batch.value(attribute)) }
        let ref = StringRef(truncatingIfNeeded: attribute.value)
        beginObject()
        if isUTF8(batch.strings.bytes(ref)) {
            key("stringValue")
            string(batch.strings.bytes(ref))
        } else {
            // What is no text goes out as the bytes that came in.
            key("bytesValue")
            plainString(base64Text(batch.strings.arena[batch.strings.range(ref)]))
        }
        endObject()
    }

    /// A value.
    mutating func otlp(_ value: AttributeValue) {
        beginObject()
        switch value {
        case .empty: break
        case .string(let text):
            key("stringValue")
            string(text)
        case .bool(let flag):
            key("boolValue")
            bool(flag)
        case .int(let number):
            key("intValue")
            quotedInt(number)
        case .double(let number):
            key("doubleValue")
            if number.isFinite {
                double(number)
            } else {
                plainString(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
            }
        case .bytes(let bytes):
            key("bytesValue")
            plainString(base64Text(bytes))
        case .array(let values):
            key("arrayValue")
            beginObject()
            list("values") { json, isEmpty in
                for value in values {
                    json.beginItem("values", &isEmpty)
                    json.otlp(value)
                }
            }
            endObject()
        case .map(let entries):
            key("kvlistValue")
            beginObject()
            list("values") { json, isEmpty in
                for entry in entries {
                    json.beginItem("values", &isEmpty)
                    json.beginObject()
                    json.key("key")
                    json.string(entry.key)
                    json.key("value")
                    json.otlp(entry.value)
                    json.endObject()
                }
            }
            endObject()
        }
        endObject()
    }
}

extension UInt64 {
    /// Its bytes as they lie in memory.
    fileprivate var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}

extension SpanKind {
    /// The name in OTLP's protobuf.
    fileprivate var protobufName: String { "SPAN_KIND_\(self == .unspecified ? "UNSPECIFIED" : tagValue.uppercased())" }
}

extension StatusCode {
    /// The name in OTLP's protobuf.
    fileprivate var protobufName: String {
        switch self {
        case .unset: "STATUS_CODE_UNSET"
        case .ok: "STATUS_CODE_OK"
        case .error: "STATUS_CODE_ERROR"
        }
    }
}
