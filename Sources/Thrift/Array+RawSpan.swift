// Safety: the pointer is used within the closure that it is given to.

extension [UInt8] {
    /// Appends the bytes of a view.
    mutating func append(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }

    /// Appends a number with its highest byte first.
    mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends the lowest bytes of a number, the lowest first.
    mutating func append(littleEndian number: UInt64, count: Int) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0.prefix(count)) }
    }
}
