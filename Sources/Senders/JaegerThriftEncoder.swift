import Thrift
import TraceModel

/// Writes spans as Jaeger's clients send them: batches of jaeger.thrift, one for each process.
///
/// What came in from Jaeger's clients goes out with the tags that they sent. What came in otherwise has its kind, its
/// status and its scope as tags, as Jaeger has no fields for them.
public enum JaegerThriftEncoder {
    /// For each resource that has spans the body of a request to port 14268, a `Batch` in the binary protocol, and how
    /// many spans it has.
    public static func bodies(of batch: SpanBatch) -> [(body: [UInt8], spans: Int)] {
        rowsByResource(of: batch).map { resource, rows in
            var writer = BinaryWriter(capacity: 64 * rows.count)
            writer.structure { $0.batch(batch, resource: resource, rows: rows[...]) }
            return (writer.bytes, rows.count)
        }
    }

    /// Datagrams for port 6831: `emitBatch` in the compact protocol, each of up to `bytesMax` bytes, and how many spans
    /// each has.
    ///
    /// Spans that are too large for a datagram alone are left out, and counted.
    public static func datagrams(
        of batch: SpanBatch,
        bytesMax: Int = 65_000
    ) -> (datagrams: [(body: [UInt8], spans: Int)], tooLarge: Int) {
        var datagrams: [(body: [UInt8], spans: Int)] = []
        var tooLarge = 0
        for (resource, rows) in rowsByResource(of: batch) {
            var rest = rows[...]
            var size = rest.count
            while !rest.isEmpty {
                let part = rest.prefix(max(1, size))
                let datagram = datagram(batch, resource: resource, rows: part)
                if datagram.count <= bytesMax {
                    datagrams.append((datagram, part.count))
                    rest = rest.dropFirst(part.count)
                } else if part.count == 1 {
                    tooLarge += 1
                    rest = rest.dropFirst()
                } else {
                    // Spans are of much the same size: so many fit, with a little to spare.
                    size = max(1, min(part.count / 2, part.count * bytesMax / datagram.count * 9 / 10))
                }
            }
        }
        return (datagrams, tooLarge)
    }

    private static func datagram(_ batch: SpanBatch, resource: Int, rows: ArraySlice<Int>) -> [UInt8] {
        var writer = CompactWriter(capacity: 64 * rows.count + 64)
        writer.messageHeader("emitBatch", kind: .oneway, sequence: 0)
        writer.structure { arguments in
            arguments.structField(1) { $0.batch(batch, resource: resource, rows: rows) }
        }
        return writer.bytes
    }

    private static func rowsByResource(of batch: SpanBatch) -> [(resource: Int, rows: [Int])] {
        var rows = [[Int]](repeating: [], count: batch.resources.count)
        for row in 0..<batch.count where Int(batch.spans.resources[row]) < rows.count {
            rows[Int(batch.spans.resources[row])].append(row)
        }
        return rows.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
    }
}

// The fields of jaeger.thrift.
extension ThriftWriter {
    fileprivate mutating func batch(_ batch: SpanBatch, resource number: Int, rows: ArraySlice<Int>) {
        let resource = batch.resources[number]
        structField(1) { process in
            process.stringField(1, batch.strings.text(resource.service))
            if !resource.attributes.isEmpty {
                process.listField(2, .structure, count: resource.attributes.count)
                for attribute in resource.attributes { process.tag(attribute, of: batch) }
            }
        }
        listField(2, .structure, count: rows.count)
        for row in rows { structure { $0.span(row, of: batch, isJaegers: resource.format == .jaeger) } }
    }

    private mutating func span(_ row: Int, of batch: SpanBatch, isJaegers: Bool) {
        let span = batch.spans[row]
        i64Field(1, Int64(bitPattern: span.traceID.low))
        i64Field(2, Int64(bitPattern: span.traceID.high))
        i64Field(3, Int64(bitPattern: span.spanID.bits))
        i64Field(4, Int64(bitPattern: span.parentSpanID.bits))
        stringField(5, batch.strings.text(span.name))
        let links = batch.links.range(row)
        if !links.isEmpty {
            listField(6, .structure, count: links.count)
            for link in links { reference(batch.links[link]) }
        }
        i32Field(7, Int32(bitPattern: isJaegers ? span.flags : 1))
        i64Field(8, Int64(clamping: span.startNanoseconds / 1_000))
        i64Field(9, span.durationNanoseconds / 1_000)
        let attributes = batch.spanAttributes.range(row)
        let more = isJaegers ? [] : batch.fieldsAsTags(of: row)
        if !attributes.isEmpty || !more.isEmpty {
            listField(10, .structure, count: attributes.count + more.count)
            for index in attributes { tag(batch.spanAttributes[index], of: batch) }
            for (key, value) in more { tag(key, value) }
        }
        let events = batch.events.range(row)
        if !events.isEmpty {
            listField(11, .structure, count: events.count)
            for event in events { log(event, of: batch, isJaegers: isJaegers) }
        }
    }

    private mutating func reference(_ link: LinkRow) {
        structure { reference in
            reference.i32Field(1, link.kind == .childOf ? 0 : 1)
            reference.i64Field(2, Int64(bitPattern: link.traceID.low))
            reference.i64Field(3, Int64(bitPattern: link.traceID.high))
            reference.i64Field(4, Int64(bitPattern: link.spanID.bits))
        }
    }

    private mutating func log(_ event: Int, of batch: SpanBatch, isJaegers: Bool) {
        let attributes = batch.events.attributes.range(event)
        // Jaeger's logs have their name among the fields already.
        let hasName = !isJaegers && batch.events.names[event] != 0
        structure { log in
            log.i64Field(1, Int64(clamping: batch.events.times[event] / 1_000))
            log.listField(2, .structure, count: attributes.count + (hasName ? 1 : 0))
            if hasName { log.tag("event", .string(batch.strings.text(batch.events.names[event]))) }
            for index in attributes { log.tag(batch.events.attributes[index], of: batch) }
        }
    }

    private mutating func tag(_ attribute: Attribute, of batch: SpanBatch) {
        tag(batch.strings.text(attribute.key), batch.value(attribute))
    }

    private mutating func tag(_ key: String, _ value: AttributeValue) {
        structure { tag in
            tag.stringField(1, key)
            switch value {
            case .string(let text):
                tag.i32Field(2, 0)
                tag.stringField(3, text)
            case .double(let number):
                tag.i32Field(2, 1)
                tag.doubleField(4, number)
            case .bool(let flag):
                tag.i32Field(2, 2)
                tag.boolField(5, flag)
            case .int(let number):
                tag.i32Field(2, 3)
                tag.i64Field(6, number)
            case .bytes(let bytes):
                tag.i32Field(2, 4)
                tag.binaryField(7, bytes)
            case .empty, .array, .map:
                tag.i32Field(2, 0)
                tag.stringField(3, value.jsonText)
            }
        }
    }
}

extension SpanBatch {
    /// What a span has in fields, as the tags by which OpenTracing tells it.
    fileprivate func fieldsAsTags(of row: Int) -> [(String, AttributeValue)] {
        var tags: [(String, AttributeValue)] = []
        let kind = spans.kinds[row].tagValue
        if !kind.isEmpty { tags.append(("span.kind", .string(kind))) }
        switch spans.statuses[row] {
        case .unset: break
        case .ok: tags.append(("otel.status_code", .string("OK")))
        case .error:
            tags.append(("otel.status_code", .string("ERROR")))
            tags.append(("error", .bool(true)))
        }
        let message = strings.text(spans.statusMessages[row])
        if !message.isEmpty { tags.append(("otel.status_description", .string(message))) }
        let state = strings.text(spans.traceStates[row])
        if !state.isEmpty { tags.append(("w3c.tracestate", .string(state))) }
        if let scope = scope(of: row) {
            let name = strings.text(scope.name)
            let version = strings.text(scope.version)
            if !name.isEmpty { tags.append(("otel.scope.name", .string(name))) }
            if !version.isEmpty { tags.append(("otel.scope.version", .string(version))) }
        }
        return tags
    }
}
