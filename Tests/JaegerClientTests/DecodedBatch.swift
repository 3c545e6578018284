import OpenTracing
import Thrift

/// A batch as whoever receives it reads it.
struct DecodedBatch: Equatable {
    struct Span: Equatable {
        var traceIDLow: Int64 = 0
        var traceIDHigh: Int64 = 0
        var spanID: Int64 = 0
        var parentID: Int64 = 0
        var name = ""
        var flags: Int32 = 0
        var start: Int64 = 0
        var duration: Int64 = 0
        var references: [[Int64]] = []
        var tags: TagList = [:]
        var logs: [TagList] = []
    }

    var method = ""
    var serviceName = ""
    var processTags: TagList = [:]
    var spans: [Span] = []
    var sequence: Int64?
    var losses: [Int64] = []

    /// Reads a whole datagram in either of Thrift's protocols; bytes after the message are an error.
    init(datagram: [UInt8]) throws(ThriftError) {
        if datagram.first == 0x82 {
            var reader = CompactReader(datagram.span.bytes)
            try readMessage(&reader)
        } else {
            var reader = BinaryReader(datagram.span.bytes)
            try readMessage(&reader)
        }
    }

    /// Reads the body of a request: a batch alone, in the binary protocol.
    init(body: [UInt8]) throws(ThriftError) {
        var reader = BinaryReader(body.span.bytes)
        try readBatch(&reader)
        if reader.left != 0 { throw ThriftError(.length(reader.left, left: 0), offset: reader.offset) }
    }

    @_lifetime(reader: copy reader)
    private mutating func readMessage<Reader: ThriftReader & ~Escapable>(_ reader: inout Reader) throws(ThriftError) {
        let header = try reader.messageHeader()
        method = header.name.text
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            if field.matches(1, .structure) { try readBatch(&reader) } else { try reader.skip(field.type) }
        }
        reader.endStruct(mark)
        if reader.left != 0 { throw ThriftError(.length(reader.left, left: 0), offset: reader.offset) }
    }

    @_lifetime(reader: copy reader)
    private mutating func readBatch<Reader: ThriftReader & ~Escapable>(_ reader: inout Reader) throws(ThriftError) {
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .structure): try readProcess(&reader)
            case (2, .list):
                for _ in 0..<(try reader.listHeader().count) { spans.append(try Self.readSpan(&reader)) }
            case (3, .i64): sequence = try reader.i64()
            case (4, .structure): losses = try Self.readIntegers(&reader)
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
    }

    @_lifetime(reader: copy reader)
    private mutating func readProcess<Reader: ThriftReader & ~Escapable>(_ reader: inout Reader) throws(ThriftError) {
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .binary): serviceName = try reader.bytes().text
            case (2, .list): processTags = try Self.readTags(&reader)
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
    }

    @_lifetime(reader: copy reader)
    private static func readSpan<Reader: ThriftReader & ~Escapable>(_ reader: inout Reader) throws(ThriftError) -> Span
    {
        var span = Span()
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64): span.traceIDLow = try reader.i64()
            case (2, .i64): span.traceIDHigh = try reader.i64()
            case (3, .i64): span.spanID = try reader.i64()
            case (4, .i64): span.parentID = try reader.i64()
            case (5, .binary): span.name = try reader.bytes().text
            case (6, .list):
                for _ in 0..<(try reader.listHeader().count) { span.references.append(try readIntegers(&reader)) }
            case (7, .i32): span.flags = try reader.i32()
            case (8, .i64): span.start = try reader.i64()
            case (9, .i64): span.duration = try reader.i64()
            case (10, .list): span.tags = try readTags(&reader)
            case (11, .list):
                for _ in 0..<(try reader.listHeader().count) { span.logs.append(try readLog(&reader)) }
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        return span
    }

    @_lifetime(reader: copy reader)
    private static func readLog<Reader: ThriftReader & ~Escapable>(_ reader: inout Reader) throws(ThriftError)
        -> TagList
    {
        var fields: TagList = [:]
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            if field.matches(2, .list) { fields = try readTags(&reader) } else { try reader.skip(field.type) }
        }
        reader.endStruct(mark)
        return fields
    }

    @_lifetime(reader: copy reader)
    private static func readTags<Reader: ThriftReader & ~Escapable>(_ reader: inout Reader) throws(ThriftError)
        -> TagList
    {
        var tags: TagList = [:]
        for _ in 0..<(try reader.listHeader().count) {
            var key = ""
            var value: TagValue = ""
            let mark = reader.beginStruct()
            while let field = try reader.fieldHeader() {
                switch (field.id, field.type) {
                case (1, .binary): key = try reader.bytes().text
                case (3, .binary): value = .string(try reader.bytes().text)
                case (4, .double): value = .double(try reader.double())
                case (5, .bool): value = .bool(try reader.bool())
                case (6, .i64): value = .int(try reader.i64())
                case (7, .binary): value = .binary(try reader.bytes().array)
                default: try reader.skip(field.type)
                }
            }
            reader.endStruct(mark)
            tags.append(Tag(key, value))
        }
        return tags
    }

    @_lifetime(reader: copy reader)
    private static func readIntegers<Reader: ThriftReader & ~Escapable>(_ reader: inout Reader) throws(ThriftError)
        -> [Int64]
    {
        var integers: [Int64] = []
        let mark = reader.beginStruct()
        while try reader.fieldHeader() != nil { integers.append(try reader.i64()) }
        reader.endStruct(mark)
        return integers
    }
}

extension RawSpan {
    var array: [UInt8] { (0..<byteCount).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
    var text: String { String(decoding: array, as: UTF8.self) }
}
