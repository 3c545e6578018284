import TraceModel

/// Writes spans as OTLP: an `ExportTraceServiceRequest` in protobuf.
///
/// Jaeger's tags stay attributes, those that OTLP has fields for too; the references of its clients beside the parent
/// become links.
public enum OTLPEncoder {
    /// The body of a request to `/v1/traces`.
    ///
    /// collector/trace/v1: 1 resource_spans{1 resource{1 attributes}, 2 scope_spans{1 scope{1 name, 2 version},
    /// 2 spans}}.
    public static func body(of batch: SpanBatch) -> [UInt8] {
        var rows: [Place: [Int]] = [:]
        var places: [Place] = []
        for row in 0..<batch.count {
            let place = Place(resource: batch.spans.resources[row], scope: batch.spans.scopes[row])
            if rows[place] == nil { places.append(place) }
            rows[place, default: []].append(row)
        }
        places.sort { ($0.resource, $0.scope) < ($1.resource, $1.scope) }
        var body: [UInt8] = []
        var rest = places[...]
        while let first = rest.first {
            let own = rest.prefix { $0.resource == first.resource }
            rest = rest.dropFirst(own.count)
            body.append(protobuf: 1) { resourceSpans in
                let number = Int(first.resource)
                let resource = number < batch.resources.count ? batch.resources[number] : Resource()
                resourceSpans.append(protobuf: 1) { $0.append(resource, of: batch) }
                for place in own {
                    resourceSpans.append(protobuf: 2) { scopeSpans in
                        if Int(place.scope) < batch.scopes.count {
                            scopeSpans.append(protobuf: 1) { $0.append(batch.scopes[Int(place.scope)], of: batch) }
                        }
                        for row in rows[place] ?? [] {
                            scopeSpans.append(protobuf: 2) { $0.append(span: row, of: batch, resource.format) }
                        }
                    }
                }
            }
        }
        return body
    }

    /// Where spans stand in the message.
    private struct Place: Hashable {
        var resource: UInt32
        var scope: UInt32
    }
}

// The messages of OTLP's trace.proto, common.proto and resource.proto; fields that have their default are left out.
extension [UInt8] {
    fileprivate mutating func append(_ resource: Resource, of batch: SpanBatch) {
        let isNamed = resource.attributes.contains { batch.strings.text($0.key) == "service.name" }
        if !isNamed, resource.service != 0 {
            append(attribute: 1, "service.name", .string(batch.strings.text(resource.service)))
        }
        for attribute in resource.attributes {
            append(attribute: 1, batch.strings.text(attribute.key), batch.value(attribute))
        }
        append(protobuf: 2, number: UInt64(resource.droppedAttributes))
    }

    fileprivate mutating func append(_ scope: Scope, of batch: SpanBatch) {
        append(protobuf: 1, text: batch.strings.text(scope.name))
        append(protobuf: 2, text: batch.strings.text(scope.version))
        for attribute in scope.attributes {
            append(attribute: 3, batch.strings.text(attribute.key), batch.value(attribute))
        }
        append(protobuf: 4, number: UInt64(scope.droppedAttributes))
    }

    fileprivate mutating func append(span row: Int, of batch: SpanBatch, _ format: SpanFormat) {
        let span = batch.spans[row]
        append(protobuf: 1) { $0.append(id: span.traceID) }
        append(protobuf: 2) { $0.append(bigEndian: span.spanID.bits) }
        append(protobuf: 3, text: batch.strings.text(span.traceState))
        if span.parentSpanID.isValid { append(protobuf: 4) { $0.append(bigEndian: span.parentSpanID.bits) } }
        append(protobuf: 5, text: batch.strings.text(span.name))
        append(protobuf: 6, number: UInt64(span.kind.rawValue))
        append(protobuf: 7, fixed: span.startNanoseconds)
        append(protobuf: 8, fixed: batch.spans.end(row))
        for index in batch.spanAttributes.range(row) {
            let attribute = batch.spanAttributes[index]
            append(attribute: 9, batch.strings.text(attribute.key), batch.value(attribute))
        }
        append(protobuf: 10, number: UInt64(span.droppedAttributes))
        for event in batch.events.range(row) { append(protobuf: 11) { $0.append(event: event, of: batch) } }
        append(protobuf: 12, number: UInt64(span.droppedEvents))
        for link in batch.links.range(row) {
            let other = batch.links[link]
            let isParent = other.spanID == span.parentSpanID && other.traceID == span.traceID
            if format == .jaeger, isParent { continue }
            append(protobuf: 13) { $0.append(link: link, of: batch) }
        }
        append(protobuf: 14, number: UInt64(span.droppedLinks))
        append(protobuf: 15) { status in
            status.append(protobuf: 2, text: batch.strings.text(span.statusMessage))
            status.append(protobuf: 3, number: UInt64(span.status.rawValue))
        }
        // Jaeger's flag of a sampled span is that of W3C; its other flags are its own.
        let flags = format == .jaeger ? span.flags & 1 : span.flags
        if flags != 0 {
            append(protobufTag: 16, .fixed32)
            append(littleEndian: flags)
        }
    }

    private mutating func append(event: Int, of batch: SpanBatch) {
        append(protobuf: 1, fixed: batch.events.times[event])
        append(protobuf: 2, text: batch.strings.text(batch.events.names[event]))
        for index in batch.events.attributes.range(event) {
            let attribute = batch.events.attributes[index]
            append(attribute: 3, batch.strings.text(attribute.key), batch.value(attribute))
        }
        append(protobuf: 4, number: UInt64(batch.events.droppedAttributes[event]))
    }

    private mutating func append(link number: Int, of batch: SpanBatch) {
        let link = batch.links[number]
        append(protobuf: 1) { $0.append(id: link.traceID) }
        append(protobuf: 2) { $0.append(bigEndian: link.spanID.bits) }
        append(protobuf: 3, text: batch.strings.text(link.traceState))
        if link.kind != .link {
            append(attribute: 4, "opentracing.ref_type", .string(link.kind == .childOf ? "child_of" : "follows_from"))
        }
        for index in batch.links.attributes.range(number) {
            let attribute = batch.links.attributes[index]
            append(attribute: 4, batch.strings.text(attribute.key), batch.value(attribute))
        }
        append(protobuf: 5, number: UInt64(link.droppedAttributes))
        if link.flags != 0 {
            append(protobufTag: 6, .fixed32)
            append(littleEndian: link.flags)
        }
    }

    /// A `KeyValue`: 1 key, 2 value.
    private mutating func append(attribute field: UInt32, _ key: String, _ value: AttributeValue) {
        append(protobuf: field) { attribute in
            attribute.append(protobuf: 1, text: key)
            attribute.append(protobuf: 2) { value.encode(into: &$0) }
        }
    }

    /// A message, or bytes, whose length is known when it is written.
    fileprivate mutating func append(protobuf field: UInt32, _ content: (inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        content(&bytes)
        append(protobufTag: field, .delimited)
        append(varint: UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    private mutating func append(protobuf field: UInt32, text: String) {
        if text.isEmpty { return }
        append(protobufTag: field, .delimited)
        append(varint: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    private mutating func append(protobuf field: UInt32, number: UInt64) {
        if number == 0 { return }
        append(protobufTag: field, .varint)
        append(varint: number)
    }

    private mutating func append(protobuf field: UInt32, fixed: UInt64) {
        append(protobufTag: field, .fixed64)
        append(littleEndian: fixed)
    }

    private mutating func append(id: TraceID) {
        append(bigEndian: id.high)
        append(bigEndian: id.low)
    }

    private mutating func append(bigEndian value: UInt64) { append(littleEndian: value.byteSwapped) }
}
