// Safety: pointers are those of `OutputBytes.write`, within the room that the call asks for.

import Thrift

/// Appends Protocol Buffers: the few kinds of fields that OTLP has.
///
/// A field's tag is one byte while its number is below 16; the one field of OTLP that is not takes two.
struct ProtobufWriter: Sendable {
    private static let varintSizeMax = 10

    private var output: OutputBytes

    init(capacity: Int) { output = OutputBytes(capacity: capacity) }

    /// A copy of what has been written.
    var bytes: [UInt8] { output.array }

    /// What has been written, without a copy; the writer is empty then, and has no memory.
    mutating func takeBytes() -> [UInt8] { output.take() }

    /// Bytes that are fields already.
    mutating func raw(_ written: [UInt8]) { output.append(written) }

    /// A number in as many bytes as it needs; 0 is not written, being what a field is that is not there.
    mutating func varintField(_ id: UInt8, _ value: UInt64) {
        if value != 0 { rawVarintField(id, value) }
    }

    /// A number that is written even when it is 0: in an `AnyValue` it has to be there.
    mutating func rawVarintField(_ id: UInt8, _ value: UInt64) {
        output.write(atMost: 1 + Self.varintSizeMax) { target in
            target.storeBytes(of: id << 3, as: UInt8.self)
            return 1 + (target + 1).put(varint: value)
        }
    }

    /// A number of eight bytes.
    mutating func fixed64Field(_ id: UInt8, _ value: UInt64) {
        output.write(atMost: 9) { target in
            target.storeBytes(of: id << 3 | 1, as: UInt8.self)
            return 1 + (target + 1).put(littleEndian: value)
        }
    }

    /// A number of four bytes, in a field of any number.
    mutating func fixed32Field(_ id: UInt64, _ value: UInt32) {
        output.write(atMost: Self.varintSizeMax + 4) { target in
            let start = target.put(varint: id << 3 | 5)
            return start + (target + start).put(littleEndian: value)
        }
    }

    mutating func textField(_ id: UInt8, _ text: String) {
        var text = text
        text.withUTF8 { bytesField(id, UnsafeRawBufferPointer($0)) }
    }

    mutating func textField(_ id: UInt8, _ text: StaticString) {
        text.withUTF8Buffer { bytesField(id, UnsafeRawBufferPointer($0)) }
    }

    mutating func bytesField(_ id: UInt8, _ view: RawSpan) { view.withUnsafeBytes { bytesField(id, $0) } }

    /// Identifiers are bytes with the highest first.
    mutating func identifierField(_ id: UInt8, _ number: UInt64) {
        output.write(atMost: 10) { target in
            target.storeBytes(of: id << 3 | 2, as: UInt8.self)
            target.storeBytes(of: 8, toByteOffset: 1, as: UInt8.self)
            return 2 + (target + 2).put(bigEndian: number)
        }
    }

    /// An identifier of sixteen bytes.
    mutating func identifierField(_ id: UInt8, _ high: UInt64, _ low: UInt64) {
        output.write(atMost: 18) { target in
            target.storeBytes(of: id << 3 | 2, as: UInt8.self)
            target.storeBytes(of: 16, toByteOffset: 1, as: UInt8.self)
            return 2 + (target + 2).put(bigEndian: high) + (target + 10).put(bigEndian: low)
        }
    }

    /// A message within; its length is filled in when it is known.
    ///
    /// Room is left for a length of `lengthBytes` bytes; when it turns out to need more or fewer, what was written is
    /// moved: so guess well.
    @inline(__always)
    mutating func messageField(_ id: UInt8, lengthBytes: Int = 1, _ body: (inout ProtobufWriter) -> Void) {
        let start = beginMessage(id, lengthBytes)
        body(&self)
        output.putLength(at: start, room: lengthBytes)
    }

    private mutating func beginMessage(_ id: UInt8, _ lengthBytes: Int) -> Int {
        output.append(id << 3 | 2)
        let start = output.count
        output.write(atMost: lengthBytes) { _ in lengthBytes }
        return start
    }

    private mutating func bytesField(_ id: UInt8, _ bytes: UnsafeRawBufferPointer) {
        output.write(atMost: 1 + Self.varintSizeMax + bytes.count) { Self.put(id, bytes, $0) }
    }

    @inline(__always)
    private static func put(_ id: UInt8, _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer) -> Int {
        target.storeBytes(of: id << 3 | 2, as: UInt8.self)
        let start = 1 + (target + 1).put(varint: UInt64(bytes.count))
        return start + (target + start).put(bytes)
    }
}

/// Attributes, of which most of a span's bytes consist: their lengths are known, so each is written in one piece.
extension ProtobufWriter {
    /// An attribute whose value is text or bytes, in the field `valueID` of its `AnyValue`.
    mutating func attributeField(_ id: UInt8, _ key: RawSpan, _ valueID: UInt8, bytes: RawSpan) {
        let valueSize = 1 + Self.varintSize(bytes.byteCount) + bytes.byteCount
        bytes.withUnsafeBytes { bytes in
            attributeField(id, key, valueSize: valueSize) { Self.put(valueID, bytes, $0) }
        }
    }

    /// An attribute whose value is an integer or a boolean.
    mutating func attributeField(_ id: UInt8, _ key: RawSpan, _ valueID: UInt8, varint number: UInt64) {
        attributeField(id, key, valueSize: 1 + Self.varintSize(number)) { target in
            target.storeBytes(of: valueID << 3, as: UInt8.self)
            return 1 + (target + 1).put(varint: number)
        }
    }

    /// An attribute whose value is a floating point number.
    mutating func attributeField(_ id: UInt8, _ key: RawSpan, _ valueID: UInt8, double: Double) {
        attributeField(id, key, valueSize: 9) { target in
            target.storeBytes(of: valueID << 3 | 1, as: UInt8.self)
            return 1 + (target + 1).put(littleEndian: double.bitPattern)
        }
    }

    @inline(__always)
    private mutating func attributeField(
        _ id: UInt8,
        _ key: RawSpan,
        valueSize: Int,
        _ putValue: (UnsafeMutableRawPointer) -> Int
    ) {
        let keySize = 1 + Self.varintSize(key.byteCount) + key.byteCount
        let size = keySize + 1 + Self.varintSize(valueSize) + valueSize
        key.withUnsafeBytes { key in
            output.write(atMost: 1 + Self.varintSizeMax + size) { target in
                target.storeBytes(of: id << 3 | 2, as: UInt8.self)
                var end = 1 + (target + 1).put(varint: UInt64(size))
                end += Self.put(1, key, target + end)
                (target + end).storeBytes(of: 2 << 3 | 2, as: UInt8.self)
                end += 1 + (target + end + 1).put(varint: UInt64(valueSize))
                return end + putValue(target + end)
            }
        }
    }

    @inline(__always)
    private static func varintSize(_ number: some BinaryInteger) -> Int {
        let value = UInt64(truncatingIfNeeded: number)
        return value < 0x80 ? 1 : (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7
    }
}
