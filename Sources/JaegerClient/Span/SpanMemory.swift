// Safety: `base` has one owner, this value, which frees it. Every offset is checked against `count` where it is used,
// and the views that leave this file end before the value changes.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Bytes that are added at the end, read and written over anywhere, in one piece of memory.
///
/// An array would do, but for its checks that nobody else holds it, at each of the dozen bytes in front of a tag.
struct SpanMemory: ~Copyable, @unchecked Sendable {
    /// What ten tags of ordinary length take.
    private static let firstCapacity = 512
    /// What stands at the end of a text that was cut: "…".
    private static let mark: [UInt8] = [0xE2, 0x80, 0xA6]

    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0

    init() {}

    deinit { free(base) }

    /// Another piece of memory with the same bytes.
    func copy() -> SpanMemory {
        var copy = SpanMemory()
        if let base, count > 0 { copy.grow(by: count)?.copyMemory(from: base, byteCount: count) }
        copy.count = count
        return copy
    }

    /// The bytes of a range.
    @_lifetime(borrow self)
    func view(_ start: Int, _ length: Int) -> RawSpan {
        precondition(start >= 0 && length >= 0 && start + length <= count)
        return _overrideLifetime(RawSpan(_unsafeStart: at(start), byteCount: length), borrowing: self)
    }

    func load<Number: BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count)
        return at(offset).loadUnaligned(as: type)
    }

    func store<Number: BitwiseCopyable>(_ number: Number, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count)
        at(offset).storeBytes(of: number, as: Number.self)
    }

    /// Whether the bytes from an offset on are those of a text, as far as `length`.
    func isEqual(_ text: String, at offset: Int, length: Int) -> Bool {
        precondition(offset >= 0 && offset + length <= count)
        return Self.withBytes(of: text) { bytes in
            // Only an empty text has no address.
            guard let source = bytes.baseAddress, bytes.count >= length else { return length == 0 }
            return memcmp(source, at(offset), length) == 0
        }
    }

    mutating func append<Number: BitwiseCopyable>(_ number: Number) {
        grow(by: MemoryLayout<Number>.size)?.storeBytes(of: number, as: Number.self)
        count += MemoryLayout<Number>.size
    }

    /// Adds bytes whose values are set later.
    mutating func appendSpace(_ length: Int) {
        _ = grow(by: length)
        count += length
    }

    /// Adds bytes, or as many of them as fit the limit.
    mutating func append(_ bytes: [UInt8], limit: Int) {
        let length = min(bytes.count, max(0, limit))
        guard length > 0, let target = grow(by: length) else { return }
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { target.copyMemory(from: start, byteCount: length) }
        }
        count += length
    }

    /// Adds a text, or as much of it as fits the limit with a mark that it was cut.
    ///
    /// - Returns: How many bytes were added.
    @discardableResult
    mutating func append(_ text: String, limit: Int) -> Int {
        let size = text.utf8.count
        guard size > 0, let target = grow(by: max(min(size, limit), Self.mark.count)) else { return 0 }
        let written = Self.withBytes(of: text) { bytes -> Int in
            guard let source = bytes.baseAddress else { return 0 }
            if bytes.count <= limit {
                target.copyMemory(from: source, byteCount: bytes.count)
                return bytes.count
            }
            var end = max(0, limit - Self.mark.count)
            // Not in the middle of a character's bytes.
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            target.copyMemory(from: source, byteCount: end)
            (target + end).copyMemory(from: Self.mark, byteCount: Self.mark.count)
            return end + Self.mark.count
        }
        count += written
        return written
    }

    /// Moves bytes towards the beginning; the two ranges may overlap.
    func move(from source: Int, to target: Int, length: Int) {
        precondition(target >= 0 && target <= source && length >= 0 && source + length <= count)
        memmove(at(target), at(source), length)
    }

    /// Forgets all but the first bytes.
    mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count)
        count = newCount
    }

    /// Called only where `count` was found to be above 0, so there is memory.
    private func at(_ offset: Int) -> UnsafeMutableRawPointer { base.unsafelyUnwrapped + offset }

    /// Where the next bytes go, with room for so many.
    private mutating func grow(by length: Int) -> UnsafeMutableRawPointer? {
        if count + length > capacity { reallocate(atLeast: count + length) }
        return base.map { $0 + count }
    }

    @inline(never)
    private mutating func reallocate(atLeast size: Int) {
        capacity = max(size, capacity == 0 ? Self.firstCapacity : capacity * 2)
        // A system that has run out ends the program itself; this is for who asks for absurd sizes.
        guard let grown = realloc(base, capacity) else { preconditionFailure("no memory for \(capacity) bytes") }
        base = grown
    }

    private static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
        // Only texts that come from Objective-C are not UTF-8 already.
        var copy = text
        return copy.withUTF8(body)
    }
}
