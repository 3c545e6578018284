import TraceModel

/// Makes traces for tests in a few words: a span is begun, gets its parts and is ended.
struct BatchBuilder {
    var batch = SpanBatch()
    var row = SpanRow()

    init() {
        row.traceID = TraceID(low: 0x1001)
        row.spanID = SpanID(1)
        row.startNanoseconds = 1_700_000_000_000_000_000
        row.durationNanoseconds = 1_500_999
    }

    /// Adds a resource and lets the following spans be of it.
    mutating func resource(_ format: SpanFormat, _ service: String, _ attributes: [(String, AttributeValue)] = []) {
        var resource = Resource()
        resource.format = format
        resource.service = batch.strings.intern(service)
        resource.attributes = attributes.map { attribute($0.0, $0.1) }
        row.resource = UInt32(batch.resources.count)
        batch.resources.append(resource)
    }

    /// Adds a scope and lets the following spans be of it.
    mutating func scope(_ name: String, _ version: String) {
        var scope = Scope()
        scope.name = batch.strings.intern(name)
        scope.version = batch.strings.intern(version)
        row.scope = UInt32(batch.scopes.count)
        batch.scopes.append(scope)
    }

    mutating func tag(_ key: String, _ value: AttributeValue) {
        let attribute = attribute(key, value)
        batch.spanAttributes.append(key: attribute.key, type: attribute.type, value: attribute.value)
    }

    /// A tag whose key and string value are any bytes.
    mutating func tag(keyBytes: [UInt8], stringBytes: [UInt8]) {
        let key = batch.strings.intern(keyBytes.span.bytes)
        let value = batch.strings.intern(stringBytes.span.bytes)
        batch.spanAttributes.append(key: key, type: .string, value: UInt64(value))
    }

    mutating func event(_ name: String, at nanoseconds: UInt64, _ attributes: [(String, AttributeValue)] = []) {
        for (key, value) in attributes {
            let attribute = attribute(key, value)
            batch.events.attributes.append(key: attribute.key, type: attribute.type, value: attribute.value)
        }
        batch.events.append(time: nanoseconds, name: batch.strings.intern(name))
    }

    mutating func link(
        _ kind: LinkKind,
        trace: TraceID = TraceID(low: 0x1001),
        span: UInt64,
        _ attributes: [(String, AttributeValue)] = []
    ) {
        for (key, value) in attributes {
            let attribute = attribute(key, value)
            batch.links.attributes.append(key: attribute.key, type: attribute.type, value: attribute.value)
        }
        var row = LinkRow()
        row.kind = kind
        row.traceID = trace
        row.spanID = SpanID(span)
        batch.links.append(row)
    }

    /// Ends the open span.
    mutating func end(_ name: String) {
        row.name = batch.strings.intern(name)
        batch.appendSpan(row)
        row.spanID = SpanID(row.spanID.bits + 1)
    }

    private mutating func attribute(_ key: String, _ value: AttributeValue) -> Attribute {
        let (type, bits) = batch.intern(value)
        return Attribute(key: batch.strings.intern(key), type: type, value: bits)
    }
}
