import TraceModel

// Safety: numbers are loaded and stored at offsets within the count of bytes that was checked before.

/// A column of numbers as bytes: the smallest is taken from all, the rest stand in as few bytes as the largest needs,
/// and zstd makes of that what it can.
///
///     varint count; if 0, nothing follows
///     u8     width: 0, 1, 2, 4 or 8 bytes a number, +16 if the numbers are compressed, +32 if they stand in planes
///     varint base, the smallest number
///     if compressed: varint bytes of the compressed numbers
///     count × width bytes, little-endian
///     in planes: for each of the width bytes, the lowest first, varint stored bytes, and those: all numbers' bytes of
///     that place as they are (count), compressed (fewer), or one byte that all have (1)
///
/// A constant column is its base and nothing else.
enum NumberColumn {
    private static let compressed: UInt8 = 16
    private static let planes: UInt8 = 32

    /// Appends a column.
    ///
    /// `inPlanes` keeps the bytes of one significance together: the upper ones of measured numbers are alike, the lower
    /// ones are noise that hides it.
    static func encode(
        _ numbers: [UInt64],
        inPlanes: Bool = false,
        with compressor: Compressor,
        into bytes: inout [UInt8]
    ) {
        bytes.append(varint: UInt64(numbers.count))
        guard var low = numbers.first else { return }
        var high = low
        for number in numbers {
            low = min(low, number)
            high = max(high, number)
        }
        let width = Self.width(high - low)
        if inPlanes, width > 1, numbers.count >= 64 {
            bytes.append(UInt8(width) | planes)
            bytes.append(varint: low)
            for plane in 0..<width { encode(plane: plane, of: numbers, minus: low, with: compressor, into: &bytes) }
            return
        }
        let plain = pack(numbers, minus: low, width: width)
        if let small = compressor.compress(plain) {
            bytes.append(UInt8(width) | compressed)
            bytes.append(varint: low)
            bytes.append(varint: UInt64(small.count))
            bytes.append(contentsOf: small)
        } else {
            bytes.append(UInt8(width))
            bytes.append(varint: low)
            bytes.append(contentsOf: plain)
        }
    }

    private static func encode(
        plane: Int,
        of numbers: [UInt64],
        minus low: UInt64,
        with compressor: Compressor,
        into bytes: inout [UInt8]
    ) {
        let shift = UInt64(8 * plane)
        let plain = numbers.map { UInt8(truncatingIfNeeded: ($0 - low) >> shift) }
        if let first = plain.first, plain.allSatisfy({ $0 == first }) {
            bytes.append(varint: 1)
            bytes.append(first)
        } else {
            let small = compressor.compress(plain) ?? plain
            bytes.append(varint: UInt64(small.count))
            bytes.append(contentsOf: small)
        }
    }

    @_lifetime(reader: copy reader)
    private static func decodePlanes(
        _ reader: inout ByteReader,
        plus low: UInt64,
        width: Int,
        count: Int
    ) -> [UInt64]? {
        var numbers = [UInt64](repeating: 0, count: count)
        for plane in 0..<width {
            let shift = UInt64(8 * plane)
            guard let stored = try? reader.delimited() else { return nil }
            if stored.byteCount == 1, count > 1 {
                let part = UInt64(stored.unsafeLoad(fromByteOffset: 0, as: UInt8.self)) << shift
                for index in numbers.indices { numbers[index] |= part }
            } else if stored.byteCount == count {
                for index in numbers.indices {
                    numbers[index] |= UInt64(stored.unsafeLoad(fromByteOffset: index, as: UInt8.self)) << shift
                }
            } else {
                guard let plain = decompress(stored, count: count) else { return nil }
                for index in numbers.indices { numbers[index] |= UInt64(plain[index]) << shift }
            }
        }
        for index in numbers.indices { numbers[index] = numbers[index] &+ low }
        return numbers
    }

    /// Reads a column of `count` numbers; nil if it has another count or does not hold together.
    @_lifetime(reader: copy reader)
    static func decode(_ reader: inout ByteReader, count expected: Int) -> [UInt64]? {
        guard let count = try? reader.varint(), count == UInt64(expected) else { return nil }
        if expected == 0 { return [] }
        guard let form = try? reader.byte(), let low = try? reader.varint() else { return nil }
        let width = Int(form & ~(compressed | planes))
        guard [0, 1, 2, 4, 8].contains(width) else { return nil }
        if form & planes != 0 { return decodePlanes(&reader, plus: low, width: width, count: expected) }
        if width == 0 { return [UInt64](repeating: low, count: expected) }
        if form & compressed != 0 {
            guard let size = try? reader.varint(), size <= UInt64(reader.left),
                let small = try? reader.take(Int(size)), let plain = decompress(small, count: expected * width)
            else { return nil }
            return unpack(plain.span.bytes, plus: low, width: width, count: expected)
        }
        guard let plain = try? reader.take(expected * width) else { return nil }
        return unpack(plain, plus: low, width: width, count: expected)
    }

    private static func width(_ range: UInt64) -> Int {
        switch range {
        case 0: 0
        case ...0xFF: 1
        case ...0xFFFF: 2
        case ...0xFFFF_FFFF: 4
        default: 8
        }
    }

    private static func pack(_ numbers: [UInt64], minus low: UInt64, width: Int) -> [UInt8] {
        switch width {
        case 0: return []
        case 1: return numbers.map { UInt8(truncatingIfNeeded: $0 - low) }
        case 2: return store(numbers, minus: low, as: UInt16.self)
        case 4: return store(numbers, minus: low, as: UInt32.self)
        default: return store(numbers, minus: low, as: UInt64.self)
        }
    }

    private static func store<Number: FixedWidthInteger & BitwiseCopyable>(
        _ numbers: [UInt64],
        minus low: UInt64,
        as type: Number.Type
    ) -> [UInt8] {
        let size = MemoryLayout<Number>.size
        return [UInt8](unsafeUninitializedCapacity: numbers.count * size) { buffer, initialized in
            let target = UnsafeMutableRawBufferPointer(buffer)
            for (index, number) in numbers.enumerated() {
                let value = Number(truncatingIfNeeded: number - low).littleEndian
                target.storeBytes(of: value, toByteOffset: index * size, as: Number.self)
            }
            initialized = numbers.count * size
        }
    }

    private static func unpack(_ bytes: RawSpan, plus low: UInt64, width: Int, count: Int) -> [UInt64] {
        switch width {
        case 1: return load(bytes, plus: low, count: count, as: UInt8.self)
        case 2: return load(bytes, plus: low, count: count, as: UInt16.self)
        case 4: return load(bytes, plus: low, count: count, as: UInt32.self)
        default: return load(bytes, plus: low, count: count, as: UInt64.self)
        }
    }

    private static func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan,
        plus low: UInt64,
        count: Int,
        as type: Number.Type
    ) -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in
                for index in 0..<count {
                    let offset = index * MemoryLayout<Number>.size
                    let value = source.loadUnaligned(fromByteOffset: offset, as: Number.self)
                    buffer[index] = low &+ UInt64(Number(littleEndian: value))
                }
            }
            initialized = count
        }
    }
}

/// A signed number as an unsigned one that is small when its distance from zero is.
func zigzag(_ number: Int64) -> UInt64 { UInt64(bitPattern: (number << 1) ^ (number >> 63)) }

/// The signed number of `zigzag`.
func unzigzag(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1) }
