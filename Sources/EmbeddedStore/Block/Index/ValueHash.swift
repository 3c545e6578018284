import TraceModel

/// Hashes of keys and values, as the index of a block knows them.
///
/// The seed is the block's own: whoever sends spans chooses their values, and must not be able to choose values that
/// meet in one place of the filter.
struct ValueHash: Sendable {
    /// What a value belongs to; stored.
    enum Level: UInt8, Sendable {
        case span = 0
        case resource = 1
        case scope = 2
        case event = 3
        case link = 4
        // Fields that are no attributes; they have no key.
        case name = 5
        case service = 6
        case kind = 7
        case status = 8
        case eventName = 9
        case scopeName = 10
        case scopeVersion = 11
        // Pairs: what spans of a service have.
        case keyOfService = 12
        case kindOfService = 13
        case statusOfService = 14
        case valueOfService = 15
    }

    let seed: UInt64

    /// The hash of a key.
    func key(_ bytes: RawSpan) -> UInt64 { hashBytes(bytes, seed: seed) }

    func key(_ text: String) -> UInt64 {
        let bytes = Array(text.utf8)
        return key(bytes.span.bytes)
    }

    /// The hash of a string, or of the bytes of an array or a map, that a key has at a level.
    func value(_ level: Level, key: UInt64, string bytes: RawSpan) -> UInt64 {
        combine(level, key, hashBytes(bytes, seed: ~seed))
    }

    func value(_ level: Level, key: UInt64 = 0, text: String) -> UInt64 {
        let bytes = Array(text.utf8)
        return value(level, key: key, string: bytes.span.bytes)
    }

    /// The hash of a number that a key has at a level.
    func value(_ level: Level, key: UInt64 = 0, bits: UInt64) -> UInt64 {
        combine(level, key, Self.fold(bits ^ 0x8EBC_6AF0_9C88_C6E3, seed | 1))
    }

    /// The hash of a service together with what its spans have: the hash of a key or of a value, or a number.
    func pair(_ level: Level, _ other: UInt64, service bytes: RawSpan) -> UInt64 {
        value(level, key: other, string: bytes)
    }

    func pair(_ level: Level, _ other: UInt64, service: String) -> UInt64 {
        value(level, key: other, text: service)
    }

    private func combine(_ level: Level, _ key: UInt64, _ value: UInt64) -> UInt64 {
        Self.fold(key &+ UInt64(level.rawValue) &* 0x9E37_79B9_7F4A_7C15 ^ 0xA076_1D64_78BD_642F, value)
    }

    /// Both halves of the product, folded.
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
