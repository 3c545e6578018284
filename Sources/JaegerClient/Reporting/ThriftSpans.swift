import OpenTracing
import Thrift

/// How spans look in Jaeger's Thrift (`jaeger.thrift` and `agent.thrift` of jaeger-idl).
enum ThriftSpans {
    /// The kinds of tags, as numbered on the wire.
    private enum TagType: Int32 { case string, double, bool, long, binary }

    /// Writes a span as a structure.
    static func write(_ finished: FinishedSpan, to writer: inout some ThriftWriter) {
        let span = finished.span
        let flags = span.flags.rawValue
        span.withFinishedState { state in
            writer.structure { writer in
                writer.i64Field(1, Int64(bitPattern: span.traceIDLow))
                writer.i64Field(2, Int64(bitPattern: span.traceIDHigh))
                writer.i64Field(3, Int64(bitPattern: span.spanID))
                writer.i64Field(4, Int64(bitPattern: span.parentID))
                writer.stringField(5, state.operationName)
                if state.content.linkCount > 0 { writeLinks(state.content, to: &writer) }
                writer.i32Field(7, Int32(flags))
                writer.i64Field(8, state.startNanoseconds / 1000)
                writer.i64Field(9, state.durationNanoseconds / 1000)
                writeTags(state, to: &writer)
                if state.content.logCount > 0 { writeLogs(state.content, to: &writer) }
            }
        }
    }

    /// Writes as a structure whose spans they are.
    static func write(serviceName: String, tags: TagList, to writer: inout some ThriftWriter) {
        writer.structure { writer in
            writer.stringField(1, serviceName)
            if tags.isEmpty { return }
            var content = SpanContent()
            for tag in tags { content.setTag(tag.key, tag.value, SpanLimits()) }
            writer.listField(2, .structure, count: content.tagCount)
            writeTags(content, to: &writer)
        }
    }

    /// Writes the number of a batch and what was lost so far: fields 3 and 4 of a batch.
    static func write(sequence: Int64, _ statistics: ReporterStatistics, to writer: inout some ThriftWriter) {
        writer.i64Field(3, sequence)
        writer.structField(4) { writer in
            writer.i64Field(1, statistics.fullQueueDroppedSpans)
            writer.i64Field(2, statistics.tooLargeDroppedSpans)
            writer.i64Field(3, statistics.failedToEmitSpans)
        }
    }

    private static func writeLinks(_ content: borrowing SpanContent, to writer: inout some ThriftWriter) {
        writer.listField(6, .structure, count: content.linkCount)
        content.forEachEntry { kind, link in
            guard kind == .link else { return }
            writer.structure { writer in
                writer.i32Field(1, link.linkKind == .childOf ? 0 : 1)
                writer.i64Field(2, Int64(bitPattern: link.linkedTraceIDLow))
                writer.i64Field(3, Int64(bitPattern: link.linkedTraceIDHigh))
                writer.i64Field(4, Int64(bitPattern: link.linkedSpanID))
            }
        }
    }

    private static func writeLogs(_ content: borrowing SpanContent, to writer: inout some ThriftWriter) {
        writer.listField(11, .structure, count: content.logCount)
        content.forEachEntry { kind, log in
            guard kind == .log else { return }
            writer.structure { writer in
                writer.i64Field(1, log.nanoseconds / 1000)
                writer.listField(2, .structure, count: log.fieldCount)
                log.forEachField { key, value in write(key, value, to: &writer) }
            }
        }
    }

    /// Writes the tags, and as tags what Jaeger's structure has no field for.
    private static func writeTags(_ state: borrowing JaegerSpan.State, to writer: inout some ThriftWriter) {
        let extra = ExtraTags(state)
        let count = state.content.tagCount + extra.count
        if count == 0 { return }
        writer.listField(10, .structure, count: count)
        if let decision = state.decision { write(decision, to: &writer) }
        writeTags(state.content, to: &writer)
        for tag in extra.tags { write(tag, to: &writer) }
    }

    private static func writeTags(_ content: borrowing SpanContent, to writer: inout some ThriftWriter) {
        content.forEachEntry { kind, tag in
            if kind == .tag { tag.forEachField { key, value in write(key, value, to: &writer) } }
        }
    }

    private static func write(_ decision: SamplingDecision, to writer: inout some ThriftWriter) {
        writer.structure { writer in
            writer.stringField(1, "sampler.type" as StaticString)
            writer.i32Field(2, TagType.string.rawValue)
            writer.stringField(3, decision.samplerType)
        }
        writer.structure { writer in
            writer.stringField(1, "sampler.param" as StaticString)
            switch decision.parameter {
            case .bool(let truth):
                writer.i32Field(2, TagType.bool.rawValue)
                writer.boolField(5, truth)
            case .double(let number):
                writer.i32Field(2, TagType.double.rawValue)
                writer.doubleField(4, number)
            }
        }
    }

    private static func write(_ tag: Tag, to writer: inout some ThriftWriter) {
        writer.structure { writer in
            writer.stringField(1, tag.key)
            switch tag.value {
            case .int(let number):
                writer.i32Field(2, TagType.long.rawValue)
                writer.i64Field(6, number)
            case .bool(let truth):
                writer.i32Field(2, TagType.bool.rawValue)
                writer.boolField(5, truth)
            default:
                writer.i32Field(2, TagType.string.rawValue)
                writer.stringField(3, tag.value.description)
            }
        }
    }

    private static func write(_ key: RawSpan, _ value: FieldValue, to writer: inout some ThriftWriter) {
        writer.structure { writer in
            writer.binaryField(1, key)
            switch value.type {
            case .string:
                writer.i32Field(2, TagType.string.rawValue)
                writer.binaryField(3, value.bytes)
            case .double:
                writer.i32Field(2, TagType.double.rawValue)
                writer.doubleField(4, value.double)
            case .bool:
                writer.i32Field(2, TagType.bool.rawValue)
                writer.boolField(5, value.bool)
            case .int:
                writer.i32Field(2, TagType.long.rawValue)
                writer.i64Field(6, value.int)
            case .binary:
                writer.i32Field(2, TagType.binary.rawValue)
                writer.binaryField(7, value.bytes)
            case .array:
                writer.i32Field(2, TagType.string.rawValue)
                writer.stringField(3, JSONText.render(value))
            }
        }
    }
}

/// What OTLP has fields for and Jaeger's Thrift has tags for, by the names of OpenTelemetry's specification.
struct ExtraTags {
    private(set) var tags: [Tag] = []
    /// How many tags there are besides the span's own, those of the sampler included.
    private(set) var count = 0

    init(_ state: borrowing JaegerSpan.State) {
        if state.decision != nil { count = 2 }
        if let kind = state.kind { tags.append(Tag(Tags.spanKind, kind.tagValue)) }
        switch state.status.code {
        case .unset: break
        case .ok: tags.append(Tag("otel.status_code", "OK"))
        case .error:
            tags.append(Tag(Tags.error, true))
            tags.append(Tag("otel.status_code", "ERROR"))
        }
        if let message = state.status.message { tags.append(Tag("otel.status_description", .string(message))) }
        if state.isPartial { tags.append(Tag(PartialSpans.tag, true)) }
        if state.content.droppedTags > 0 {
            tags.append(Tag("otel.dropped_attributes_count", .int(Int64(state.content.droppedTags))))
        }
        if state.content.droppedLogs > 0 {
            tags.append(Tag("otel.dropped_events_count", .int(Int64(state.content.droppedLogs))))
        }
        if state.content.droppedLinks > 0 {
            tags.append(Tag("otel.dropped_links_count", .int(Int64(state.content.droppedLinks))))
        }
        count += tags.count
    }
}
