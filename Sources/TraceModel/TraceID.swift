/// The 128-bit identity of a trace.
///
/// A 64-bit id and the same id padded to 128 bits are the same trace; all zero bits are no valid id
/// (W3C Trace Context, section 3.2.2.3).
public struct TraceID: Hashable, Sendable {
    /// The upper 64 bits; zero for the ids of clients that make 64-bit ones.
    public var high: UInt64
    /// The lower 64 bits.
    public var low: UInt64

    /// Makes an id from its halves.
    @inlinable
    public init(high: UInt64 = 0, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 1 to 32 hexadecimal digits of any case; shorter than 32 means zeros in front.
    ///
    /// Nil for any other text.
    public init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard (1...32).contains(digits.count) else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for digit in digits {
            guard let value = hexValue(digit) else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(value)
        }
        self.init(high: high, low: low)
    }

    /// False for the all-zero id, which stands for "none" in every protocol.
    @inlinable
    public var isValid: Bool { (high | low) != 0 }

    /// Jaeger's text form: 16 digits when the upper half is zero, otherwise 32; lower case.
    public var hex: String { high == 0 ? hexText(low) : hexText(high) + hexText(low) }

    /// The form of W3C and OTLP: always 32 digits, lower case.
    public var hex32: String { hexText(high) + hexText(low) }
}

extension TraceID: Comparable {
    /// Orders ids as unsigned 128-bit numbers.
    @inlinable
    public static func < (left: TraceID, right: TraceID) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}

extension TraceID: CustomStringConvertible {
    /// The same as `hex`.
    public var description: String { hex }
}
