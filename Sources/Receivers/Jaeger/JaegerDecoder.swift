import Thrift
import TraceModel

/// Reads the structures of jaeger.thrift into columns.
///
/// Fields that are unknown or of another type than they should be are passed over; those that are missing are zeros.
struct JaegerDecoder {
    var builder = BatchBuilder()
    /// Why the request as a whole is invalid although its bytes are a structure.
    var refusal: ReceiverError?

    /// Reads the arguments of agent.thrift's `emitBatch`.
    mutating func arguments<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) {
        var hasBatch = false
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            if field.matches(1, .structure) {
                try batch(&reader)
                hasBatch = true
            } else {
                try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        if !hasBatch { refuse("emitBatch without a batch", at: reader.offset) }
    }

    /// Reads a `Batch`: after an error too its spans so far have their process.
    mutating func batch<Reader: ThriftReader & ~Copyable & ~Escapable>(_ reader: inout Reader) throws(ThriftError) {
        let first = builder.count
        var process: Resource?
        do {
            try batch(&reader, process: &process)
        } catch {
            builder.received.batch.discardOpenSpan()
            builder.setResource(process ?? noProcess(), from: first)
            throw error
        }
        builder.setResource(process ?? noProcess(), from: first)
    }

    private mutating func batch<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        process: inout Resource?
    ) throws(ThriftError) {
        var statistics = ClientStatistics(service: 0)
        var hasStatistics = false
        var hasSpans = false
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .structure): process = try self.process(&reader)
            case (2, .list):
                hasSpans = true
                try spans(&reader)
            case (3, .i64):
                statistics.batchNumber = try reader.i64()
                hasStatistics = true
            case (4, .structure):
                try self.statistics(&reader, into: &statistics)
                hasStatistics = true
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        guard let service = process?.service else { return refuse("a Batch without its process", at: reader.offset) }
        if !hasSpans { return refuse("a Batch without its list of spans", at: reader.offset) }
        if hasStatistics {
            statistics.service = service
            builder.received.clientStatistics.removeAll { $0.service == service }
            builder.received.clientStatistics.append(statistics)
        }
    }

    private mutating func refuse(_ message: String, at offset: Int) {
        if refusal == nil { refusal = ReceiverError(message, offset: offset) }
    }

    /// What spans have whose process did not arrive.
    private mutating func noProcess() -> Resource {
        var resource = Resource()
        resource.format = .jaeger
        resource.service = builder.intern(text: "null-process-and-service-name")
        return resource
    }

    private mutating func process<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) -> Resource {
        var resource = Resource()
        resource.format = .jaeger
        var dropped = 0
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .binary): resource.service = builder.intern(try reader.bytes())
            case (2, .list):
                let list = try reader.listHeader()
                for _ in 0..<list.count {
                    guard list.elementType == .structure else {
                        try reader.skip(list.elementType)
                        continue
                    }
                    let tag = try tag(&reader)
                    if let tag, resource.attributes.count < ReceiverLimits.attributesMax {
                        resource.attributes.append(tag)
                    } else {
                        if tag != nil { builder.truncated(.attributes) }
                        dropped += 1
                    }
                }
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
        resource.droppedAttributes = UInt32(clamping: dropped)
        if resource.service == 0 { resource.service = builder.intern(text: "empty-service-name") }
        return resource
    }

    private func statistics<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader,
        into statistics: inout ClientStatistics
    ) throws(ThriftError) {
        let mark = reader.beginStruct()
        while let field = try reader.fieldHeader() {
            switch (field.id, field.type) {
            case (1, .i64): statistics.fullQueueDroppedSpans = try reader.i64()
            case (2, .i64): statistics.tooLargeDroppedSpans = try reader.i64()
            case (3, .i64): statistics.failedToEmitSpans = try reader.i64()
            default: try reader.skip(field.type)
            }
        }
        reader.endStruct(mark)
    }

    private mutating func spans<Reader: ThriftReader & ~Copyable & ~Escapable>(
        _ reader: inout Reader
    ) throws(ThriftError) {
        let list = try reader.listHeader()
        for _ in 0..<list.count {
            if list.elementType == .structure {
                try span(&reader)
            } else {
                try reader.skip(list.elementType)
            }
        }
    }
}
