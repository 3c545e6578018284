// Safety: pointers stay within the closure of one call, which has made room for all it may write; what it says that it
// wrote is checked against that room.

/// Bytes that are written one behind the other.
///
/// An array would do, but for its checks, at each of the pieces of two or three bytes that a field consists of, that it
/// has room and nobody else holds it: here a field is one piece.
struct OutputBytes: Sendable {
    // Longer than what has been written: the rest is room.
    private var storage: [UInt8]
    private(set) var count = 0

    init(capacity: Int) { storage = [UInt8](repeating: 0, count: max(0, capacity)) }

    /// A copy of what has been written.
    var array: [UInt8] { Array(storage[..<count]) }

    /// What has been written, which is forgotten here.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &storage)
        taken.removeLast(taken.count - count)
        count = 0
        return taken
    }

    /// Forgets what has been written and keeps the memory.
    mutating func removeAll() { count = 0 }

    /// Makes room for some bytes and lets `body` write as many of them as it likes: it returns how many.
    @inline(__always)
    mutating func write(atMost room: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
        if storage.count - count < room { grow(by: room) }
        let start = count
        let written = storage.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { body($0 + start) } ?? 0
        }
        precondition(written >= 0 && written <= room)
        count += written
    }

    @inline(never)
    private mutating func grow(by room: Int) {
        let larger = max(2 * storage.count, count + room, 64)
        storage.reserveCapacity(larger)
        storage.append(contentsOf: repeatElement(0, count: larger - storage.count))
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        write(atMost: 1) { target in
            target.storeBytes(of: byte, as: UInt8.self)
            return 1
        }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        write(atMost: bytes.count) { $0.put(bytes) }
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
        if isDone == nil { for byte in bytes { append(byte) } }
    }
}

extension UnsafeMutableRawPointer {
    /// Writes bytes here; returns how many.
    @inline(__always)
    func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
        return bytes.count
    }

    /// Writes a number with its highest byte first; returns how many bytes that are.
    @inline(__always)
    func put<Number: FixedWidthInteger>(bigEndian number: Number) -> Int {
        storeBytes(of: number.bigEndian, as: Number.self)
        return MemoryLayout<Number>.size
    }

    /// Writes a number with its lowest byte first; returns how many bytes that are.
    @inline(__always)
    func put<Number: FixedWidthInteger>(littleEndian number: Number) -> Int {
        storeBytes(of: number.littleEndian, as: Number.self)
        return MemoryLayout<Number>.size
    }

    /// Writes groups of seven bits, the lowest first: at most ten bytes. Returns how many.
    @inline(__always)
    func put(varint value: UInt64) -> Int {
        var rest = value
        var count = 0
        while rest >= 0x80 {
            storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
            rest >>= 7
            count += 1
        }
        storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
        return count + 1
    }
}
