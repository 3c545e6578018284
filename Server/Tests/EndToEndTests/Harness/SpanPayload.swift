/// Requests full of spans, encoded here and not by the code under test.
enum SpanPayload {
    /// A `jaeger.thrift` Batch in the binary protocol, as clients post it to `/api/traces`.
    static func jaegerThrift(service: String, trace: UInt64, spans: [UInt64], start: Int64) -> [UInt8] {
        var out = ThriftBytes()
        out.field(12, 1)
        out.field(11, 1)
        out.string(service)
        out.stop()
        out.field(15, 2)
        out.list(of: 12, count: spans.count)
        for span in spans {
            for (id, value) in [(1, trace), (2, 0), (3, span), (4, 0)] as [(Int16, UInt64)] {
                out.field(10, id)
                out.int(value)
            }
            out.field(11, 5)
            out.string("load")
            out.field(8, 7)
            out.int(UInt32(1))
            out.field(10, 8)
            out.int(UInt64(start))
            out.field(10, 9)
            out.int(UInt64(1_000))
            out.stop()
        }
        out.stop()
        return out.bytes
    }

    /// An OTLP request in JSON, as it is posted to `/v1/traces`.
    static func otlpJSON(service: String, trace: UInt64, spans: [UInt64], start: Int64) -> [UInt8] {
        otlpJSON(service: service, name: "load", trace: trace, spans: spans, start: start)
    }

    /// The same with spans of another name.
    static func otlpJSON(service: String, name: String, trace: UInt64, spans: [UInt64], start: Int64) -> [UInt8] {
        let encoded = spans.map { span in
            """
            {"traceId":"\(hex(0) + hex(trace))","spanId":"\(hex(span))","name":"\(name)","kind":1,\
            "startTimeUnixNano":"\(start * 1_000)","endTimeUnixNano":"\((start + 1_000) * 1_000)"}
            """
        }
        let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]}"#
        let scope = #"{"scope":{},"spans":[\#(encoded.joined(separator: ","))]}"#
        return Array(#"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":[\#(scope)]}]}"#.utf8)
    }

    /// Sixteen digits, as ids are written.
    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// The few things of Thrift's binary protocol that a batch needs.
struct ThriftBytes {
    private(set) var bytes: [UInt8] = []

    mutating func field(_ type: UInt8, _ id: Int16) {
        bytes.append(type)
        int(UInt16(bitPattern: id))
    }

    mutating func stop() { bytes.append(0) }

    mutating func list(of type: UInt8, count: Int) {
        bytes.append(type)
        int(UInt32(count))
    }

    mutating func string(_ text: String) {
        int(UInt32(text.utf8.count))
        bytes += text.utf8
    }

    mutating func int<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
        }
    }
}
