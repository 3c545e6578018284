import TraceModel

/// A request of random content that can be written as OTLP's protobuf and as its JSON.
struct SampleRequest {
    struct Span {
        var ids: [UInt64]
        var name: String
        var kind: UInt64
        var status: UInt64
        var start: UInt64
        var end: UInt64
        var attributes: [AttributeValue.Entry]
    }

    var resource: [AttributeValue.Entry]
    var spans: [Span]

    init(_ generator: inout SeededGenerator) {
        resource = [.init("service.name", .string("shop"))] + Self.entries(&generator, depth: 0)
        spans = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            Span(
                ids: (0..<7).map { _ in UInt64.random(in: 1 ... .max, using: &generator) },
                name: Self.text(&generator),
                kind: UInt64.random(in: 0...5, using: &generator),
                status: UInt64.random(in: 0...2, using: &generator),
                start: UInt64.random(in: 0 ... .max, using: &generator),
                end: UInt64.random(in: 0 ... .max, using: &generator),
                attributes: Self.entries(&generator, depth: 0)
            )
        }
    }

    private static func entries(_ generator: inout SeededGenerator, depth: Int) -> [AttributeValue.Entry] {
        (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            .init(text(&generator), value(&generator, depth: depth))
        }
    }

    private static func text(_ generator: inout SeededGenerator) -> String {
        let pieces = ["", "a", "\"", "\\", "\u{1}", "\n", "ünï", "🚀", "http.route", "0", "é", "\u{FFFD}", "{", "x y"]
        return (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        }.joined()
    }

    private static func value(_ generator: inout SeededGenerator, depth: Int) -> AttributeValue {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &generator) {
        case 0: return .empty
        case 1: return .string(text(&generator))
        case 2: return .bool(Bool.random(using: &generator))
        case 3: return .int([0, 1, -1, .min, .max, 9_007_199_254_740_993][Int.random(in: 0..<6, using: &generator)])
        case 4:
            let numbers = [0.0, -0.0, 1, 2.5, -1e300, 2.5e-308, .infinity, -.infinity, 9_007_199_254_740_992, 0.1]
            return .double(numbers[Int.random(in: 0..<numbers.count, using: &generator)])
        case 5: return .bytes((0..<Int.random(in: 0...5, using: &generator)).map { UInt8($0 * 50) })
        case 6:
            return .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(&generator, depth: depth + 1) }
            )
        default: return .map(entries(&generator, depth: depth + 1))
        }
    }

    // MARK: Protobuf

    var protobuf: [UInt8] {
        ProtobufText { request in
            request.message(1) { resourceSpans in
                resourceSpans.message(1) { resource in Self.write(self.resource, 1, to: &resource) }
                resourceSpans.message(2) { scopeSpans in
                    for span in spans { scopeSpans.message(2) { Self.write(span, to: &$0) } }
                }
            }
        }.bytes
    }

    private static func write(_ span: Span, to text: inout ProtobufText) {
        text.data(1, bigEndian(span.ids[0]) + bigEndian(span.ids[1]))
        text.data(2, bigEndian(span.ids[2]))
        text.data(4, bigEndian(span.ids[3]))
        text.text(5, span.name)
        text.varint(6, span.kind)
        text.fixed64(7, span.start)
        text.fixed64(8, span.end)
        write(span.attributes, 9, to: &text)
        text.message(11) { event in
            event.fixed64(1, span.start)
            event.text(2, span.name)
            write(span.attributes, 3, to: &event)
        }
        text.message(13) { link in
            link.data(1, bigEndian(span.ids[4]) + bigEndian(span.ids[5]))
            link.data(2, bigEndian(span.ids[6]))
            write(span.attributes, 4, to: &link)
        }
        text.message(15) { status in
            status.text(2, span.name)
            status.varint(3, span.status)
        }
    }

    private static func write(_ entries: [AttributeValue.Entry], _ field: UInt32, to text: inout ProtobufText) {
        for entry in entries {
            text.message(field) { item in
                item.text(1, entry.key)
                item.data(2, protobuf(entry.value))
            }
        }
    }

    /// Like `AttributeValue.encode`, but an empty key is left out, as protobuf's own encoders do.
    private static func protobuf(_ value: AttributeValue) -> [UInt8] {
        switch value {
        case .array(let values):
            return ProtobufText { $0.message(5) { list in for value in values { list.data(1, protobuf(value)) } } }
                .bytes
        case .map(let entries): return ProtobufText { $0.message(6) { write(entries, 1, to: &$0) } }.bytes
        default:
            var bytes: [UInt8] = []
            value.encode(into: &bytes)
            return bytes
        }
    }

    // MARK: JSON

    var json: String {
        let spans = spans.map(Self.json).joined(separator: ",")
        return """
            {"resourceSpans":[{"scopeSpans":[{"spans":[\(spans)]}],"resource":{"attributes":\(Self.json(resource))}}]}
            """
    }

    private static func json(_ span: Span) -> String {
        let ids = span.ids.map { SpanID($0).hex }
        let attributes = json(span.attributes)
        let name = quoted(span.name)
        return """
            {"attributes":\(attributes),"name":\(name),"traceId":"\(ids[0])\(ids[1].uppercased())","spanId":"\(ids[2])",
             "parentSpanId":"\(ids[3])","kind":\(span.kind),"status":{"code":\(span.status),"message":\(name)},
             "startTimeUnixNano":"\(span.start)","endTimeUnixNano":\(span.end),
             "events":[{"name":\(name),"attributes":\(attributes),"timeUnixNano":"\(span.start)"}],
             "links":[{"traceId":"\(ids[4])\(ids[5])","spanId":"\(ids[6])","attributes":\(attributes)}]}
            """
    }

    private static func json(_ entries: [AttributeValue.Entry]) -> String {
        let items = entries.map { entry in
            entry.key.utf8.count % 2 == 0
                ? "{\"key\":\(quoted(entry.key)),\"value\":\(json(entry.value))}"
                : "{ \"value\" : \(json(entry.value)) , \"key\" : \(quoted(entry.key)) }"
        }
        return "[" + items.joined(separator: ",") + "]"
    }

    private static func json(_ value: AttributeValue) -> String {
        switch value {
        case .empty: return "{}"
        case .string(let text): return "{\"stringValue\":\(quoted(text))}"
        case .bool(let flag): return "{\"boolValue\":\(flag)}"
        case .int(let number): return "{\"intValue\":\"\(number)\"}"
        case .double(let number):
            if number.isInfinite { return "{\"doubleValue\":\"\(number < 0 ? "-" : "")Infinity\"}" }
            return "{\"doubleValue\":\(number)}"
        case .bytes(let bytes): return "{\"bytesValue\":\"\(base64Text(bytes))\"}"
        case .array(let values):
            return "{\"arrayValue\":{\"values\":[\(values.map(json).joined(separator: ","))]}}"
        case .map(let entries): return "{\"kvlistValue\":{\"values\":\(json(entries))}}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = ""
        writeJSONString(text, to: &quoted)
        return quoted
    }
}
