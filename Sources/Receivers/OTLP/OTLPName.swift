import TraceModel

/// The names of OTLP's JSON that we read.
enum OTLPName {
    case key, name, code, kind, flags, scope, spans, value, links, spanID, values, traceID, events, status, version
    case message, endTime, startTime, time, resource, schemaURL, traceState, attributes, scopeSpans, parentSpanID
    case resourceSpans, droppedAttributes, droppedEvents, droppedLinks
    case intValue, boolValue, bytesValue, arrayValue, doubleValue, stringValue, mapValue
    /// A name of which nothing is known; its value is passed over.
    case unknown

    /// Finds a name by its bytes; snake case, which OTLP does not allow but people send, is taken for camel case.
    init(_ name: RawSpan) {
        self = Self.camelCase(name)
        guard self == .unknown, name.byteCount < 40, let folded = folded(name) else { return }
        self = Self.camelCase(folded.span.bytes)
    }

    private static func camelCase(_ name: RawSpan) -> OTLPName {
        switch name.byteCount {
        case 3: if name.equals("key") { return .key }
        case 4:
            if name.equals("name") { return .name }
            if name.equals("kind") { return .kind }
            if name.equals("code") { return .code }
        case 5:
            if name.equals("value") { return .value }
            if name.equals("spans") { return .spans }
            if name.equals("scope") { return .scope }
            if name.equals("flags") { return .flags }
            if name.equals("links") { return .links }
        case 6:
            if name.equals("spanId") { return .spanID }
            if name.equals("values") { return .values }
            if name.equals("events") { return .events }
            if name.equals("status") { return .status }
        case 7:
            if name.equals("traceId") { return .traceID }
            if name.equals("version") { return .version }
            if name.equals("message") { return .message }
        default: return longCamelCase(name)
        }
        return .unknown
    }

    private static func longCamelCase(_ name: RawSpan) -> OTLPName {
        switch name.byteCount {
        case 8:
            if name.equals("intValue") { return .intValue }
            if name.equals("resource") { return .resource }
        case 9:
            if name.equals("boolValue") { return .boolValue }
            if name.equals("schemaUrl") { return .schemaURL }
        case 10:
            if name.equals("attributes") { return .attributes }
            if name.equals("arrayValue") { return .arrayValue }
            if name.equals("bytesValue") { return .bytesValue }
            if name.equals("traceState") { return .traceState }
            if name.equals("scopeSpans") { return .scopeSpans }
        case 11:
            if name.equals("stringValue") { return .stringValue }
            if name.equals("doubleValue") { return .doubleValue }
            if name.equals("kvlistValue") { return .mapValue }
        case 12:
            if name.equals("parentSpanId") { return .parentSpanID }
            if name.equals("timeUnixNano") { return .time }
        case 13: if name.equals("resourceSpans") { return .resourceSpans }
        case 15: if name.equals("endTimeUnixNano") { return .endTime }
        case 17:
            if name.equals("startTimeUnixNano") { return .startTime }
            if name.equals("droppedLinksCount") { return .droppedLinks }
        case 18: if name.equals("droppedEventsCount") { return .droppedEvents }
        // The name of a scope before OTLP 1.0 has as many letters.
        case 22:
            if name.equals("droppedAttributesCount") { return .droppedAttributes }
            if name.equals("instrumentationLibrary") { return .scope }
        case 27: if name.equals("instrumentationLibrarySpans") { return .scopeSpans }
        default: break
        }
        return .unknown
    }
}

/// A name without its underscores and with the letters behind them in upper case; nil if it has none.
private func folded(_ name: RawSpan) -> [UInt8]? {
    var bytes: [UInt8] = []
    var raise = false
    for offset in 0..<name.byteCount {
        let byte = name.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        if byte == UInt8(ascii: "_") {
            raise = true
        } else {
            bytes.append(raise && (0x61...0x7A).contains(byte) ? byte - 0x20 : byte)
            raise = false
        }
    }
    return bytes.count < name.byteCount ? bytes : nil
}
