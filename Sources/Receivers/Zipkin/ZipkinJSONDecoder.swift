import TraceModel

/// Reads Zipkin's JSON, whose versions differ in few names (zipkin-api, zipkin.yaml and zipkin2-api.yaml).
struct ZipkinJSONDecoder: ~Escapable {
    var reader: JSONReader
    var spans: ZipkinSpans

    @_lifetime(copy body)
    init(_ body: RawSpan, _ spans: ZipkinSpans) {
        reader = JSONReader(body)
        self.spans = spans
    }

    @_lifetime(self: copy self)
    mutating func list() throws(JSONError) {
        try reader.open(.list)
        while try reader.nextElement() {
            try span()
            spans.finish()
        }
        try reader.end()
    }

    /// The names within a span.
    private enum Name {
        case traceID, id, parentID, name, kind, timestamp, duration, local, remote, annotations, tags, binaryAnnotations
        case unknown

        init(_ name: RawSpan) {
            self = .unknown
            if name.equals("id") { self = .id }
            if name.equals("name") { self = .name }
            if name.equals("kind") { self = .kind }
            if name.equals("tags") { self = .tags }
            if name.equals("traceId") { self = .traceID }
            if name.equals("parentId") { self = .parentID }
            if name.equals("duration") { self = .duration }
            if name.equals("timestamp") { self = .timestamp }
            if name.equals("annotations") { self = .annotations }
            if name.equals("localEndpoint") { self = .local }
            if name.equals("remoteEndpoint") { self = .remote }
            if name.equals("binaryAnnotations") { self = .binaryAnnotations }
        }
    }

    @_lifetime(self: copy self)
    private mutating func span() throws(JSONError) {
        try reader.open(.object)
        while try reader.nextName() {
            let name = Name(reader.text)
            if name != .unknown, try reader.readNull() { continue }
            switch name {
            case .traceID: spans.row.traceID = try traceID()
            case .id: spans.row.spanID = try spanID()
            case .parentID: spans.row.parentSpanID = try spanID()
            case .name: spans.row.name = try string()
            case .kind: spans.row.kind = try kind()
            case .timestamp: spans.setStart(try microseconds())
            case .duration: spans.setDuration(try microseconds())
            case .local: spans.setLocal(try endpoint())
            case .remote: spans.setRemote(try endpoint())
            case .annotations:
                try reader.open(.list)
                while try reader.nextElement() { try annotation() }
            case .tags: try tags()
            case .binaryAnnotations:
                try reader.open(.list)
                while try reader.nextElement() { try binaryAnnotation() }
            case .unknown: try reader.skipValue()
            }
        }
    }

    @_lifetime(self: copy self)
    private mutating func string() throws(JSONError) -> StringRef {
        try reader.readString()
        return spans.builder.intern(textOf: reader)
    }

    /// Reads a time or duration; a negative one is noted, and 0 then.
    @_lifetime(self: copy self)
    private mutating func microseconds() throws(JSONError) -> UInt64 {
        let number = try reader.readInt64()
        if number < 0 { spans.setOutOfRange() }
        return UInt64(max(0, number))
    }

    @_lifetime(self: copy self)
    private mutating func kind() throws(JSONError) -> SpanKind {
        try reader.readString()
        if reader.text.equals("CLIENT") { return .client }
        if reader.text.equals("SERVER") { return .server }
        if reader.text.equals("PRODUCER") { return .producer }
        if reader.text.equals("CONSUMER") { return .consumer }
        return .unspecified
    }

    @_lifetime(self: copy self)
    private mutating func tags() throws(JSONError) {
        try reader.open(.object)
        while try reader.nextName() {
            let key = spans.builder.internKey(textOf: reader)
            let value = try string()
            if let key { spans.tag(key, value) } else { spans.drop() }
        }
    }

    @_lifetime(self: copy self)
    private mutating func annotation() throws(JSONError) {
        var time: UInt64 = 0
        var value: StringRef = 0
        var host: ZipkinEndpoint?
        try reader.open(.object)
        while try reader.nextName() {
            if reader.text.equals("timestamp") {
                time = try microseconds()
            } else if reader.text.equals("value") {
                value = try string()
            } else if reader.text.equals("endpoint") {
                host = try reader.readNull() ? nil : try endpoint()
            } else {
                try reader.skipValue()
            }
        }
        spans.annotation(time, value, host)
    }

    @_lifetime(self: copy self)
    private mutating func binaryAnnotation() throws(JSONError) {
        var key: StringRef?
        var value: StringRef = 0
        var flag: Bool?
        var host: ZipkinEndpoint?
        try reader.open(.object)
        while try reader.nextName() {
            if reader.text.equals("key") {
                try reader.readString()
                key = spans.builder.internKey(textOf: reader)
            } else if reader.text.equals("value") {
                // py-zipkin among others says `true` of the address of the other side, as Thrift does.
                flag = try reader.readBoolIfNext()
                if flag == nil { value = try string() }
            } else if reader.text.equals("endpoint") {
                host = try reader.readNull() ? nil : try endpoint()
            } else {
                try reader.skipValue()
            }
        }
        guard let key else { return spans.drop() }
        if let flag {
            spans.binaryAnnotation(key, .bool, flag ? 1 : 0, host)
        } else {
            spans.binaryAnnotation(key, value, host)
        }
    }

    @_lifetime(self: copy self)
    private mutating func endpoint() throws(JSONError) -> ZipkinEndpoint {
        var endpoint = ZipkinEndpoint()
        try reader.open(.object)
        while try reader.nextName() {
            let isService = reader.text.equals("serviceName")
            let isIPv4 = reader.text.equals("ipv4")
            let isIPv6 = reader.text.equals("ipv6")
            let isPort = reader.text.equals("port")
            if try reader.readNull() { continue }
            if isService {
                endpoint.service = try string()
            } else if isIPv4 {
                endpoint.ipv4 = try string()
            } else if isIPv6 {
                endpoint.ipv6 = try string()
            } else if isPort {
                // Some clients take a port for a signed number of 16 bits.
                endpoint.port = UInt16(truncatingIfNeeded: try reader.readInt64())
            } else {
                try reader.skipValue()
            }
        }
        return endpoint
    }

    @_lifetime(self: copy self)
    private mutating func traceID() throws(JSONError) -> TraceID {
        let begin = reader.offset
        try reader.readString()
        let count = reader.text.byteCount
        if count == 0 { return TraceID(low: 0) }
        guard count <= 32, let low = hexBits(reader.text.extracting(last: 16)) else { throw badID(32, at: begin) }
        if count <= 16 { return TraceID(low: low) }
        guard let high = hexBits(reader.text.extracting(droppingLast: 16)) else { throw badID(32, at: begin) }
        return TraceID(high: high, low: low)
    }

    @_lifetime(self: copy self)
    private mutating func spanID() throws(JSONError) -> SpanID {
        let begin = reader.offset
        try reader.readString()
        if reader.text.byteCount == 0 { return .none }
        guard let bits = hexBits(reader.text) else { throw badID(16, at: begin) }
        return SpanID(bits)
    }
}

@inline(never)
private func badID(_ digits: Int, at offset: Int) -> JSONError {
    JSONError("an id that is not 1 to \(digits) hexadecimal digits", at: offset)
}
