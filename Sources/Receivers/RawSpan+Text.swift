// Comparing bytes with names that are known when the program is built.
//
// Safety: both pointers are read only within the counts that were found equal before.

extension RawSpan {
    /// Whether the bytes are this text.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return sameBytes(text)
    }

    private func sameBytes(_ text: StaticString) -> Bool {
        withUnsafeBytes { own in
            let other = UnsafeRawPointer(text.utf8Start)
            guard let base = own.baseAddress else { return true }
            var offset = 0
            while own.count - offset >= 8 {
                let left = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                if left != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
                offset += 8
            }
            while offset < own.count {
                let left = base.load(fromByteOffset: offset, as: UInt8.self)
                if left != other.load(fromByteOffset: offset, as: UInt8.self) { return false }
                offset += 1
            }
            return true
        }
    }
}
