import Thrift

/// Any Thrift value as a tree, so that a test can compare what two encodings mean and write it back.
indirect enum ThriftValue: Equatable {
    case bool(Bool)
    case i8(Int8)
    case i16(Int16)
    case i32(Int32)
    case i64(Int64)
    case double(Double)
    case binary([UInt8])
    case structure([Field])
    case list(ThriftType, [ThriftValue])
    case map(ThriftType, ThriftType, [Pair])

    struct Field: Equatable {
        var id: Int16
        var type: ThriftType
        var value: ThriftValue
    }

    struct Pair: Equatable {
        var key: ThriftValue
        var value: ThriftValue
    }

    /// The fields of a structure along a path of field numbers and list positions.
    subscript(_ path: Int...) -> ThriftValue? {
        path.reduce(Optional(self)) { value, step in
            switch value {
            case .structure(let fields)?: fields.first { $0.id == Int16(step) }?.value
            case .list(_, let elements)?: elements.indices.contains(step) ? elements[step] : nil
            default: nil
            }
        }
    }

    static func text(_ string: String) -> ThriftValue { .binary(Array(string.utf8)) }
}

/// A whole message as a tree.
struct ThriftMessage: Equatable {
    var kind: ThriftMessageKind
    var name: String
    var sequence: Int32
    var arguments: ThriftValue
}

extension ThriftReader where Self: ~Copyable & ~Escapable {
    @_lifetime(self: copy self)
    mutating func message() throws(ThriftError) -> ThriftMessage {
        let header = try messageHeader()
        let name = String(decoding: header.name.array, as: UTF8.self)
        let (kind, sequence) = (header.kind, header.sequence)
        return ThriftMessage(kind: kind, name: name, sequence: sequence, arguments: try value(.structure))
    }

    @_lifetime(self: copy self)
    mutating func value(_ type: ThriftType, depth: Int = 0) throws(ThriftError) -> ThriftValue {
        if depth > thriftDepthLimit { throw ThriftError(.tooDeep(limit: thriftDepthLimit), offset: offset) }
        switch type {
        case .none: throw ThriftError(.type(0), offset: offset)
        case .bool: return .bool(try bool())
        case .i8: return .i8(try i8())
        case .i16: return .i16(try i16())
        case .i32: return .i32(try i32())
        case .i64: return .i64(try i64())
        case .double: return .double(try double())
        case .binary: return .binary(try bytes().array)
        case .uuid:
            try advance(16)
            return .binary([])
        case .structure: return try structureValue(depth: depth)
        case .list, .set: return try listValue(depth: depth)
        case .map: return try mapValue(depth: depth)
        }
    }

    @_lifetime(self: copy self)
    private mutating func structureValue(depth: Int) throws(ThriftError) -> ThriftValue {
        var fields: [ThriftValue.Field] = []
        let mark = beginStruct()
        while let field = try fieldHeader() {
            fields.append(.init(id: field.id, type: field.type, value: try value(field.type, depth: depth + 1)))
        }
        endStruct(mark)
        return .structure(fields)
    }

    @_lifetime(self: copy self)
    private mutating func listValue(depth: Int) throws(ThriftError) -> ThriftValue {
        let header = try listHeader()
        var elements: [ThriftValue] = []
        elements.reserveCapacity(header.count)
        for _ in 0..<header.count { elements.append(try value(header.elementType, depth: depth + 1)) }
        return .list(header.elementType, elements)
    }

    @_lifetime(self: copy self)
    private mutating func mapValue(depth: Int) throws(ThriftError) -> ThriftValue {
        let header = try mapHeader()
        var pairs: [ThriftValue.Pair] = []
        for _ in 0..<header.count {
            let key = try value(header.keyType, depth: depth + 1)
            pairs.append(.init(key: key, value: try value(header.valueType, depth: depth + 1)))
        }
        return .map(header.keyType, header.valueType, pairs)
    }
}

extension ThriftWriter {
    mutating func write(_ value: ThriftValue) {
        switch value {
        case .bool(let value): bool(value)
        case .i8(let value): i8(value)
        case .i16(let value): i16(value)
        case .i32(let value): i32(value)
        case .i64(let value): i64(value)
        case .double(let value): double(value)
        case .binary(let value): binary(value)
        case .structure(let fields):
            structure { writer in
                for entry in fields {
                    if case .bool(let value) = entry.value {
                        writer.boolField(entry.id, value)
                    } else {
                        writer.field(entry.id, entry.type)
                        writer.write(entry.value)
                    }
                }
            }
        case .list(let type, let elements):
            listHeader(type, count: elements.count)
            for element in elements { write(element) }
        case .map(let key, let value, let pairs):
            mapHeader(key, value, count: pairs.count)
            for pair in pairs {
                write(pair.key)
                write(pair.value)
            }
        }
    }
}

extension RawSpan {
    var array: [UInt8] {
        (0..<byteCount).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
}

/// SplitMix64: the same numbers from the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
