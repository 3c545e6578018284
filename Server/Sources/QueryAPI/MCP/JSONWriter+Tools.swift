import SpanStorage
import TraceAnalysis
import TraceModel

// What tools return: names of their own, because Jaeger's tools have these.
extension JSONWriter {
    /// A value longer than this is cut in what a model reads.
    private static let valueBytesMax = 4_096

    /// How much there is, and whether some of it was left out.
    mutating func cut(_ count: Int, _ limit: Int) {
        self.count("total_count", count)
        key("truncated")
        bool(count > limit)
    }

    mutating func toolSummary(_ summary: TraceSummary) {
        beginObject()
        key("trace_id")
        id(summary.id)
        key("root_service")
        string(summary.root?.service ?? "")
        key("root_span_name")
        string(summary.root?.name ?? "")
        key("start_time")
        plainString(UTCTime(nanoseconds: summary.measure.start).description)
        key("duration_us")
        microseconds(UInt64(max(0, summary.measure.duration)))
        count("span_count", summary.measure.spans)
        count("service_count", summary.services.count)
        key("services")
        beginArray()
        for service in summary.services.prefix(50) { string(service.name) }
        endArray()
        key("has_errors")
        bool(summary.measure.errors > 0)
        count("error_count", summary.measure.errors)
        endObject()
    }

    mutating func traceFacts(_ trace: SpanBatch) {
        let extent = trace.extent
        key("trace_id")
        id(trace.spans.traceID(0))
        key("start_time")
        plainString(UTCTime(nanoseconds: extent.lowerBound).description)
        key("duration_us")
        microseconds(extent.upperBound - extent.lowerBound)
        count("span_count", trace.count)
    }

    mutating func toolNames(_ row: Int, of trace: SpanBatch) {
        key("span_id")
        id(SpanID(trace.spans.spanIDs[row]))
        key("service")
        string(trace.strings.bytes(trace.resource(of: row).service))
        key("span_name")
        string(trace.strings.bytes(trace.spans.names[row]))
    }

    mutating func toolSpan(_ row: Int, of trace: SpanBatch, from start: UInt64) {
        toolNames(row, of: trace)
        key("span_kind")
        plainString(trace.spans.kinds[row].tagValue)
        key("start_offset_us")
        microseconds(trace.spans.interval(row).lowerBound - start)
        key("duration_us")
        microseconds(trace.spans.interval(row).upperBound - trace.spans.interval(row).lowerBound)
        key("status")
        plainString("\(trace.spans.statuses[row])")
    }

    mutating func toolDetails(_ row: Int, of trace: SpanBatch, from start: UInt64) {
        beginObject()
        toolSpan(row, of: trace, from: start)
        key("parent_span_id")
        if trace.spans.parentSpanIDs[row] == 0 { null() } else { id(SpanID(trace.spans.parentSpanIDs[row])) }
        key("status_message")
        string(trace.strings.bytes(trace.spans.statusMessages[row]))
        key("attributes")
        attributes(trace.spanAttributes.range(row).map { trace.spanAttributes[$0] }, of: trace)
        key("resource")
        attributes(trace.resource(of: row).attributes, of: trace)
        key("events")
        beginArray()
        for event in trace.events.range(row) {
            beginObject()
            key("name")
            string(trace.strings.bytes(trace.events.names[event]))
            key("offset_us")
            microseconds(Double(trace.events.times[event]) - Double(start))
            key("attributes")
            let range = trace.events.attributes.range(event)
            attributes(range.map { trace.events.attributes[$0] }, of: trace)
            endObject()
        }
        endArray()
        key("links")
        beginArray()
        for link in trace.links.range(row) {
            beginObject()
            key("trace_id")
            id(trace.links[link].traceID)
            key("span_id")
            id(trace.links[link].spanID)
            endObject()
        }
        endArray()
        endObject()
    }

    /// Attributes as one object; a long text is cut and says how long it is.
    private mutating func attributes(_ list: [Attribute], of trace: SpanBatch) {
        beginObject()
        for attribute in list {
            key(escaping: trace.strings.bytes(attribute.key))
            let value = trace.value(attribute)
            if case .string(let text) = value, text.utf8.count > Self.valueBytesMax {
                let begin = String(decoding: text.utf8.prefix(Self.valueBytesMax), as: UTF8.self)
                string("\(begin)… (cut: \(text.utf8.count) bytes in all)")
            } else {
                self.attribute(value)
            }
        }
        endObject()
    }
}
