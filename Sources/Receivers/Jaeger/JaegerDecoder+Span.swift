import Thrift
import TraceModel

extension JaegerDecoder {
    mutating func span<Reader: ThriftReader & ~Copyable & ~Escapable>(_ reader: inout Reader) throws(ThriftError) {
        var span = OpenJaegerSpan()
        var start: Int64 = 0
        var duration: Int64 = 0
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64): span.row.traceID.low = UInt64(bitPattern: try reader.i64())
            case (2, .i64): span.row.traceID.high = UInt64(bitPattern: try reader.i64())
            case (3, .i64): span.row.spanID.bits = UInt64(bitPattern: try reader.i64())
            case (4, .i64): span.row.parentSpanID.bits = UInt64(bitPattern: try reader.i64())
            case (5, .binary): span.row.name = builder.intern(try reader.bytes())
            case (6, .list): try references(&reader, of: &span)
            case (7, .i32): span.row.flags = UInt32(bitPattern: try reader.i32())
            case (8, .i64): start = try reader.i64()
            case (9, .i64): duration = try reader.i64()
            case (10, .list): try tags(&reader, of: &span)
            case (11, .list): try logs(&reader, of: &span)
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        finish(&span, start: start, duration: duration)
    }

    private mutating func finish(_ span: inout OpenJaegerSpan, start: Int64, duration: Int64) {
        if let start = nanoseconds(start) { span.row.startNanoseconds = start } else { span.isOutOfRange = true }
        let (length, overflow) = duration.multipliedReportingOverflow(by: 1_000)
        span.row.durationNanoseconds = length
        if overflow { span.isOutOfRange = true }
        builder.finish(&span)
    }

    /// Microseconds since 1970 as nanoseconds; nil before that and after what 64 bits hold.
    @inline(__always)
    private func nanoseconds(_ microseconds: Int64) -> UInt64? {
        guard microseconds >= 0 else { return nil }
        let (time, overflow) = UInt64(microseconds).multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : time
    }

    private mutating func references<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenJaegerSpan
    ) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            guard list.elementType == .structure else {
                try reader.skip(list.elementType)
                continue
            }
            var row = LinkRow()
            row.kind = .childOf
            let mark = reader.beginStruct()
            while let field = try reader.fieldHeader() {
                switch (field.id, field.type) {
                case (1, .i32): row.kind = try reader.i32() == 1 ? .followsFrom : .childOf
                case (2, .i64): row.traceID.low = UInt64(bitPattern: try reader.i64())
                case (3, .i64): row.traceID.high = UInt64(bitPattern: try reader.i64())
                case (4, .i64): row.spanID.bits = UInt64(bitPattern: try reader.i64())
                default: try reader.skip(field.type)
                }
            }
            reader.endStruct(mark)
            builder.append(row, to: &span)
        }
    }

    private mutating func tags<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenJaegerSpan
    ) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            guard list.elementType == .structure else {
                try reader.skip(list.elementType)
                continue
            }
            guard let tag = try tag(&reader) else {
                span.dropped += 1
                continue
            }
            builder.append(tag, to: &span)
        }
    }

    private mutating func logs<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenJaegerSpan
    ) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            span.events += 1
            guard list.elementType == .structure, span.events <= ReceiverLimits.eventsMax else {
                if list.elementType == .structure { builder.truncated(.events) }
                try reader.skip(list.elementType)
                continue
            }
            try log(&reader, of: &span)
        }
    }

    private mutating func log<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        of span: inout OpenJaegerSpan
    ) throws(ThriftError) {
        var time: UInt64 = 0
        var log = OpenJaegerLog()
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64):
                if let told = nanoseconds(try reader.i64()) { time = told } else { span.isOutOfRange = true }
            case (2, .list):
                let list = try reader.listHeader()
                for _ in 0..<list.count {
                    guard list.elementType == .structure else {
                        try reader.skip(list.elementType)
                        continue
                    }
                    builder.append(try tag(&reader), to: &log)
                }
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        builder.finish(log, time: time)
    }
}
