import OpenTracing

/// How a field's value is stored.
enum FieldType: UInt8 { case string, bool, int, double, binary, array }

/// How a span is related to another one.
enum SpanLinkKind: UInt8 {
    /// An OpenTracing reference: the other span waits for this one.
    case childOf
    /// An OpenTracing reference: the other span caused this one.
    case followsFrom
    /// A link that says no more than that there is a relation (swift-distributed-tracing).
    case link
}

/// A view of one tag, log or link of a ``SpanContent``.
struct SpanEntry: ~Escapable {
    /// A log's moment, or a link's identifiers and kind.
    private let fixed: RawSpan
    private let fields: RawSpan
    let fieldCount: Int

    @_lifetime(copy fixed, copy fields)
    init(fixed: RawSpan, fields: RawSpan, fieldCount: Int) {
        self.fixed = fixed
        self.fields = fields
        self.fieldCount = fieldCount
    }

    /// How many bytes stand between an entry's header and its fields.
    static func fixedSize(_ kind: SpanContent.EntryKind) -> Int {
        switch kind {
        case .dead, .tag: 0
        case .log: 8
        case .link: 25
        }
    }

    /// A log's moment.
    var nanoseconds: Int64 { fixed.unsafeLoadUnaligned(fromByteOffset: 0, as: Int64.self) }

    /// A link's identifiers.
    var linkedTraceIDHigh: UInt64 { fixed.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self) }
    var linkedTraceIDLow: UInt64 { fixed.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self) }
    var linkedSpanID: UInt64 { fixed.unsafeLoadUnaligned(fromByteOffset: 16, as: UInt64.self) }
    var linkKind: SpanLinkKind {
        SpanLinkKind(rawValue: fixed.unsafeLoad(fromByteOffset: 24, as: UInt8.self)) ?? .link
    }

    /// Calls `body` with each field.
    func forEachField(_ body: (_ key: RawSpan, _ value: FieldValue) -> Void) { FieldValue.walk(fields, body) }
}

/// A view of a field's value.
struct FieldValue: ~Escapable {
    let type: FieldType
    let bytes: RawSpan

    @_lifetime(copy bytes)
    init(type: FieldType, bytes: RawSpan) {
        self.type = type
        self.bytes = bytes
    }

    var int: Int64 { bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: Int64.self) }
    var double: Double { Double(bitPattern: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)) }
    var bool: Bool { bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self) != 0 }
    var text: String { bytes.text }

    /// Calls `body` with each value of an array.
    func forEachElement(_ body: (FieldValue) -> Void) { Self.walk(bytes) { _, value in body(value) } }

    /// The value as callers gave it, but for what was cut.
    var tagValue: TagValue {
        switch type {
        case .string: .string(text)
        case .bool: .bool(bool)
        case .int: .int(int)
        case .double: .double(double)
        case .binary: .binary(bytes.array)
        case .array: .array(elements)
        }
    }

    private var elements: [TagValue] {
        var values: [TagValue] = []
        forEachElement { values.append($0.tagValue) }
        return values
    }

    /// Fields stand one behind the other; see ``SpanContent``.
    static func walk(_ fields: RawSpan, _ body: (_ key: RawSpan, _ value: FieldValue) -> Void) {
        var offset = 0
        while offset + 8 <= fields.byteCount {
            let type = FieldType(rawValue: fields.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) ?? .binary
            let keyLength = Int(fields.unsafeLoadUnaligned(fromByteOffset: offset + 2, as: UInt16.self))
            let valueLength = Int(fields.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
            let keyStart = offset + 8
            let valueStart = keyStart + keyLength
            body(
                fields.extracting(keyStart..<valueStart),
                FieldValue(type: type, bytes: fields.extracting(valueStart..<valueStart + valueLength))
            )
            offset = valueStart + valueLength
        }
    }
}

extension RawSpan {
    /// The bytes as text.
    var text: String { String(decoding: array, as: UTF8.self) }

    /// The bytes on their own.
    var array: [UInt8] { (0..<byteCount).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }

    /// Whether the bytes are those of a text.
    func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            for index in 0..<byteCount where unsafeLoad(fromByteOffset: index, as: UInt8.self) != expected[index] {
                return false
            }
            return true
        }
    }
}
