import OpenTracing
import Thrift

/// How spans look in Jaeger's Thrift (`jaeger.thrift` and `agent.thrift` of jaeger-idl).
struct SpanEncoding: Sendable {
    /// Longer texts and bytes are cut; nil lets all pass.
    var tagValueLengthMax: Int?

    /// The kinds of tags, as numbered on the wire.
    private enum TagType: Int32 { case string, double, bool, long, binary }

    /// Writes a span as a structure.
    func write(_ span: FinishedSpan, to writer: inout some ThriftWriter) {
        writer.structure { writer in
            writer.i64Field(1, Int64(bitPattern: span.context.traceIDLow))
            writer.i64Field(2, Int64(bitPattern: span.context.traceIDHigh))
            writer.i64Field(3, Int64(bitPattern: span.context.spanID))
            writer.i64Field(4, Int64(bitPattern: span.context.parentID))
            writer.stringField(5, span.operationName)
            if !span.links.isEmpty {
                writer.listField(6, .structure, count: span.links.count)
                for link in span.links { write(link, to: &writer) }
            }
            writer.i32Field(7, Int32(span.context.flags.rawValue))
            writer.i64Field(8, span.startTime.nanosecondsSinceEpoch / 1000)
            writer.i64Field(9, span.durationNanoseconds / 1000)
            if !span.tags.isEmpty { write(span.tags, field: 10, to: &writer) }
            if !span.logs.isEmpty {
                writer.listField(11, .structure, count: span.logs.count)
                for log in span.logs {
                    writer.structure { writer in
                        writer.i64Field(1, log.time.nanosecondsSinceEpoch / 1000)
                        write(log.fields, field: 2, to: &writer)
                    }
                }
            }
        }
    }

    /// Writes as a structure whose spans they are.
    func write(serviceName: String, tags: TagList, to writer: inout some ThriftWriter) {
        writer.structure { writer in
            writer.stringField(1, serviceName)
            if !tags.isEmpty { write(tags, field: 2, to: &writer) }
        }
    }

    private func write(_ link: FinishedSpan.Link, to writer: inout some ThriftWriter) {
        writer.structure { writer in
            writer.i32Field(1, link.kind == .childOf ? 0 : 1)
            writer.i64Field(2, Int64(bitPattern: link.traceIDLow))
            writer.i64Field(3, Int64(bitPattern: link.traceIDHigh))
            writer.i64Field(4, Int64(bitPattern: link.spanID))
        }
    }

    private func write(_ tags: TagList, field: Int16, to writer: inout some ThriftWriter) {
        writer.listField(field, .structure, count: tags.count)
        for tag in tags {
            writer.structure { writer in
                writer.stringField(1, tag.key)
                write(tag.value, to: &writer)
            }
        }
    }

    private func write(_ value: TagValue, to writer: inout some ThriftWriter) {
        switch value {
        case .string(let text):
            writer.i32Field(2, TagType.string.rawValue)
            writer.stringField(3, shortened(text))
        case .double(let number):
            writer.i32Field(2, TagType.double.rawValue)
            writer.doubleField(4, number)
        case .bool(let truth):
            writer.i32Field(2, TagType.bool.rawValue)
            writer.boolField(5, truth)
        case .int(let number):
            writer.i32Field(2, TagType.long.rawValue)
            writer.i64Field(6, number)
        case .binary(let bytes):
            writer.i32Field(2, TagType.binary.rawValue)
            writer.binaryField(7, bytes.prefix(tagValueLengthMax ?? .max))
        }
    }

    /// The text, or as much of it as fits the limit with a mark that it was cut.
    private func shortened(_ text: String) -> String {
        let mark = "…"
        guard let limit = tagValueLengthMax, text.utf8.count > limit else { return text }
        let utf8 = text.utf8
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, limit - mark.utf8.count))
        // Not in the middle of a character's bytes.
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { utf8.formIndex(before: &end) }
        return String(text[..<end]) + mark
    }
}
