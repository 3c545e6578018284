import TraceModel

/// Builds protobuf messages for tests.
struct ProtobufText {
    var bytes: [UInt8] = []

    init() {}

    init(_ fill: (inout ProtobufText) -> Void) { fill(&self) }

    mutating func message(_ field: UInt32, _ fill: (inout ProtobufText) -> Void) {
        let inner = ProtobufText(fill).bytes
        data(field, inner)
    }

    mutating func data(_ field: UInt32, _ content: [UInt8]) {
        bytes.append(protobufTag: field, .delimited)
        bytes.append(varint: UInt64(content.count))
        bytes += content
    }

    mutating func text(_ field: UInt32, _ text: String) {
        if !text.isEmpty { data(field, Array(text.utf8)) }
    }

    mutating func varint(_ field: UInt32, _ value: UInt64) {
        if value == 0 { return }
        bytes.append(protobufTag: field, .varint)
        bytes.append(varint: value)
    }

    mutating func fixed64(_ field: UInt32, _ value: UInt64) {
        bytes.append(protobufTag: field, .fixed64)
        bytes.append(littleEndian: value)
    }

    mutating func fixed32(_ field: UInt32, _ value: UInt32) {
        bytes.append(protobufTag: field, .fixed32)
        bytes.append(littleEndian: value)
    }

    /// A span with ids, a name and times, and what else is given.
    mutating func span(
        _ name: String = "op",
        id: UInt64 = 2,
        trace: UInt64 = 1,
        _ fill: (inout ProtobufText) -> Void = { _ in }
    ) {
        message(2) { span in
            span.data(1, bigEndian(0) + bigEndian(trace))
            span.data(2, bigEndian(id))
            span.text(5, name)
            span.fixed64(7, 1_000)
            span.fixed64(8, 3_000)
            fill(&span)
        }
    }

    /// A request with one resource and one scope.
    static func request(_ fill: (inout ProtobufText) -> Void) -> [UInt8] {
        ProtobufText { request in
            request.message(1) { resource in resource.message(2, fill) }
        }.bytes
    }
}

func bigEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) }
}
