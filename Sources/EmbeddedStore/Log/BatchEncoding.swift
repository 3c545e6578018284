import TraceModel

/// A batch as the bytes of a log frame: its columns one after the other.
///
/// Speed before size: a frame is written once, read after a crash and soon deleted. Its version is the log file's.
enum BatchEncoding {
    /// Appends the batch.
    static func encode(_ batch: borrowing SpanBatch, into bytes: inout [UInt8]) {
        bytes.append(column: batch.strings.arena)
        bytes.append(column: batch.strings.ends)
        encode(batch.spans, into: &bytes)
        encode(batch.spanAttributes, into: &bytes)
        bytes.append(column: batch.events.times)
        bytes.append(column: batch.events.names)
        bytes.append(column: batch.events.droppedAttributes)
        bytes.append(column: batch.events.ends)
        encode(batch.events.attributes, into: &bytes)
        bytes.append(cases: batch.links.kinds)
        bytes.append(column: batch.links.traceIDHigh)
        bytes.append(column: batch.links.traceIDLow)
        bytes.append(column: batch.links.spanIDs)
        bytes.append(column: batch.links.traceStates)
        bytes.append(column: batch.links.flags)
        bytes.append(column: batch.links.droppedAttributes)
        bytes.append(column: batch.links.ends)
        encode(batch.links.attributes, into: &bytes)
        bytes.append(littleEndian: UInt32(batch.resources.count))
        for resource in batch.resources { encode(resource, into: &bytes) }
        bytes.append(littleEndian: UInt32(batch.scopes.count))
        for scope in batch.scopes { encode(scope, into: &bytes) }
        if batch.isCountedOnly { bytes.append(1) }
    }

    /// The batch of a frame, or nil if the bytes are not one that `encode` could have written.
    static func decode(_ bytes: RawSpan) -> SpanBatch? {
        var reader = ByteReader(bytes)
        guard var batch = try? decode(&reader), batch.isSound else { return nil }
        if !reader.isAtEnd {
            guard (try? reader.byte()) == 1 else { return nil }
            batch.isCountedOnly = true
        }
        return reader.isAtEnd ? batch : nil
    }

    private static func decode(_ reader: inout ByteReader) throws(ByteError) -> SpanBatch? {
        var batch = SpanBatch()
        let arena = try reader.column(UInt8.self)
        batch.strings = StringTable(arena: arena, ends: try reader.column())
        guard let spans = try decodeSpans(&reader) else { return nil }
        batch.spans = spans
        guard let attributes = try decodeAttributes(&reader) else { return nil }
        batch.spanAttributes = attributes
        batch.events.times = try reader.column()
        batch.events.names = try reader.column()
        batch.events.droppedAttributes = try reader.column()
        batch.events.ends = try reader.column()
        guard let eventAttributes = try decodeAttributes(&reader) else { return nil }
        batch.events.attributes = eventAttributes
        guard let kinds = try reader.cases(LinkKind.self) else { return nil }
        batch.links.kinds = kinds
        batch.links.traceIDHigh = try reader.column()
        batch.links.traceIDLow = try reader.column()
        batch.links.spanIDs = try reader.column()
        batch.links.traceStates = try reader.column()
        batch.links.flags = try reader.column()
        batch.links.droppedAttributes = try reader.column()
        batch.links.ends = try reader.column()
        guard let linkAttributes = try decodeAttributes(&reader) else { return nil }
        batch.links.attributes = linkAttributes
        for _ in 0..<(try reader.littleEndian(UInt32.self)) {
            guard let resource = try decodeResource(&reader) else { return nil }
            batch.resources.append(resource)
        }
        for _ in 0..<(try reader.littleEndian(UInt32.self)) {
            guard let scope = try decodeScope(&reader) else { return nil }
            batch.scopes.append(scope)
        }
        return batch
    }

    private static func encode(_ spans: borrowing SpanColumns, into bytes: inout [UInt8]) {
        bytes.append(column: spans.traceIDHigh)
        bytes.append(column: spans.traceIDLow)
        bytes.append(column: spans.spanIDs)
        bytes.append(column: spans.parentSpanIDs)
        bytes.append(column: spans.starts)
        bytes.append(column: spans.durations)
        bytes.append(column: spans.names)
        bytes.append(column: spans.resources)
        bytes.append(column: spans.scopes)
        bytes.append(cases: spans.kinds)
        bytes.append(cases: spans.statuses)
        bytes.append(column: spans.statusMessages)
        bytes.append(column: spans.traceStates)
        bytes.append(column: spans.flags)
        bytes.append(column: spans.droppedAttributes)
        bytes.append(column: spans.droppedEvents)
        bytes.append(column: spans.droppedLinks)
    }

    private static func decodeSpans(_ reader: inout ByteReader) throws(ByteError) -> SpanColumns? {
        var spans = SpanColumns()
        spans.traceIDHigh = try reader.column()
        spans.traceIDLow = try reader.column()
        spans.spanIDs = try reader.column()
        spans.parentSpanIDs = try reader.column()
        spans.starts = try reader.column()
        spans.durations = try reader.column()
        spans.names = try reader.column()
        spans.resources = try reader.column()
        spans.scopes = try reader.column()
        guard let kinds = try reader.cases(SpanKind.self), let statuses = try reader.cases(StatusCode.self) else {
            return nil
        }
        spans.kinds = kinds
        spans.statuses = statuses
        spans.statusMessages = try reader.column()
        spans.traceStates = try reader.column()
        spans.flags = try reader.column()
        spans.droppedAttributes = try reader.column()
        spans.droppedEvents = try reader.column()
        spans.droppedLinks = try reader.column()
        return spans
    }

    private static func encode(_ lists: borrowing AttributeLists, into bytes: inout [UInt8]) {
        bytes.append(column: lists.keys)
        bytes.append(cases: lists.types)
        bytes.append(column: lists.values)
        bytes.append(column: lists.ends)
    }

    private static func decodeAttributes(_ reader: inout ByteReader) throws(ByteError) -> AttributeLists? {
        var lists = AttributeLists()
        lists.keys = try reader.column()
        guard let types = try reader.cases(AttributeType.self) else { return nil }
        lists.types = types
        lists.values = try reader.column()
        lists.ends = try reader.column()
        return lists
    }

    static func encode(_ resource: Resource, into bytes: inout [UInt8]) {
        bytes.append(littleEndian: resource.service)
        bytes.append(resource.format.rawValue)
        bytes.append(littleEndian: resource.schemaURL)
        bytes.append(littleEndian: resource.droppedAttributes)
        encode(resource.attributes, into: &bytes)
    }

    static func decodeResource(_ reader: inout ByteReader) throws(ByteError) -> Resource? {
        var resource = Resource()
        resource.service = try reader.littleEndian()
        guard let format = SpanFormat(rawValue: try reader.byte()) else { return nil }
        resource.format = format
        resource.schemaURL = try reader.littleEndian()
        resource.droppedAttributes = try reader.littleEndian()
        guard let attributes = try decodeList(&reader) else { return nil }
        resource.attributes = attributes
        return resource
    }

    static func encode(_ scope: Scope, into bytes: inout [UInt8]) {
        bytes.append(littleEndian: scope.name)
        bytes.append(littleEndian: scope.version)
        bytes.append(littleEndian: scope.schemaURL)
        bytes.append(littleEndian: scope.droppedAttributes)
        encode(scope.attributes, into: &bytes)
    }

    static func decodeScope(_ reader: inout ByteReader) throws(ByteError) -> Scope? {
        var scope = Scope()
        scope.name = try reader.littleEndian()
        scope.version = try reader.littleEndian()
        scope.schemaURL = try reader.littleEndian()
        scope.droppedAttributes = try reader.littleEndian()
        guard let attributes = try decodeList(&reader) else { return nil }
        scope.attributes = attributes
        return scope
    }

    private static func encode(_ attributes: [Attribute], into bytes: inout [UInt8]) {
        bytes.append(littleEndian: UInt32(attributes.count))
        for attribute in attributes {
            bytes.append(littleEndian: attribute.key)
            bytes.append(attribute.type.rawValue)
            bytes.append(littleEndian: attribute.value)
        }
    }

    private static func decodeList(_ reader: inout ByteReader) throws(ByteError) -> [Attribute]? {
        let count = Int(try reader.littleEndian(UInt32.self))
        try reader.need(count * 13)
        var attributes: [Attribute] = []
        attributes.reserveCapacity(count)
        for _ in 0..<count {
            let key: StringRef = try reader.littleEndian()
            guard let type = AttributeType(rawValue: try reader.byte()) else { return nil }
            attributes.append(Attribute(key: key, type: type, value: try reader.littleEndian()))
        }
        return attributes
    }
}
