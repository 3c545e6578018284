// Base64 with the standard alphabet and padding (RFC 4648, section 4).

private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// The bytes as base64 with padding.
public func base64Text(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var bits: UInt32 = 0
    var held = 0
    for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        held += 1
        if held == 3 {
            for shift in [18, 12, 6, 0] as [UInt32] { text.append(alphabet[Int(bits >> shift & 63)]) }
            bits = 0
            held = 0
        }
    }
    if held == 1 {
        text.append(alphabet[Int(bits >> 2 & 63)])
        text.append(alphabet[Int(bits << 4 & 63)])
        text.append(contentsOf: [0x3D, 0x3D])
    } else if held == 2 {
        text.append(alphabet[Int(bits >> 10 & 63)])
        text.append(alphabet[Int(bits >> 4 & 63)])
        text.append(alphabet[Int(bits << 2 & 63)])
        text.append(0x3D)
    }
    return String(decoding: text, as: UTF8.self)
}

/// The bytes of a base64 text, also of the URL-safe alphabet and without padding; nil if it is none.
public func base64Bytes(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3 + 3)
    var bits: UInt32 = 0
    var held: UInt32 = 0
    var padding = 0
    var digits = 0
    for digit in text.utf8 {
        if digit == 0x3D {
            padding += 1
            continue
        }
        guard padding == 0, let value = base64Value(digit) else { return nil }
        digits += 1
        bits = bits << 6 | UInt32(value)
        held += 6
        if held >= 8 {
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> held))
        }
    }
    // A single digit left over holds no whole byte; padding fills up to a multiple of four or is absent.
    if digits % 4 == 1 || padding > 2 || (padding > 0 && (digits + padding) % 4 != 0) { return nil }
    return bytes
}

private func base64Value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x41...0x5A: digit - 0x41
    case 0x61...0x7A: digit - 0x61 + 26
    case 0x30...0x39: digit - 0x30 + 52
    case 0x2B, 0x2D: 62
    case 0x2F, 0x5F: 63
    default: nil
    }
}
