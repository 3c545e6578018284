import TraceModel

/// Texts of IPv4 addresses as numbers: a column of addresses is stored in four bytes each, before compression.
enum IPv4Text {
    /// The number of an address in its one canonical form: four decimal numbers without needless zeros.
    ///
    /// Nil for any other text, so that `text(_:)` gives back just what came in.
    static func number(_ bytes: RawSpan) -> UInt64? {
        guard (7...15).contains(bytes.byteCount) else { return nil }
        var address: UInt64 = 0
        var part: UInt64 = 0
        var digits = 0
        var parts = 0
        for index in 0..<bytes.byteCount {
            let byte = bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if byte == 0x2E {
                guard digits > 0, parts < 3 else { return nil }
                address = address << 8 | part
                parts += 1
                part = 0
                digits = 0
            } else {
                guard (0x30...0x39).contains(byte), digits == 0 || part > 0 else { return nil }
                part = part * 10 + UInt64(byte - 0x30)
                digits += 1
                guard part <= 255 else { return nil }
            }
        }
        return parts == 3 && digits > 0 ? address << 8 | part : nil
    }

    /// The text of an address.
    static func text(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(15)
        for shift in [24, 16, 8, 0] as [UInt64] {
            let part = UInt8(truncatingIfNeeded: number >> shift)
            if part >= 100 { bytes.append(0x30 + part / 100) }
            if part >= 10 { bytes.append(0x30 + part / 10 % 10) }
            bytes.append(0x30 + part % 10)
            if shift > 0 { bytes.append(0x2E) }
        }
        return bytes
    }
}
