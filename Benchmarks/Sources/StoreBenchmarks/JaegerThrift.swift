import Thrift

/// Writes spans as Jaeger's `Batch` of each service, in Thrift's binary protocol.
enum JaegerThrift {
    static func batches(_ spans: [LoadSpan]) -> [[UInt8]] {
        spans.byService().map { service, spans in
            var writer = BinaryWriter()
            writer.structure { batch in
                batch.structField(1) { process in
                    process.stringField(1, Load.services[service])
                    write(LoadSpan.resource(of: service).dropFirst(), 2, to: &process)
                }
                batch.listField(2, .structure, count: spans.count)
                for span in spans { batch.structure { write(span, to: &$0) } }
            }
            return writer.bytes
        }
    }

    private static func write(_ span: LoadSpan, to writer: inout BinaryWriter) {
        writer.i64Field(1, Int64(bitPattern: span.traceLow))
        writer.i64Field(2, Int64(bitPattern: span.traceHigh))
        writer.i64Field(3, Int64(bitPattern: span.id))
        writer.i64Field(4, Int64(bitPattern: span.parent))
        writer.stringField(5, span.name)
        writer.i32Field(7, 1)
        writer.i64Field(8, Int64(span.start / 1_000))
        writer.i64Field(9, Int64(span.duration / 1_000))
        var tags = span.attributes
        tags.append(("span.kind", .text(span.isServer ? "server" : "client")))
        if span.isError { tags.append(("error", .bool(true))) }
        write(tags[...], 10, to: &writer)
    }

    private static func write(
        _ tags: ArraySlice<(key: String, value: LoadValue)>,
        _ field: Int16,
        to writer: inout BinaryWriter
    ) {
        writer.listField(field, .structure, count: tags.count)
        for tag in tags {
            writer.structure { writer in
                writer.stringField(1, tag.key)
                switch tag.value {
                case .text(let text):
                    writer.i32Field(2, 0)
                    writer.stringField(3, text)
                case .double(let number):
                    writer.i32Field(2, 1)
                    writer.doubleField(4, number)
                case .bool(let flag):
                    writer.i32Field(2, 2)
                    writer.boolField(5, flag)
                case .int(let number):
                    writer.i32Field(2, 3)
                    writer.i64Field(6, number)
                }
            }
        }
    }
}
