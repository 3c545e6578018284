import Thrift
import TraceModel

/// A file of traces as Jaeger's UI and API give them: `{"data":[{"traceID":…,"spans":[…],"processes":{…}}]}`.
struct JaegerTraceFile: Decodable {
    struct Trace: Decodable {
        var spans: [Span]
        var processes: [String: Process]
    }

    struct Process: Decodable {
        var serviceName: String
        var tags: [Tag]?
    }

    struct Reference: Decodable {
        var refType: String
        var traceID: String
        var spanID: String
    }

    struct Log: Decodable {
        var timestamp: Int64
        var fields: [Tag]
    }

    struct Span: Decodable {
        var traceID: String
        var spanID: String
        var parentSpanID: String?
        var operationName: String
        var references: [Reference]?
        var flags: UInt32?
        var startTime: Int64
        var duration: Int64
        var tags: [Tag]?
        var logs: [Log]?
        var processID: String
    }

    struct Tag: Decodable {
        enum Value {
            case string(String), double(Double), bool(Bool), int(Int64), binary([UInt8])
        }

        var key: String
        var value: Value

        private enum CodingKeys: CodingKey { case key, type, value }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            key = try container.decode(String.self, forKey: .key)
            switch try container.decodeIfPresent(String.self, forKey: .type) ?? "string" {
            case "bool": value = .bool(try container.decode(Bool.self, forKey: .value))
            case "int64":
                // Numbers that JavaScript cannot hold are written as strings.
                if let text = try? container.decode(String.self, forKey: .value), let number = Int64(text) {
                    value = .int(number)
                } else {
                    value = .int(try container.decode(Int64.self, forKey: .value))
                }
            case "float64":
                if let text = try? container.decode(String.self, forKey: .value), let number = Double(text) {
                    value = .double(number)
                } else {
                    value = .double(try container.decode(Double.self, forKey: .value))
                }
            case "binary":
                let text = try container.decodeIfPresent(String.self, forKey: .value) ?? ""
                value = .binary(base64Bytes(text) ?? [])
            default: value = .string(try container.decode(String.self, forKey: .value))
            }
        }
    }

    var data: [Trace]

    /// The spans as bodies for port 14268: a Thrift `Batch` for each process of each trace.
    func batches() throws(SpanFileError) -> [(body: [UInt8], spans: Int)] {
        var batches: [(body: [UInt8], spans: Int)] = []
        for (index, trace) in data.enumerated() {
            for (id, process) in trace.processes.sorted(by: { $0.key < $1.key }) {
                let spans = trace.spans.filter { $0.processID == id }
                if spans.isEmpty { continue }
                batches.append((try Self.batch(process, spans, at: "data[\(index)]"), spans.count))
            }
            if let lost = trace.spans.first(where: { trace.processes[$0.processID] == nil }) {
                throw SpanFileError(
                    "data[\(index)]: span \(lost.spanID) has the process \"\(lost.processID)\", not there"
                )
            }
        }
        return batches
    }

    private static func batch(_ process: Process, _ spans: [Span], at place: String) throws(SpanFileError) -> [UInt8] {
        var writer = BinaryWriter(capacity: spans.count * 400)
        let mark = writer.beginStruct()
        writer.field(1, .structure)
        let processMark = writer.beginStruct()
        writer.stringField(1, process.serviceName)
        tags(process.tags ?? [], field: 2, &writer)
        writer.endStruct(processMark)
        writer.listField(2, .structure, count: spans.count)
        for span in spans { try write(span, &writer, at: place) }
        writer.endStruct(mark)
        return writer.bytes
    }

    private static func write(_ span: Span, _ writer: inout BinaryWriter, at place: String) throws(SpanFileError) {
        guard let trace = TraceID(hex: span.traceID), let id = SpanID(hex: span.spanID) else {
            throw SpanFileError("\(place): \"\(span.traceID)\" or \"\(span.spanID)\" is no id")
        }
        let mark = writer.beginStruct()
        writer.i64Field(1, Int64(bitPattern: trace.low))
        writer.i64Field(2, Int64(bitPattern: trace.high))
        writer.i64Field(3, Int64(bitPattern: id.bits))
        writer.i64Field(4, Int64(bitPattern: span.parentSpanID.flatMap { SpanID(hex: $0)?.bits } ?? 0))
        writer.stringField(5, span.operationName)
        let references = span.references ?? []
        writer.listField(6, .structure, count: references.count)
        for reference in references {
            guard let trace = TraceID(hex: reference.traceID), let id = SpanID(hex: reference.spanID) else {
                throw SpanFileError("\(place): span \(span.spanID) has a reference to no id")
            }
            let mark = writer.beginStruct()
            writer.i32Field(1, reference.refType == "FOLLOWS_FROM" ? 1 : 0)
            writer.i64Field(2, Int64(bitPattern: trace.low))
            writer.i64Field(3, Int64(bitPattern: trace.high))
            writer.i64Field(4, Int64(bitPattern: id.bits))
            writer.endStruct(mark)
        }
        writer.i32Field(7, Int32(bitPattern: span.flags ?? 0))
        writer.i64Field(8, span.startTime)
        writer.i64Field(9, span.duration)
        tags(span.tags ?? [], field: 10, &writer)
        let logs = span.logs ?? []
        writer.listField(11, .structure, count: logs.count)
        for log in logs {
            let mark = writer.beginStruct()
            writer.i64Field(1, log.timestamp)
            tags(log.fields, field: 2, &writer)
            writer.endStruct(mark)
        }
        writer.endStruct(mark)
    }

    private static func tags(_ tags: [Tag], field: Int16, _ writer: inout BinaryWriter) {
        writer.listField(field, .structure, count: tags.count)
        for tag in tags {
            let mark = writer.beginStruct()
            writer.stringField(1, tag.key)
            switch tag.value {
            case .string(let text):
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
            case .binary(let bytes):
                writer.i32Field(2, 4)
                writer.binaryField(7, bytes)
            }
            writer.endStruct(mark)
        }
    }
}
