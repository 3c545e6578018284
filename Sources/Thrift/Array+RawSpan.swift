// Safety: the pointer is used within the closure that it is given to.

extension [UInt8] {
    /// Appends the bytes of a view.
    mutating func append(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }
}
