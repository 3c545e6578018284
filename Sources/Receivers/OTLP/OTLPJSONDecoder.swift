import TraceModel

/// Reads OTLP's JSON (protobuf's JSON with hexadecimal ids) into columns.
struct OTLPJSONDecoder: ~Escapable {
    var reader: JSONReader
    var builder = BatchBuilder()
    /// Whether the attribute being read has a value that nests too deep.
    var isTooDeep = false
    /// The encoding of the array or map being read.
    var encoded: [UInt8] = []

    @_lifetime(copy body)
    init(_ body: RawSpan) {
        reader = JSONReader(body)
    }

    @_lifetime(self: copy self)
    mutating func request() throws(JSONError) {
        try reader.open(.object)
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .resourceSpans:
                if try !openList() { continue }
                while try reader.nextElement() { try resourceSpans() }
            default: try reader.skipValue()
            }
        }
        try reader.end()
    }

    /// Opens a list; false for null, which is as good as none.
    @_lifetime(self: copy self)
    mutating func openList() throws(JSONError) -> Bool {
        if try reader.readNull() { return false }
        try reader.open(.list)
        return true
    }

    /// Opens an object; false for null, which is as good as none.
    @_lifetime(self: copy self)
    mutating func openObject() throws(JSONError) -> Bool {
        if try reader.readNull() { return false }
        try reader.open(.object)
        return true
    }

    /// Reads a string; null is empty.
    @_lifetime(self: copy self)
    mutating func string() throws(JSONError) -> StringRef {
        if try reader.readNull() { return 0 }
        try reader.readString()
        return builder.intern(textOf: reader)
    }

    /// Reads a count of 32 bits; null is 0.
    @_lifetime(self: copy self)
    mutating func count() throws(JSONError) -> UInt32 {
        try reader.readNull() ? 0 : try reader.readUInt32()
    }

    /// Reads a time; null is 0.
    @_lifetime(self: copy self)
    mutating func time() throws(JSONError) -> UInt64 {
        try reader.readNull() ? 0 : try reader.readUInt64()
    }

    @_lifetime(self: copy self)
    private mutating func resourceSpans() throws(JSONError) {
        var resource = Resource()
        let first = builder.count
        if try !openObject() { return }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .resource: try self.resource(into: &resource)
            case .scopeSpans:
                if try !openList() { continue }
                while try reader.nextElement() { try scopeSpans() }
            case .schemaURL: resource.schemaURL = try string()
            default: try reader.skipValue()
            }
        }
        if builder.count == first { return }
        builder.nameService(of: &resource)
        builder.setResource(resource, from: first)
    }

    @_lifetime(self: copy self)
    private mutating func resource(into resource: inout Resource) throws(JSONError) {
        var dropped = 0
        if try !openObject() { return }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .attributes: try attributes(into: &resource.attributes, dropped: &dropped)
            case .droppedAttributes: resource.droppedAttributes = try count()
            default: try reader.skipValue()
            }
        }
        resource.droppedAttributes = resource.droppedAttributes.adding(dropped)
    }

    @_lifetime(self: copy self)
    private mutating func scopeSpans() throws(JSONError) {
        var scope: Scope?
        let first = builder.count
        if try !openObject() { return }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .scope:
                if try reader.readNull() { continue }
                var known = scope ?? Scope()
                try self.scope(into: &known)
                scope = known
            case .spans:
                if try !openList() { continue }
                while try reader.nextElement() { try span() }
            case .schemaURL:
                let url = try string()
                if url == 0 { continue }
                var known = scope ?? Scope()
                known.schemaURL = url
                scope = known
            default: try reader.skipValue()
            }
        }
        if let scope { builder.setScope(scope, from: first) }
    }

    @_lifetime(self: copy self)
    private mutating func scope(into scope: inout Scope) throws(JSONError) {
        var dropped = 0
        try reader.open(.object)
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .name: scope.name = try string()
            case .version: scope.version = try string()
            case .attributes: try attributes(into: &scope.attributes, dropped: &dropped)
            case .droppedAttributes: scope.droppedAttributes = try count()
            default: try reader.skipValue()
            }
        }
        scope.droppedAttributes = scope.droppedAttributes.adding(dropped)
    }

    /// Reads the attributes of a resource or scope, of which there are few.
    @_lifetime(self: copy self)
    private mutating func attributes(into list: inout [Attribute], dropped: inout Int) throws(JSONError) {
        if try !openList() { return }
        while try reader.nextElement() {
            if list.count >= ReceiverLimits.attributesMax {
                builder.truncated(.attributes)
                dropped += 1
                try reader.skipValue()
            } else if let attribute = try keyValue() {
                list.append(attribute)
            } else {
                dropped += 1
            }
        }
    }
}
