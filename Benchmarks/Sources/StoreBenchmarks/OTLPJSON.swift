/// Writes spans as an `ExportTraceServiceRequest` of OTLP in JSON.
///
/// No text of a `Load` needs an escape.
enum OTLPJSON {
    static func request(_ spans: [LoadSpan]) -> [UInt8] {
        let resources = spans.byService().map { service, spans in
            let attributes = list(LoadSpan.resource(of: service).map(attribute))
            return #"{"resource":{"attributes":\#(attributes)},"scopeSpans":[{"scope":"#
                + #"{"name":"shop.instrumentation","version":"1.4.0"},"spans":\#(list(spans.map(span)))}]}"#
        }
        return Array(#"{"resourceSpans":\#(list(resources))}"#.utf8)
    }

    private static func span(_ span: LoadSpan) -> String {
        var members = [
            #""traceId":"\#(hex(span.traceHigh))\#(hex(span.traceLow))""#,
            #""spanId":"\#(hex(span.id))""#,
            #""name":"\#(span.name)""#,
            #""kind":\#(span.isServer ? 2 : 3)"#,
            #""startTimeUnixNano":"\#(span.start)""#,
            #""endTimeUnixNano":"\#(span.start + span.duration)""#,
            #""attributes":\#(list(span.attributes.map(attribute)))"#,
        ]
        if span.parent != 0 { members.append(#""parentSpanId":"\#(hex(span.parent))""#) }
        if span.isError { members.append(#""status":{"code":2}"#) }
        return "{\(members.joined(separator: ","))}"
    }

    private static func attribute(_ attribute: (key: String, value: LoadValue)) -> String {
        let value =
            switch attribute.value {
            case .text(let text): #""stringValue":"\#(text)""#
            case .bool(let flag): #""boolValue":\#(flag)"#
            case .int(let number): #""intValue":"\#(number)""#
            case .double(let number): #""doubleValue":\#(number)"#
            }
        return #"{"key":"\#(attribute.key)","value":{\#(value)}}"#
    }

    private static func list(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
