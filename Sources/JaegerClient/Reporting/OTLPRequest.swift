import OpenTracing

/// Spans as an `ExportTraceServiceRequest` of OTLP (opentelemetry-proto 1.x).
struct OTLPRequest: Sendable {
    /// The resource, which all spans share: the first field of `ResourceSpans`.
    private let resource: [UInt8]
    /// The scope: the first field of `ScopeSpans`.
    private let scope: [UInt8]

    init(serviceName: String, processTags: TagList) {
        var content = SpanContent()
        let limits = SpanLimits()
        content.setTag("service.name", .string(serviceName), limits)
        content.setTag("telemetry.sdk.language", "swift", limits)
        content.setTag("telemetry.sdk.name", "martlet", limits)
        content.setTag("telemetry.sdk.version", .string(JaegerTracer.version), limits)
        for tag in processTags { content.setTag(tag.key, tag.value, limits) }
        var writer = ProtobufWriter(capacity: 512)
        writer.messageField(1, lengthBytes: 2) { writer in
            content.forEachEntry { _, tag in
                tag.forEachField { key, value in OTLPSpans.writeAttribute(1, key, value, to: &writer) }
            }
        }
        resource = writer.takeBytes()
        var scopeWriter = ProtobufWriter(capacity: 64)
        scopeWriter.messageField(1) { writer in
            writer.textField(1, "JaegerClient" as StaticString)
            writer.textField(2, JaegerTracer.version)
        }
        scope = scopeWriter.takeBytes()
    }

    func encode(_ spans: [FinishedSpan]) -> [UInt8] {
        var writer = ProtobufWriter(capacity: resource.count + scope.count + spans.count * 512)
        writer.messageField(1, lengthBytes: 3) { writer in
            writer.raw(resource)
            writer.messageField(2, lengthBytes: 3) { writer in
                writer.raw(scope)
                for span in spans { OTLPSpans.write(span, to: &writer) }
            }
        }
        return writer.takeBytes()
    }

    /// What an `ExportTraceServiceResponse` says of spans that the server did not take; nil when it took all.
    static func refusal(_ body: [UInt8]) -> (spans: Int64, message: String)? {
        var response = ProtobufReader(body)
        while let field = response.next() {
            guard field.id == 1, let partialSuccess = field.bytes else { continue }
            var (spans, message): (Int64, String) = (0, "")
            var fields = ProtobufReader(Array(partialSuccess))
            while let field = fields.next() {
                if field.id == 1 { spans = Int64(bitPattern: field.number) }
                if field.id == 2, let text = field.bytes { message = String(decoding: text, as: UTF8.self) }
            }
            return spans > 0 ? (spans, message) : nil
        }
        return nil
    }
}

/// How spans look in OTLP.
enum OTLPSpans {
    static func write(_ finished: FinishedSpan, to writer: inout ProtobufWriter) {
        let span = finished.span
        let flags = span.flags
        span.withFinishedState { state in
            writer.messageField(2, lengthBytes: 2) { writer in
                writer.identifierField(1, span.traceIDHigh, span.traceIDLow)
                writer.identifierField(2, span.spanID)
                if let traceState = state.items?.traceState { writer.textField(3, traceState) }
                if span.parentID != 0 { writer.identifierField(4, span.parentID) }
                writer.textField(5, state.operationName)
                writer.fixed64Field(7, UInt64(clamping: state.startNanoseconds))
                writer.fixed64Field(8, UInt64(clamping: state.startNanoseconds &+ state.durationNanoseconds))
                writer.fixed32Field(16, flags.contains(.sampled) ? 1 : 0)
                writeContent(span, state, to: &writer)
            }
        }
    }

    private static func writeContent(
        _ span: JaegerSpan,
        _ state: borrowing JaegerSpan.State,
        to writer: inout ProtobufWriter
    ) {
        var kind = OTLPKind(state.kind)
        var status = state.status
        if let decision = state.decision { writeTags(decision, to: &writer) }
        state.content.forEachEntry { entryKind, entry in
            switch entryKind {
            case .dead: break
            case .tag:
                entry.forEachField { key, value in
                    // What OTLP has fields for.
                    if key.equals("span.kind"), let told = OTLPKind(value) {
                        kind = told
                    } else if key.equals("error"), value.saysTrue {
                        if status.code == .unset { status.code = .error }
                    } else {
                        writeAttribute(9, key, value, to: &writer)
                    }
                }
            case .log: writeEvent(entry, to: &writer)
            case .link:
                if span.parentID == entry.linkedSpanID, span.traceIDLow == entry.linkedTraceIDLow { break }
                writeLink(entry, to: &writer)
            }
        }
        if state.isPartial {
            writer.messageField(9) { writer in
                writer.textField(1, PartialSpans.tag)
                writer.messageField(2) { $0.rawVarintField(2, 1) }
            }
        }
        writer.varintField(6, kind.rawValue)
        writer.varintField(10, UInt64(state.content.droppedTags))
        writer.varintField(12, UInt64(state.content.droppedLogs))
        writer.varintField(14, UInt64(state.content.droppedLinks))
        if status.code != .unset {
            writer.messageField(15) { writer in
                if let message = status.message { writer.textField(2, message) }
                writer.varintField(3, status.code == .ok ? 1 : 2)
            }
        }
    }

    private static func writeTags(_ decision: SamplingDecision, to writer: inout ProtobufWriter) {
        writer.messageField(9) { writer in
            writer.textField(1, "sampler.type" as StaticString)
            writer.messageField(2) { $0.textField(1, decision.samplerType) }
        }
        writer.messageField(9) { writer in
            writer.textField(1, "sampler.param" as StaticString)
            writer.messageField(2) { writer in
                switch decision.parameter {
                case .bool(let truth): writer.rawVarintField(2, truth ? 1 : 0)
                case .double(let number): writer.fixed64Field(4, number.bitPattern)
                }
            }
        }
    }

    static func writeAttribute(_ id: UInt8, _ key: RawSpan, _ value: FieldValue, to writer: inout ProtobufWriter) {
        switch value.type {
        case .string: writer.attributeField(id, key, 1, bytes: value.bytes)
        case .bool: writer.attributeField(id, key, 2, varint: value.bool ? 1 : 0)
        case .int: writer.attributeField(id, key, 3, varint: UInt64(bitPattern: value.int))
        case .double: writer.attributeField(id, key, 4, double: value.double)
        case .binary: writer.attributeField(id, key, 7, bytes: value.bytes)
        case .array:
            writer.messageField(id) { writer in
                writer.bytesField(1, key)
                writer.messageField(2) { write(value, to: &$0) }
            }
        }
    }

    /// Writes the one field that an `AnyValue` has.
    private static func write(_ value: FieldValue, to writer: inout ProtobufWriter) {
        switch value.type {
        case .string: writer.bytesField(1, value.bytes)
        case .bool: writer.rawVarintField(2, value.bool ? 1 : 0)
        case .int: writer.rawVarintField(3, UInt64(bitPattern: value.int))
        case .double: writer.fixed64Field(4, value.double.bitPattern)
        case .binary: writer.bytesField(7, value.bytes)
        case .array:
            writer.messageField(5) { writer in
                value.forEachElement { element in writer.messageField(1) { write(element, to: &$0) } }
            }
        }
    }

    private static func writeEvent(_ log: borrowing SpanEntry, to writer: inout ProtobufWriter) {
        writer.messageField(11) { writer in
            writer.fixed64Field(1, UInt64(clamping: log.nanoseconds))
            var hasName = false
            log.forEachField { key, value in
                // OpenTracing has no name for a log but the field `event`.
                if !hasName, value.type == .string, key.equals("event") {
                    hasName = true
                    writer.bytesField(2, value.bytes)
                } else {
                    writeAttribute(3, key, value, to: &writer)
                }
            }
        }
    }

    private static func writeLink(_ link: borrowing SpanEntry, to writer: inout ProtobufWriter) {
        writer.messageField(13) { writer in
            writer.identifierField(1, link.linkedTraceIDHigh, link.linkedTraceIDLow)
            writer.identifierField(2, link.linkedSpanID)
            if let kind = link.linkKind.reference {
                writer.messageField(4) { writer in
                    writer.textField(1, "opentracing.ref_type" as StaticString)
                    writer.messageField(2) { writer in
                        writer.textField(1, kind == .childOf ? "child_of" : "follows_from" as StaticString)
                    }
                }
            }
            link.forEachField { key, value in writeAttribute(4, key, value, to: &writer) }
        }
    }
}

/// Which side of a call a span is on, as numbered in OTLP.
private enum OTLPKind: UInt64 {
    case unspecified, `internal`, server, client, producer, consumer

    init(_ kind: SpanKind?) {
        self =
            switch kind {
            case nil: .unspecified
            case .server: .server
            case .client: .client
            case .producer: .producer
            case .consumer: .consumer
            }
    }

    /// The kind that the tag `span.kind` names.
    init?(_ value: FieldValue) {
        if value.type != .string { return nil }
        if value.bytes.equals("server") {
            self = .server
        } else if value.bytes.equals("client") {
            self = .client
        } else if value.bytes.equals("producer") {
            self = .producer
        } else if value.bytes.equals("consumer") {
            self = .consumer
        } else if value.bytes.equals("internal") {
            self = .internal
        } else {
            return nil
        }
    }
}

extension FieldValue {
    /// Whether the value is true, or the text that says so.
    fileprivate var saysTrue: Bool { type == .bool ? bool : type == .string && bytes.equals("true") }
}

/// Walks over the fields of a message.
struct ProtobufReader {
    struct Field {
        var id: UInt64
        var number: UInt64 = 0
        var bytes: ArraySlice<UInt8>?
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next field; nil at the end, and where the bytes are no message.
    mutating func next() -> Field? {
        guard let tag = varint() else { return nil }
        var field = Field(id: tag >> 3)
        switch tag & 7 {
        case 0:
            guard let number = varint() else { return nil }
            field.number = number
        case 1: rest = rest.dropFirst(8)
        case 2:
            guard let length = varint(), length <= UInt64(rest.count) else { return nil }
            field.bytes = rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
        case 5: rest = rest.dropFirst(4)
        default: return nil
        }
        return field
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
