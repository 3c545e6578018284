/// Identifiers as text: lower-case hexadecimal digits, padded, as every tool that searches for them expects.
enum Hex {
    /// Sixteen digits.
    static func padded(_ value: UInt64) -> String { text(16) { append(value, digits: 16, to: &$0) } }

    /// A trace's identifier: sixteen digits, or thirty-two when it has more than 64 bits.
    static func traceID(high: UInt64, low: UInt64) -> String {
        if high == 0 { return padded(low) }
        return text(32) { bytes in
            append(high, digits: 16, to: &bytes)
            append(low, digits: 16, to: &bytes)
        }
    }

    /// Appends so many digits, the highest first.
    static func append(_ value: UInt64, digits count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * (count - 1 - index))) & 0xF
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// A text of at most so many bytes.
    static func text(_ length: Int, _ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number that 1 to 16 digits in either case stand for, or nil.
    static func parse(_ text: some Collection<UInt8>) -> UInt64? {
        guard (1...16).contains(text.count) else { return nil }
        var value: UInt64 = 0
        for byte in text {
            guard let digit = digit(byte) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    /// The two halves of the number that 1 to 32 digits stand for, or nil.
    static func parseTraceID(_ text: some Collection<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard (1...32).contains(text.count) else { return nil }
        if text.count <= 16 { return parse(text).map { (0, $0) } }
        guard let high = parse(text.dropLast(16)), let low = parse(text.suffix(16)) else { return nil }
        return (high, low)
    }

    /// The value of one digit, or nil.
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
