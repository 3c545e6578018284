import TraceModel

/// What all spans of a block share: its strings, resources, scopes, attribute columns and shapes.
struct BlockMeta: Sendable {
    /// An attribute column: one key with one type.
    struct Column: Hashable, Sendable {
        var key: StringRef
        var type: AttributeType
        var storage = Storage.dictionary
        /// Whether its strings stand in the pages rather than in the dictionary.
        var isRaw: Bool { storage != .dictionary }
    }

    /// Where the strings of a column stand; the raw values are stored.
    enum Storage: UInt8 {
        /// In the dictionary; pages have numbers.
        case dictionary = 0
        /// In the pages.
        case raw = 0x80
        /// In the pages, as the numbers of the IPv4 addresses that they are (`IPv4Text`).
        case address = 0x40
    }

    /// What a span looks like, but for its values. A few hundred shapes describe most blocks, and a condition on
    /// service, name, kind, status or on the presence of a key is decided on them instead of on the spans.
    struct Shape: Hashable, Sendable {
        var service: StringRef
        var name: StringRef
        var kind: SpanKind
        var status: StatusCode
        var scope: UInt32
        /// The span's attributes in their order, as numbers of columns.
        var columns: [UInt32]
    }

    var strings = StringTable()
    var resources: [Resource] = []
    var scopes: [Scope] = []
    var columns: [Column] = []
    var shapes: [Shape] = []
    /// The columns that are not stored, by number.
    var derived: [UInt32: DerivedColumn] = [:]
    /// The keys of the events' attributes and the events' names: what a search in events may look for.
    var eventStrings: Set<StringRef> = []

    /// Whether an attribute of anything is an array or a map.
    var hasComposites: Bool {
        // Those in events and links are not listed anywhere: there, any may be.
        !eventStrings.isEmpty || columns.contains { $0.type == .array || $0.type == .map }
            || resources.contains { $0.attributes.contains { $0.type == .array || $0.type == .map } }
            || scopes.contains { $0.attributes.contains { $0.type == .array || $0.type == .map } }
    }

    /// Bytes of memory, roughly.
    var byteCount: Int {
        strings.byteCount + 100 * resources.count + 32 * columns.count
            + shapes.reduce(0) { $0 + 64 + 4 * $1.columns.count }
            + derived.values.reduce(0) { $0 + 64 + 16 * $1.keys.count }
    }
}

// The sections `resources` and `shapes`.
extension BlockMeta {
    func encodeResources() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(resources.count))
        for resource in resources { BatchEncoding.encode(resource, into: &bytes) }
        bytes.append(varint: UInt64(scopes.count))
        for scope in scopes { BatchEncoding.encode(scope, into: &bytes) }
        return bytes
    }

    func encodeShapes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(columns.count))
        for column in columns {
            bytes.append(varint: UInt64(column.key))
            bytes.append(column.type.rawValue | column.storage.rawValue)
        }
        bytes.append(varint: UInt64(shapes.count))
        for shape in shapes {
            bytes.append(varint: UInt64(shape.service))
            bytes.append(varint: UInt64(shape.name))
            bytes.append(shape.kind.rawValue)
            bytes.append(shape.status.rawValue)
            bytes.append(varint: UInt64(shape.scope &+ 1))
            bytes.append(varint: UInt64(shape.columns.count))
            for column in shape.columns { bytes.append(varint: UInt64(column)) }
        }
        bytes.append(varint: UInt64(eventStrings.count))
        for ref in eventStrings.sorted() { bytes.append(varint: UInt64(ref)) }
        return bytes
    }

    /// Reads the section `resources`; false if it does not hold together.
    mutating func decodeResources(_ bytes: RawSpan) -> Bool {
        var reader = ByteReader(bytes)
        guard let resourceCount = try? reader.varint(), resourceCount <= UInt64(bytes.byteCount) else { return false }
        for _ in 0..<resourceCount {
            guard let resource = (try? BatchEncoding.decodeResource(&reader)) ?? nil,
                resource.service < strings.count, resource.schemaURL < strings.count, areSound(resource.attributes)
            else { return false }
            resources.append(resource)
        }
        guard let scopeCount = try? reader.varint(), scopeCount <= UInt64(bytes.byteCount) else { return false }
        for _ in 0..<scopeCount {
            guard let scope = (try? BatchEncoding.decodeScope(&reader)) ?? nil, scope.name < strings.count,
                scope.version < strings.count, scope.schemaURL < strings.count, areSound(scope.attributes)
            else { return false }
            scopes.append(scope)
        }
        return reader.isAtEnd
    }

    private func areSound(_ attributes: [Attribute]) -> Bool {
        attributes.allSatisfy { attribute in
            attribute.key < strings.count && (!attribute.type.isReference || attribute.value < UInt64(strings.count))
        }
    }

    /// Reads the section `shapes`; false if it does not hold together.
    mutating func decodeShapes(_ bytes: RawSpan) -> Bool {
        var reader = ByteReader(bytes)
        do {
            let columnCount = try reader.varint()
            guard columnCount <= UInt64(bytes.byteCount) else { return false }
            for _ in 0..<columnCount {
                let key = try ref(&reader)
                let form = try reader.byte()
                guard let type = AttributeType(rawValue: form & 0x3F), let storage = Storage(rawValue: form & 0xC0)
                else { return false }
                columns.append(Column(key: key, type: type, storage: storage))
            }
            let shapeCount = try reader.varint()
            guard shapeCount <= UInt64(bytes.byteCount) else { return false }
            for _ in 0..<shapeCount {
                guard let shape = try decodeShape(&reader) else { return false }
                shapes.append(shape)
            }
            let eventCount = try reader.varint()
            guard eventCount <= UInt64(bytes.byteCount) else { return false }
            for _ in 0..<eventCount { eventStrings.insert(try ref(&reader)) }
            return reader.isAtEnd
        } catch {
            return false
        }
    }

    @_lifetime(reader: copy reader)
    private func decodeShape(_ reader: inout ByteReader) throws(ByteError) -> Shape? {
        let service = try ref(&reader)
        let name = try ref(&reader)
        guard let kind = SpanKind(rawValue: try reader.byte()), let status = StatusCode(rawValue: try reader.byte())
        else { return nil }
        let scope = UInt32(truncatingIfNeeded: try reader.varint()) &- 1
        let count = try reader.varint()
        guard count <= UInt64(reader.left) else { return nil }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(Int(count))
        for _ in 0..<count {
            let number = try reader.varint()
            guard number < UInt64(columns.count) else { return nil }
            numbers.append(UInt32(number))
        }
        return Shape(service: service, name: name, kind: kind, status: status, scope: scope, columns: numbers)
    }

    /// A ref that is in the dictionary.
    @_lifetime(reader: copy reader)
    private func ref(_ reader: inout ByteReader) throws(ByteError) -> StringRef {
        let value = try reader.varint()
        guard value < UInt64(strings.count) else {
            throw ByteError(.truncated(needed: Int(clamping: value), left: strings.count), offset: reader.offset)
        }
        return StringRef(value)
    }
}
