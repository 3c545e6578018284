/// The place of a string in its batch's `StringTable`; 0 is always the empty string.
public typealias StringRef = UInt32

/// A batch's dictionary of byte strings: each distinct string once, in one arena.
///
/// Open addressing over 32-bit slots; a string costs its bytes and 8 bytes, and no object. The bytes are what came
/// in: whoever shows them as text decides what to do with those that are not UTF-8.
public struct StringTable: Sendable {
    /// All strings, end to end, in the order of their first appearance.
    public var arena: [UInt8] = []
    /// Where each string ends in `arena`. The string 0 is empty and ends at 0.
    public var ends: [UInt32] = [0]
    @usableFromInline
    var hashes: [UInt32] = [0]
    // One more than the ref, 0 where free. The count is a power of two.
    @usableFromInline
    var slots: [UInt32] = []
    @usableFromInline
    let seed: UInt64

    private static let processSeed = UInt64.random(in: .min ... .max)

    /// An empty table (one that holds only the empty string).
    public init() {
        seed = Self.processSeed
    }

    /// A table of strings that are known to be distinct and not empty, as a decoder of stored data has them.
    ///
    /// `ends` begins with the 0 of the empty string. The index is built when it is first needed.
    public init(arena: [UInt8], ends: [UInt32]) {
        seed = Self.processSeed
        self.arena = arena
        self.ends = ends
        hashes = []
    }

    /// How many strings there are, the empty one included.
    @inlinable
    public var count: Int { ends.count }

    /// The range of a string in `arena`.
    @inlinable
    public func range(_ ref: StringRef) -> Range<Int> {
        let index = Int(ref)
        return (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    /// A view of a string's bytes.
    @inlinable
    @_lifetime(borrow self)
    public func bytes(_ ref: StringRef) -> RawSpan {
        arena.span.bytes.extracting(range(ref))
    }

    /// A string as text; what is not UTF-8 becomes U+FFFD.
    public func text(_ ref: StringRef) -> String {
        ref == 0 ? "" : String(copying: bytes(ref))
    }

    /// The ref of a string, which is copied into the table if it is new.
    @inlinable
    public mutating func intern(_ bytes: RawSpan) -> StringRef {
        if bytes.byteCount == 0 { return 0 }
        if slots.isEmpty { rebuildIndex(capacity: Swift.max(64, ends.count * 2)) }
        let hash = UInt32(truncatingIfNeeded: hashBytes(bytes, seed: seed) >> 32)
        return intern(bytes, hash: hash)
    }

    /// The ref of a text.
    public mutating func intern(_ text: some StringProtocol) -> StringRef {
        let copy = Array(text.utf8)
        return intern(copy.span.bytes)
    }

    /// The ref of a string of another table, without hashing it anew.
    @inlinable
    public mutating func intern(_ ref: StringRef, of other: borrowing StringTable) -> StringRef {
        if ref == 0 { return 0 }
        let bytes = other.bytes(ref)
        guard other.hashes.count == other.ends.count else { return intern(bytes) }
        if slots.isEmpty { rebuildIndex(capacity: Swift.max(64, ends.count * 2)) }
        return intern(bytes, hash: other.hashes[Int(ref)])
    }

    /// The ref of a string if it is in the table, by looking at each: for tables that are asked once.
    public func firstRef(of bytes: RawSpan) -> StringRef? {
        if bytes.byteCount == 0 { return 0 }
        var begin = 0
        for index in 1..<Swift.max(1, ends.count) {
            let end = Int(ends[index])
            if end - begin == bytes.byteCount, equalBytes(bytes, arena, at: begin) { return StringRef(index) }
            begin = end
        }
        return nil
    }

    /// The ref of a text if it is in the table, by looking at each string.
    public func firstRef(of text: String) -> StringRef? {
        let bytes = Array(text.utf8)
        return firstRef(of: bytes.span.bytes)
    }

    /// Bytes held, index included.
    public var byteCount: Int { arena.count + 8 * ends.count + 4 * slots.count }

    @inlinable
    mutating func intern(_ bytes: RawSpan, hash: UInt32) -> StringRef {
        let place = slotIndex(bytes, hash: hash)
        if slots[place] != 0 { return slots[place] - 1 }
        arena.append(copying: bytes)
        let ref = UInt32(ends.count)
        ends.append(UInt32(arena.count))
        hashes.append(hash)
        slots[place] = ref + 1
        if ends.count * 4 > slots.count * 3 { rebuildIndex(capacity: slots.count * 2) }
        return ref
    }

    /// The slot that holds the string, or the free one where it belongs.
    @inlinable
    func slotIndex(_ bytes: RawSpan, hash: UInt32) -> Int {
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while true {
            let slot = slots[place]
            if slot == 0 { return place }
            let index = Int(slot - 1)
            if hashes[index] == hash {
                let begin = index == 0 ? 0 : Int(ends[index - 1])
                if Int(ends[index]) - begin == bytes.byteCount, equalBytes(bytes, arena, at: begin) { return place }
            }
            place = (place + 1) & mask
        }
    }

    @usableFromInline
    mutating func rebuildIndex(capacity: Int) {
        if hashes.count != ends.count {
            hashes = [0]
            hashes.reserveCapacity(ends.count)
            for ref in 1..<Swift.max(1, ends.count) {
                hashes.append(UInt32(truncatingIfNeeded: hashBytes(bytes(StringRef(ref)), seed: seed) >> 32))
            }
        }
        var size = 64
        while size < capacity { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        for ref in 1..<Swift.max(1, ends.count) {
            var place = Int(hashes[ref]) & (size - 1)
            while slots[place] != 0 { place = (place + 1) & (size - 1) }
            slots[place] = UInt32(ref) + 1
        }
    }
}
