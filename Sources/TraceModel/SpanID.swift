/// The 64-bit identity of a span within its trace; zero means "none" (a root's parent).
public struct SpanID: Hashable, Sendable {
    /// The bits. Thrift carries them in a signed integer, but they are a pattern, not a number.
    public var bits: UInt64

    /// Makes an id from its bits.
    @inlinable
    public init(_ bits: UInt64) {
        self.bits = bits
    }

    /// Reads 1 to 16 hexadecimal digits of any case; nil for any other text.
    public init?(hex: some StringProtocol) {
        guard (1...16).contains(hex.utf8.count) else { return nil }
        var bits: UInt64 = 0
        for digit in hex.utf8 {
            guard let value = hexValue(digit) else { return nil }
            bits = bits << 4 | UInt64(value)
        }
        self.init(bits)
    }

    /// No span: what a root has for a parent.
    public static let none = SpanID(0)

    /// False for zero.
    @inlinable
    public var isValid: Bool { bits != 0 }

    /// Always 16 digits, lower case.
    public var hex: String { hexText(bits) }
}

extension SpanID: CustomStringConvertible {
    /// The same as `hex`.
    public var description: String { hex }
}

/// The value of a hexadecimal digit, or nil.
@inlinable
package func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
}

/// 16 lower-case digits.
func hexText(_ bits: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { digits in
        for index in 0..<16 {
            let value = UInt8(truncatingIfNeeded: bits >> UInt64(60 - 4 * index)) & 15
            digits[index] = value < 10 ? 0x30 + value : 0x61 - 10 + value
        }
        return 16
    }
}
