import TraceModel

/// Reads `ExportTraceServiceRequest` (opentelemetry-proto, collector/trace/v1) into columns.
///
/// Resource and scope may stand behind their spans on the wire, so the spans are told theirs when their list ends.
struct OTLPProtobufDecoder {
    var builder = BatchBuilder()
    /// Why the request as a whole is invalid although its bytes are a message; the first reason found.
    var refusal: ReceiverError?

    mutating func request(_ reader: inout ByteReader) throws(ByteError) {
        while let tag = try reader.tag() {
            guard tag.number == 1, tag.type == .delimited else {
                try reader.skip(tag.type)
                continue
            }
            var message = try reader.message()
            try resourceSpans(&message)
        }
    }

    private mutating func resourceSpans(_ reader: inout ByteReader) throws(ByteError) {
        var resource = Resource()
        let first = builder.count
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited):
                var message = try reader.message()
                try self.resource(&message, into: &resource)
            case (2, .delimited):
                var message = try reader.message()
                try scopeSpans(&message)
            case (3, .delimited): resource.schemaURL = builder.intern(try reader.delimited())
            default: try reader.skip(tag.type)
            }
        }
        if builder.count == first { return }
        builder.nameService(of: &resource)
        builder.setResource(resource, from: first)
    }

    private mutating func resource(_ reader: inout ByteReader, into resource: inout Resource) throws(ByteError) {
        var dropped = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited):
                var message = try reader.message()
                try attribute(&message, into: &resource.attributes, dropped: &dropped)
            case (2, .varint): resource.droppedAttributes = UInt32(clamping: try reader.varint())
            default: try reader.skip(tag.type)
            }
        }
        resource.droppedAttributes = resource.droppedAttributes.adding(dropped)
    }

    private mutating func scopeSpans(_ reader: inout ByteReader) throws(ByteError) {
        var scope: Scope?
        let first = builder.count
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited):
                var message = try reader.message()
                var known = scope ?? Scope()
                try self.scope(&message, into: &known)
                scope = known
            case (2, .delimited):
                var message = try reader.message()
                try span(&message)
            case (3, .delimited):
                var known = scope ?? Scope()
                known.schemaURL = builder.intern(try reader.delimited())
                scope = known
            default: try reader.skip(tag.type)
            }
        }
        if let scope { builder.setScope(scope, from: first) }
    }

    private mutating func scope(_ reader: inout ByteReader, into scope: inout Scope) throws(ByteError) {
        var dropped = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): scope.name = builder.intern(try reader.delimited())
            case (2, .delimited): scope.version = builder.intern(try reader.delimited())
            case (3, .delimited):
                var message = try reader.message()
                try attribute(&message, into: &scope.attributes, dropped: &dropped)
            case (4, .varint): scope.droppedAttributes = UInt32(clamping: try reader.varint())
            default: try reader.skip(tag.type)
            }
        }
        scope.droppedAttributes = scope.droppedAttributes.adding(dropped)
    }

    /// Reads an attribute of a resource or scope, of which there are few.
    private mutating func attribute(
        _ reader: inout ByteReader,
        into list: inout [Attribute],
        dropped: inout Int
    ) throws(ByteError) {
        if list.count >= ReceiverLimits.attributesMax {
            builder.truncated(.attributes)
            dropped += 1
        } else if let attribute = try keyValue(&reader) {
            list.append(attribute)
        } else {
            dropped += 1
        }
    }
}

extension UInt32 {
    /// The sum with a count that is not negative, or the largest number.
    @inline(__always)
    func adding(_ count: Int) -> UInt32 {
        count == 0 ? self : UInt32(clamping: Int(self) + count)
    }
}

extension ByteReader {
    /// A reader of the next length-delimited message.
    @inline(__always)
    @_lifetime(copy self)
    mutating func message() throws(ByteError) -> ByteReader {
        let view = try delimited()
        return ByteReader(view, origin: origin + offset - view.byteCount)
    }
}
