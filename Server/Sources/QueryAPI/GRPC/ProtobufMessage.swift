import TraceModel

/// A protobuf message taken apart: for the small messages of questions, whose fields are looked up one by one.
struct ProtobufMessage {
    enum Value: Equatable {
        case number(UInt64)
        case bytes([UInt8])
    }

    private var fields: [(number: UInt32, value: Value)] = []

    /// Reads a message, whatever it is of.
    init(_ bytes: RawSpan) throws(ByteError) {
        var reader = ByteReader(bytes)
        while let tag = try reader.tag() {
            switch tag.type {
            case .varint: fields.append((tag.number, .number(try reader.varint())))
            case .fixed64: fields.append((tag.number, .number(try reader.littleEndian())))
            case .fixed32:
                let value: UInt32 = try reader.littleEndian()
                fields.append((tag.number, .number(UInt64(value))))
            case .delimited: fields.append((tag.number, .bytes([UInt8](copying: try reader.delimited()))))
            }
        }
    }

    /// The bytes of a field; of several the last ones count. Nil if there are none.
    func bytes(_ number: UInt32) -> [UInt8]? {
        for field in fields.reversed() where field.number == number {
            if case .bytes(let bytes) = field.value { return bytes }
        }
        return nil
    }

    func text(_ number: UInt32) -> String { String(decoding: bytes(number) ?? [], as: UTF8.self) }

    func number(_ number: UInt32) -> UInt64 {
        for field in fields.reversed() where field.number == number {
            if case .number(let value) = field.value { return value }
        }
        return 0
    }

    func message(_ number: UInt32) throws(ByteError) -> ProtobufMessage? {
        guard let bytes = bytes(number) else { return nil }
        return try ProtobufMessage(bytes.span.bytes)
    }

    /// All messages of a list.
    func messages(_ number: UInt32) throws(ByteError) -> [ProtobufMessage] {
        var messages: [ProtobufMessage] = []
        for field in fields where field.number == number {
            if case .bytes(let bytes) = field.value { messages.append(try ProtobufMessage(bytes.span.bytes)) }
        }
        return messages
    }

    /// A `google.protobuf.Timestamp` or `Duration`, in nanoseconds; nil if it is absent.
    ///
    /// What is before 1970 is its beginning, and what no 63 bits hold is as late as they hold.
    func nanoseconds(_ number: UInt32) throws(ByteError) -> UInt64? {
        guard let message = try message(number) else { return nil }
        let seconds = Int64(bitPattern: message.number(1))
        let nanoseconds = Int64(truncatingIfNeeded: message.number(2))
        if seconds < 0 { return 0 }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return UInt64(Int64.max) }
        let (sum, isTooMuch) = product.addingReportingOverflow(min(max(0, nanoseconds), 999_999_999))
        return isTooMuch ? UInt64(Int64.max) : UInt64(sum)
    }
}

extension [UInt8] {
    fileprivate init(copying bytes: RawSpan) {
        self = []
        append(copying: bytes)
    }

    /// Appends a `google.protobuf.Timestamp` or `Duration` of so many nanoseconds.
    mutating func appendTime(_ number: UInt32, nanoseconds: UInt64) {
        appendMessage(number) { bytes in
            bytes.appendNumber(1, nanoseconds / 1_000_000_000)
            bytes.appendNumber(2, nanoseconds % 1_000_000_000)
        }
    }
}
