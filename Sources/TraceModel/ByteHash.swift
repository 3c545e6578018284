// Hashing, comparing and copying runs of bytes, for the tables of strings.
//
// Safety: each pointer is used only inside the closure that lends it, and every load lies within the count that was
// checked before it.

/// A 64-bit hash of some bytes: multiply and fold, 16 bytes a step.
///
/// `seed` must be random wherever the bytes come from outside, or whoever sends them could choose collisions.
@inlinable
public func hashBytes(_ bytes: RawSpan, seed: UInt64) -> UInt64 {
    bytes.withUnsafeBytes { hashBuffer($0, seed: seed) }
}

@inlinable
func hashBuffer(_ buffer: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    let count = buffer.count
    var hash = seed ^ (UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15)
    guard let base = buffer.baseAddress, count > 0 else { return mix(hash, 0xD6E8_FEB8_6659_FD93) }
    var offset = 0
    while count - offset > 16 {
        let first = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let second = base.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
        hash = mix(first ^ 0xA076_1D64_78BD_642F, second ^ hash)
        offset += 16
    }
    let left = count - offset
    var first: UInt64 = 0
    var second: UInt64 = 0
    if left >= 8 {
        first = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        second = base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    } else if left >= 4 {
        first = UInt64(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        second = UInt64(base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    } else {
        let low = base.load(fromByteOffset: offset, as: UInt8.self)
        let middle = base.load(fromByteOffset: offset + left / 2, as: UInt8.self)
        let high = base.load(fromByteOffset: count - 1, as: UInt8.self)
        first = UInt64(low) << 16 | UInt64(middle) << 8 | UInt64(high)
    }
    return mix(first ^ 0xE703_7ED1_A0B4_28DB, second ^ hash)
}

/// Both halves of the 128-bit product, folded.
@inlinable
func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// Whether `bytes` equals the part of `arena` that begins at `offset`; false when that part would end outside it.
@inlinable
func equalBytes(_ bytes: RawSpan, _ arena: [UInt8], at offset: Int) -> Bool {
    let count = bytes.byteCount
    guard offset >= 0, offset + count <= arena.count else { return false }
    return bytes.withUnsafeBytes { left in
        arena.withUnsafeBytes { right in
            left.elementsEqualFast(UnsafeRawBufferPointer(rebasing: right[offset..<offset + count]))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Equality of two buffers of one length, eight bytes a step.
    @inlinable
    func elementsEqualFast(_ other: UnsafeRawBufferPointer) -> Bool {
        guard let left = baseAddress, let right = other.baseAddress else { return count == other.count }
        var offset = 0
        while count - offset >= 8 {
            let one = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let two = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if one != two { return false }
            offset += 8
        }
        while offset < count {
            if left.load(fromByteOffset: offset, as: UInt8.self) != right.load(fromByteOffset: offset, as: UInt8.self) {
                return false
            }
            offset += 1
        }
        return true
    }
}

extension [UInt8] {
    /// Appends a copy of the bytes.
    @inlinable
    public mutating func append(copying bytes: RawSpan) {
        bytes.withUnsafeBytes { self.append(contentsOf: $0) }
    }
}

extension String {
    /// Text of the bytes; what is not UTF-8 becomes U+FFFD.
    public init(copying bytes: RawSpan) {
        self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
