import TraceModel

/// Writes spans as Zipkin's JSON, version 2: a list of spans whose tags are text.
///
/// Links have no place in it and are left out.
public enum ZipkinJSONEncoder {
    /// The body of a request to `/api/v2/spans`.
    public static func body(of batch: SpanBatch) -> [UInt8] {
        var text = "["
        for row in 0..<batch.count {
            if row > 0 { text += "," }
            write(row, of: batch, to: &text)
        }
        return Array((text + "]").utf8)
    }

    private static func write(_ row: Int, of batch: SpanBatch, to text: inout String) {
        let span = batch.spans[row]
        text += "{\"traceId\":\"\(span.traceID.hex)\",\"id\":\"\(span.spanID.hex)\""
        if span.parentSpanID.isValid { text += ",\"parentId\":\"\(span.parentSpanID.hex)\"" }
        text += ",\"name\":"
        writeJSONString(batch.strings.text(span.name), to: &text)
        switch span.kind {
        case .server, .client, .producer, .consumer: text += ",\"kind\":\"\(span.kind.tagValue.uppercased())\""
        case .unspecified, .internal: break
        }
        // A duration of zero is none to Zipkin: what is shorter than a microsecond takes one.
        let duration = max(1, span.durationNanoseconds / 1_000)
        text += ",\"timestamp\":\(span.startNanoseconds / 1_000),\"duration\":\(duration)"
        text += ",\"localEndpoint\":{\"serviceName\":"
        writeJSONString(batch.service(of: row), to: &text)
        text += "}"
        writeAnnotations(row, of: batch, to: &text)
        writeTags(row, of: batch, to: &text)
        text += "}"
    }

    private static func writeAnnotations(_ row: Int, of batch: SpanBatch, to text: inout String) {
        let events = batch.events.range(row)
        if events.isEmpty { return }
        text += ",\"annotations\":["
        for event in events {
            if event > events.lowerBound { text += "," }
            text += "{\"timestamp\":\(batch.events.times[event] / 1_000),\"value\":"
            writeJSONString(batch.strings.text(batch.events.names[event]), to: &text)
            text += "}"
        }
        text += "]"
    }

    private static func writeTags(_ row: Int, of batch: SpanBatch, to text: inout String) {
        var tags: [(String, String)] = []
        for index in batch.spanAttributes.range(row) {
            let attribute = batch.spanAttributes[index]
            let value = batch.value(attribute)
            let words = if case .string(let string) = value { string } else { value.jsonText }
            tags.append((batch.strings.text(attribute.key), words))
        }
        if batch.spans.statuses[row] == .error, !tags.contains(where: { $0.0 == "error" }) {
            tags.append(("error", "true"))
        }
        if tags.isEmpty { return }
        text += ",\"tags\":{"
        for (number, tag) in tags.enumerated() {
            if number > 0 { text += "," }
            writeJSONString(tag.0, to: &text)
            text += ":"
            writeJSONString(tag.1, to: &text)
        }
        text += "}"
    }
}
