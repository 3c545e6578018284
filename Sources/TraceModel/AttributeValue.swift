/// An attribute's value as Swift sees it: for cold code. Within a batch it is an `AttributeType` and 64 bits.
public indirect enum AttributeValue: Sendable, Equatable {
    /// An `AnyValue` in which nothing is set.
    case empty
    case string(String)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case bytes([UInt8])
    case array([AttributeValue])
    /// Keys may repeat and keep their order.
    case map([Entry])

    /// One entry of a map.
    public struct Entry: Sendable, Equatable {
        public var key: String
        public var value: AttributeValue

        /// Makes an entry from its parts.
        public init(_ key: String, _ value: AttributeValue) {
            self.key = key
            self.value = value
        }
    }

    /// How deep arrays and maps may nest; what is deeper is refused when it comes in.
    public static let depthMax = 32
}

extension SpanBatch {
    /// The value of an attribute of this batch.
    ///
    /// A stored array or map that cannot be read is `.empty`; receivers check them when they come in.
    public func value(_ type: AttributeType, _ bits: UInt64) -> AttributeValue {
        switch type {
        case .empty: return .empty
        case .string: return .string(strings.text(StringRef(truncatingIfNeeded: bits)))
        case .bool: return .bool(bits != 0)
        case .int: return .int(Int64(bitPattern: bits))
        case .double: return .double(Double(bitPattern: bits))
        case .bytes:
            let range = strings.range(StringRef(truncatingIfNeeded: bits))
            return .bytes(Array(strings.arena[range]))
        case .array, .map:
            var reader = ByteReader(strings.bytes(StringRef(truncatingIfNeeded: bits)))
            return (try? AttributeValue.decode(&reader, depth: 0)) ?? .empty
        }
    }

    /// The value of an attribute of this batch.
    public func value(_ attribute: Attribute) -> AttributeValue {
        value(attribute.type, attribute.value)
    }

    /// Puts a value's strings, and for arrays and maps its encoding, into the table: the type and bits to store.
    public mutating func intern(_ value: AttributeValue) -> (type: AttributeType, bits: UInt64) {
        switch value {
        case .empty: return (.empty, 0)
        case .string(let text): return (.string, UInt64(strings.intern(text)))
        case .bool(let flag): return (.bool, flag ? 1 : 0)
        case .int(let number): return (.int, UInt64(bitPattern: number))
        case .double(let number): return (.double, number.bitPattern)
        case .bytes(let bytes): return (.bytes, UInt64(strings.intern(bytes.span.bytes)))
        case .array, .map:
            var encoded: [UInt8] = []
            value.encode(into: &encoded)
            let type: AttributeType = if case .array = value { .array } else { .map }
            return (type, UInt64(strings.intern(encoded.span.bytes)))
        }
    }
}

// The encoding of arrays and maps is OTLP's `AnyValue` message (common.proto): 1 string, 2 bool, 3 int, 4 double,
// 5 ArrayValue{1 values}, 6 KeyValueList{1 KeyValue{1 key, 2 value}}, 7 bytes.
extension AttributeValue {
    /// Appends the value as an `AnyValue` message.
    public func encode(into bytes: inout [UInt8]) {
        switch self {
        case .empty: break
        case .string(let text):
            bytes.append(protobufTag: 1, .delimited)
            bytes.append(varint: UInt64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .bool(let flag):
            bytes.append(protobufTag: 2, .varint)
            bytes.append(flag ? 1 : 0)
        case .int(let number):
            bytes.append(protobufTag: 3, .varint)
            bytes.append(varint: UInt64(bitPattern: number))
        case .double(let number):
            bytes.append(protobufTag: 4, .fixed64)
            bytes.append(littleEndian: number.bitPattern)
        case .bytes(let content):
            bytes.append(protobufTag: 7, .delimited)
            bytes.append(varint: UInt64(content.count))
            bytes.append(contentsOf: content)
        case .array(let values):
            var list: [UInt8] = []
            for value in values {
                var item: [UInt8] = []
                value.encode(into: &item)
                list.append(protobufTag: 1, .delimited)
                list.append(varint: UInt64(item.count))
                list.append(contentsOf: item)
            }
            bytes.append(protobufTag: 5, .delimited)
            bytes.append(varint: UInt64(list.count))
            bytes.append(contentsOf: list)
        case .map(let entries):
            encode(entries, into: &bytes)
        }
    }

    private func encode(_ entries: [Entry], into bytes: inout [UInt8]) {
        var list: [UInt8] = []
        for entry in entries {
            var item: [UInt8] = []
            item.append(protobufTag: 1, .delimited)
            item.append(varint: UInt64(entry.key.utf8.count))
            item.append(contentsOf: entry.key.utf8)
            var value: [UInt8] = []
            entry.value.encode(into: &value)
            item.append(protobufTag: 2, .delimited)
            item.append(varint: UInt64(value.count))
            item.append(contentsOf: value)
            list.append(protobufTag: 1, .delimited)
            list.append(varint: UInt64(item.count))
            list.append(contentsOf: item)
        }
        bytes.append(protobufTag: 6, .delimited)
        bytes.append(varint: UInt64(list.count))
        bytes.append(contentsOf: list)
    }

    /// Reads an `AnyValue` message to the end of `reader`; of several fields the last one counts.
    ///
    /// Throws `ByteError` for bytes that are no such message, or nest deeper than `depthMax`.
    public static func decode(_ reader: inout ByteReader, depth: Int) throws(ByteError) -> AttributeValue {
        if depth > depthMax { throw ByteError(.tooDeep(limit: depthMax), offset: reader.origin + reader.offset) }
        var value = AttributeValue.empty
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited): value = .string(String(copying: try reader.delimited()))
            case (2, .varint): value = .bool(try reader.varint() != 0)
            case (3, .varint): value = .int(Int64(bitPattern: try reader.varint()))
            case (4, .fixed64): value = .double(Double(bitPattern: try reader.littleEndian()))
            case (5, .delimited):
                var list = ByteReader(try reader.delimited())
                value = .array(try decodeArray(&list, depth: depth + 1))
            case (6, .delimited):
                var list = ByteReader(try reader.delimited())
                value = .map(try decodeMap(&list, depth: depth + 1))
            case (7, .delimited):
                var bytes: [UInt8] = []
                bytes.append(copying: try reader.delimited())
                value = .bytes(bytes)
            default: try reader.skip(tag.type)
            }
        }
        return value
    }

    private static func decodeArray(_ reader: inout ByteReader, depth: Int) throws(ByteError) -> [AttributeValue] {
        var values: [AttributeValue] = []
        while let tag = try reader.tag() {
            guard tag.number == 1, tag.type == .delimited else {
                try reader.skip(tag.type)
                continue
            }
            var item = ByteReader(try reader.delimited())
            values.append(try decode(&item, depth: depth))
        }
        return values
    }

    private static func decodeMap(_ reader: inout ByteReader, depth: Int) throws(ByteError) -> [Entry] {
        var entries: [Entry] = []
        while let tag = try reader.tag() {
            guard tag.number == 1, tag.type == .delimited else {
                try reader.skip(tag.type)
                continue
            }
            var item = ByteReader(try reader.delimited())
            var entry = Entry("", .empty)
            while let field = try item.tag() {
                switch (field.number, field.type) {
                case (1, .delimited): entry.key = String(copying: try item.delimited())
                case (2, .delimited):
                    var value = ByteReader(try item.delimited())
                    entry.value = try decode(&value, depth: depth)
                default: try item.skip(field.type)
                }
            }
            entries.append(entry)
        }
        return entries
    }
}
