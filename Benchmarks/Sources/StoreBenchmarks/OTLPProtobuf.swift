/// Writes spans as an `ExportTraceServiceRequest` of OTLP in protobuf.
enum OTLPProtobuf {
    static func request(_ spans: [LoadSpan]) -> [UInt8] {
        var request: [UInt8] = []
        for (service, spans) in spans.byService() {
            var scopeSpans: [UInt8] = []
            scopeSpans.message(1) { scope in
                scope.text(1, "shop.instrumentation")
                scope.text(2, "1.4.0")
            }
            for span in spans { scopeSpans.message(2) { write(span, to: &$0) } }
            request.message(1) { resourceSpans in
                resourceSpans.message(1) { resource in
                    for attribute in LoadSpan.resource(of: service) { write(attribute, 1, to: &resource) }
                }
                resourceSpans.bytes(2, scopeSpans)
            }
        }
        return request
    }

    private static func write(_ span: LoadSpan, to bytes: inout [UInt8]) {
        bytes.bytes(1, bigEndian(span.traceHigh) + bigEndian(span.traceLow))
        bytes.bytes(2, bigEndian(span.id))
        if span.parent != 0 { bytes.bytes(4, bigEndian(span.parent)) }
        bytes.text(5, span.name)
        bytes.varint(6, span.isServer ? 2 : 3)
        bytes.fixed64(7, span.start)
        bytes.fixed64(8, span.start + span.duration)
        for attribute in span.attributes { write(attribute, 9, to: &bytes) }
        if span.isError { bytes.message(15) { $0.varint(3, 2) } }
    }

    private static func write(_ attribute: (key: String, value: LoadValue), _ field: Int, to bytes: inout [UInt8]) {
        bytes.message(field) { pair in
            pair.text(1, attribute.key)
            pair.message(2) { value in
                switch attribute.value {
                case .text(let text): value.text(1, text)
                case .bool(let flag): value.varint(2, flag ? 1 : 0)
                case .int(let number): value.varint(3, UInt64(bitPattern: number))
                case .double(let number): value.fixed64(4, number.bitPattern)
                }
            }
        }
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}

extension [LoadSpan] {
    /// The spans of each service that has some.
    func byService() -> [(service: Int, spans: [LoadSpan])] {
        Load.services.indices.compactMap { service in
            let own = filter { $0.service == service }
            return own.isEmpty ? nil : (service, own)
        }
    }
}

extension LoadSpan {
    /// What a service's process says of itself.
    static func resource(of service: Int) -> [(key: String, value: LoadValue)] {
        [
            ("service.name", .text(Load.services[service])),
            ("service.version", .text("2.\(service).0")),
            ("host.name", .text("node-\(service % 5)")),
            ("process.pid", .int(Int64(1_000 + service))),
        ]
    }
}

extension [UInt8] {
    fileprivate mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    fileprivate mutating func varint(_ field: Int, _ value: UInt64) {
        varint(UInt64(field) << 3)
        varint(value)
    }

    fileprivate mutating func fixed64(_ field: Int, _ value: UInt64) {
        varint(UInt64(field) << 3 | 1)
        for shift in 0..<8 { append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(shift)))) }
    }

    fileprivate mutating func bytes(_ field: Int, _ value: [UInt8]) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(value.count))
        append(contentsOf: value)
    }

    fileprivate mutating func text(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

    fileprivate mutating func message(_ field: Int, _ body: (inout [UInt8]) -> Void) {
        var message: [UInt8] = []
        body(&message)
        bytes(field, message)
    }
}
