// Safety: pointers stay within the closure of one call, which has made room for all it may write; what it says that it
// wrote is checked against that room.

/// Bytes that are written one behind the other.
///
/// An array would do, but for its checks, at each of the pieces of two or three bytes that a field consists of, that it
/// has room and nobody else holds it: here a field is one piece. The writer of OTLP, in a room of its own, uses it too,
/// and what is called for every field has to be compiled into the caller.
package struct OutputBytes: Sendable {
    // Longer than what has been written: the rest is room.
    @usableFromInline package var storage: [UInt8]
    /// How many bytes have been written.
    @usableFromInline package var count = 0

    package init(capacity: Int) { storage = [UInt8](repeating: 0, count: max(0, capacity)) }

    /// A copy of what has been written.
    package var array: [UInt8] { Array(storage[..<count]) }

    /// What has been written, which is forgotten here.
    package mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &storage)
        taken.removeLast(taken.count - count)
        count = 0
        return taken
    }

    /// Forgets what has been written and keeps the memory.
    package mutating func removeAll() { count = 0 }

    /// Makes room for some bytes and lets `body` write as many of them as it likes: it returns how many.
    @inlinable
    @inline(__always)
    package mutating func write(atMost room: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
        if storage.count - count < room { grow(by: room) }
        let start = count
        let written = storage.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { body($0 + start) } ?? 0
        }
        precondition(written >= 0 && written <= room)
        count += written
    }

    @usableFromInline
    @inline(never)
    package mutating func grow(by room: Int) {
        let larger = max(2 * storage.count, count + room, 64)
        storage.reserveCapacity(larger)
        storage.append(contentsOf: repeatElement(0, count: larger - storage.count))
    }

    @inlinable
    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        write(atMost: 1) { target in
            target.storeBytes(of: byte, as: UInt8.self)
            return 1
        }
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        write(atMost: bytes.count) { $0.put(bytes) }
    }

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
        if isDone == nil { for byte in bytes { append(byte) } }
    }

    /// Puts the length of what has been written since `start + room` there, in groups of seven bits, the lowest first.
    ///
    /// - Parameters:
    ///   - start: Where the length stands.
    ///   - room: How many bytes were left for it. When it needs more or fewer, what was written behind it is moved.
    package mutating func putLength(at start: Int, room: Int) {
        let length = count - start - room
        let needed = length == 0 ? 1 : (Int.bitWidth - length.leadingZeroBitCount + 6) / 7
        if storage.count - count < needed - room { grow(by: needed - room) }
        storage.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            if needed != room {
                let source = UnsafeRawBufferPointer(start: base + start + room, count: length)
                UnsafeMutableRawBufferPointer(start: base + start + needed, count: length).copyMemory(from: source)
            }
            _ = (base + start).put(varint: UInt64(length))
        }
        count += needed - room
    }
}

extension UnsafeMutableRawPointer {
    /// Writes bytes here; returns how many.
    @inlinable
    @inline(__always)
    package func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
        return bytes.count
    }

    /// Writes a number with its highest byte first; returns how many bytes that are.
    @inlinable
    @inline(__always)
    package func put<Number: FixedWidthInteger>(bigEndian number: Number) -> Int {
        storeBytes(of: number.bigEndian, as: Number.self)
        return MemoryLayout<Number>.size
    }

    /// Writes a number with its lowest byte first; returns how many bytes that are.
    @inlinable
    @inline(__always)
    package func put<Number: FixedWidthInteger>(littleEndian number: Number) -> Int {
        storeBytes(of: number.littleEndian, as: Number.self)
        return MemoryLayout<Number>.size
    }

    /// Writes groups of seven bits, the lowest first: at most ten bytes. Returns how many.
    @inlinable
    @inline(__always)
    package func put(varint value: UInt64) -> Int {
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
