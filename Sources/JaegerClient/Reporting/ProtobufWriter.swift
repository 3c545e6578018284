// Safety: the pointer is used within the closure that it is given to.

/// Appends Protocol Buffers to an array of bytes: the few kinds of fields that OTLP has.
///
/// A field's tag is one byte while its number is below 16; the one field of OTLP that is not takes two.
struct ProtobufWriter: Sendable {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A number in as many bytes as it needs; 0 is not written, being what a field is that is not there.
    mutating func varintField(_ id: UInt8, _ value: UInt64) {
        if value == 0 { return }
        bytes.append(id << 3)
        varint(value)
    }

    /// A number that is written even when it is 0.
    mutating func rawVarintField(_ id: UInt8, _ value: UInt64) {
        bytes.append(id << 3)
        varint(value)
    }

    /// Bytes that are fields already.
    mutating func raw(_ written: [UInt8]) { bytes += written }

    mutating func fixed64Field(_ id: UInt8, _ value: UInt64) {
        bytes.append(id << 3 | 1)
        fixed(value)
    }

    mutating func fixed32Field(_ id: UInt64, _ value: UInt32) {
        varint(id << 3 | 5)
        fixed(value)
    }

    mutating func textField(_ id: UInt8, _ text: String) {
        bytes.append(id << 3 | 2)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func textField(_ id: UInt8, _ text: StaticString) {
        bytes.append(id << 3 | 2)
        varint(UInt64(text.utf8CodeUnitCount))
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func bytesField(_ id: UInt8, _ view: RawSpan) {
        bytes.append(id << 3 | 2)
        varint(UInt64(view.byteCount))
        view.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Identifiers are bytes with the highest first.
    mutating func identifierField(_ id: UInt8, _ numbers: UInt64...) {
        bytes.append(id << 3 | 2)
        bytes.append(UInt8(truncatingIfNeeded: numbers.count * 8))
        for number in numbers { fixed(number.byteSwapped) }
    }

    /// A message within; its length is filled in when it is known.
    ///
    /// Room is left for a length of `lengthBytes` bytes; when it turns out to need more or fewer, what was written is
    /// moved: so guess well.
    mutating func messageField(_ id: UInt8, lengthBytes: Int = 1, _ body: (inout ProtobufWriter) -> Void) {
        bytes.append(id << 3 | 2)
        let start = bytes.count
        for _ in 0..<lengthBytes { bytes.append(0) }
        body(&self)
        let length = bytes.count - start - lengthBytes
        let needed = length == 0 ? 1 : (Int.bitWidth - length.leadingZeroBitCount + 6) / 7
        if needed > lengthBytes {
            bytes.insert(contentsOf: repeatElement(0, count: needed - lengthBytes), at: start)
        } else if needed < lengthBytes {
            bytes.removeSubrange(start..<start + lengthBytes - needed)
        }
        var rest = length
        for index in 0..<needed {
            bytes[start + index] = UInt8(rest & 0x7F) | (index < needed - 1 ? 0x80 : 0)
            rest >>= 7
        }
    }

    private mutating func fixed<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
