import Thrift
import TraceModel

/// zipkincore.thrift's `AnnotationType`.
private enum AnnotationType: Int32 {
    case bool = 0
    case bytes = 1
    case i16 = 2
    case i32 = 3
    case i64 = 4
    case double = 5
    case string = 6
}

/// Reads the structures of zipkincore.thrift.
struct ZipkinThriftDecoder {
    var spans: ZipkinSpans

    init(receivedAt: UInt64) {
        spans = ZipkinSpans(BatchBuilder(), isFirstVersion: true, receivedAt: receivedAt)
    }

    /// Reads the arguments of agent.thrift's `emitZipkinBatch`.
    mutating func arguments<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) {
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            if field.matches(1, .list) {
                try list(&reader)
            } else {
                try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
    }

    /// Reads a list of `Span`.
    mutating func list<Reader: ThriftReader & ~Copyable & ~Escapable>(_ reader: inout Reader) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            guard list.elementType == .structure else {
                try reader.skip(list.elementType)
                continue
            }
            do {
                try span(&reader)
            } catch {
                spans.builder.received.batch.discardOpenSpan()
                throw error
            }
            spans.finish()
        }
    }

    private mutating func span<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) {
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64): spans.row.traceID.low = UInt64(bitPattern: try reader.i64())
            case (3, .binary): spans.row.name = spans.builder.intern(try reader.bytes())
            case (4, .i64): spans.row.spanID.bits = UInt64(bitPattern: try reader.i64())
            case (5, .i64): spans.row.parentSpanID.bits = UInt64(bitPattern: try reader.i64())
            case (6, .list):
                let list = try reader.listHeader()
                for _ in 0..<list.count {
                    if list.elementType == .structure {
                        try annotation(&reader)
                    } else {
                        try reader.skip(list.elementType)
                    }
                }
            case (8, .list):
                let list = try reader.listHeader()
                for _ in 0..<list.count {
                    if list.elementType == .structure {
                        try binaryAnnotation(&reader)
                    } else {
                        try reader.skip(list.elementType)
                    }
                }
            case (10, .i64): spans.setStart(microseconds(try reader.i64()))
            case (11, .i64): spans.setDuration(microseconds(try reader.i64()))
            case (12, .i64): spans.row.traceID.high = UInt64(bitPattern: try reader.i64())
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
    }

    /// A time or duration; a negative one is noted, and 0 then.
    private mutating func microseconds(_ told: Int64) -> UInt64 {
        if told < 0 { spans.setOutOfRange() }
        return UInt64(max(0, told))
    }

    private mutating func annotation<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) {
        var time: UInt64 = 0
        var value: StringRef = 0
        var host: ZipkinEndpoint?
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64): time = microseconds(try reader.i64())
            case (2, .binary): value = spans.builder.intern(try reader.bytes())
            case (3, .structure): host = try endpoint(&reader)
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        spans.annotation(time, value, host)
    }

    private mutating func binaryAnnotation<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) {
        var key: StringRef? = 0
        var value: StringRef? = 0
        var type: Int32 = 0
        var host: ZipkinEndpoint?
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .binary): key = spans.builder.internKey(try reader.bytes())
            case (2, .binary): value = spans.builder.internValue(try reader.bytes())
            case (3, .i32): type = try reader.i32()
            case (4, .structure): host = try endpoint(&reader)
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        guard let key, let value else { return spans.drop() }
        let annotationType = AnnotationType(rawValue: type) ?? .bytes
        if annotationType == .string {
            spans.binaryAnnotation(key, value, host)
        } else {
            let (type, bits) = number(annotationType, value)
            spans.binaryAnnotation(key, type, bits, host)
        }
    }

    /// The value of a binary annotation that is no string: big-endian bytes; those of a wrong count stay bytes.
    private func number(_ type: AnnotationType, _ value: StringRef) -> (AttributeType, UInt64) {
        let bytes = spans.builder.received.batch.strings.bytes(value)
        var bits: UInt64 = 0
        for offset in 0..<min(8, bytes.byteCount) {
            bits = bits << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
        switch (type, bytes.byteCount) {
        case (.bool, 1): return (.bool, bits == 0 ? 0 : 1)
        case (.i16, 2): return (.int, UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: bits))))
        case (.i32, 4): return (.int, UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: bits))))
        case (.i64, 8): return (.int, bits)
        case (.double, 8): return (.double, bits)
        default: return (.bytes, UInt64(value))
        }
    }

    private mutating func endpoint<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) -> ZipkinEndpoint {
        var endpoint = ZipkinEndpoint()
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i32):
                let address = UInt32(bitPattern: try reader.i32())
                endpoint.ipv4 = address == 0 ? 0 : spans.builder.intern(text: ipv4Text(address))
            case (2, .i16): endpoint.port = UInt16(bitPattern: try reader.i16())
            case (3, .binary): endpoint.service = spans.builder.intern(try reader.bytes())
            case (4, .binary): endpoint.ipv6 = spans.builder.intern(address: try reader.bytes())
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        return endpoint
    }
}
