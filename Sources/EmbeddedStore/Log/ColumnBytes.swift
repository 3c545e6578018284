import TraceModel

// Whole columns of numbers as bytes and back: how batches stand in the log.
//
//     u32    count
//     u8     0 all are zero, and nothing follows; 1 as they are in memory; 2 in runs of 256 of their own width
//     runs   u8 width (0, 1, 2, 4 or 8 bytes), u64 the smallest of the run, the rest of each in that width
//
// Numbers of eight and four bytes are mostly small or near each other: packed they take half as much of the log, of the
// page cache and of the disk's time, for less than it costs to write the other half.
//
// What a few bytes declare is bounded, so that a forged frame cannot ask for memory that it does not pay for: zeros
// without runs are no more than 65,536 or the frame's own bytes, and a run of 256 costs nine bytes.
//
// Safety: arrays are read and written as bytes only for types without padding or invalid patterns (`BitwiseCopyable`
// fixed-width integers), within counts that were checked before.
//
// The bytes are those of a little-endian machine, which all that Swift on Linux runs on are.

extension [UInt8] {
    /// Appends a column.
    mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(column: [Number]) {
        append(littleEndian: UInt32(column.count))
        if column.count <= BareZeros.countMax, column.allSatisfy({ $0 == 0 }) {
            append(0)
        } else if MemoryLayout<Number>.size < 4 || column.count < 16 {
            append(1)
            column.withUnsafeBytes { append(contentsOf: $0) }
        } else {
            append(2)
            for first in stride(from: 0, to: column.count, by: PackedRun.length) {
                appendRun(column[first..<Swift.min(first + PackedRun.length, column.count)])
            }
        }
    }

    private mutating func appendRun<Number: FixedWidthInteger & BitwiseCopyable>(_ run: ArraySlice<Number>) {
        var low = Number.max
        var high = Number.min
        for number in run {
            low = Swift.min(low, number)
            high = Swift.max(high, number)
        }
        let base = UInt64(truncatingIfNeeded: low)
        let range = UInt64(truncatingIfNeeded: high) &- base
        let width = PackedRun.width(range)
        append(UInt8(width))
        append(littleEndian: base)
        switch width {
        case 0: break
        case 1: appendRun(run, minus: base, as: UInt8.self)
        case 2: appendRun(run, minus: base, as: UInt16.self)
        case 4: appendRun(run, minus: base, as: UInt32.self)
        default: appendRun(run, minus: base, as: UInt64.self)
        }
    }

    private mutating func appendRun<
        Number: FixedWidthInteger & BitwiseCopyable,
        Part: FixedWidthInteger & BitwiseCopyable
    >(
        _ run: ArraySlice<Number>,
        minus base: UInt64,
        as type: Part.Type
    ) {
        withUnsafeTemporaryAllocation(of: Part.self, capacity: PackedRun.length) { parts in
            var count = 0
            for number in run {
                parts[count] = Part(truncatingIfNeeded: UInt64(truncatingIfNeeded: number) &- base)
                count += 1
            }
            append(contentsOf: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: parts[..<count])))
        }
    }

    /// Appends a column of enumeration cases by their raw values.
    mutating func append<Case: RawRepresentable<UInt8>>(cases: [Case]) {
        append(column: cases.map(\.rawValue))
    }
}

extension ByteReader {
    /// The next column.
    @_lifetime(self: copy self)
    mutating func column<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) throws(ByteError) -> [Number] {
        let count = Int(try littleEndian(UInt32.self))
        let form = try byte()
        if form == 0 {
            // Nothing backs the count but itself. Earlier versions wrote more zeros this way, but each of their spans
            // has more than a byte elsewhere in the frame.
            if count > max(BareZeros.countMax, offset + left) {
                throw ByteError(.truncated(needed: count, left: left), offset: origin + offset)
            }
            return [Number](repeating: 0, count: count)
        }
        if form == 2 { return try packedColumn(count) }
        let bytes = try take(count * MemoryLayout<Number>.size)
        return [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source) }
            initialized = count
        }
    }

    @_lifetime(self: copy self)
    private mutating func packedColumn<Number: FixedWidthInteger & BitwiseCopyable>(
        _ count: Int
    ) throws(ByteError) -> [Number] {
        try need((count + PackedRun.length - 1) / PackedRun.length * PackedRun.headerSize)
        var numbers: [Number] = []
        numbers.reserveCapacity(count)
        while numbers.count < count {
            let run = Swift.min(PackedRun.length, count - numbers.count)
            let width = Int(try byte())
            let base: UInt64 = try littleEndian()
            guard [0, 1, 2, 4, 8].contains(width) else {
                throw ByteError(.truncated(needed: width, left: left), offset: origin + offset)
            }
            let bytes = try take(run * width)
            for index in 0..<run {
                let part: UInt64 =
                    switch width {
                    case 0: 0
                    case 1: UInt64(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
                    case 2: UInt64(bytes.unsafeLoadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                    case 4: UInt64(bytes.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                    default: bytes.unsafeLoadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
                    }
                numbers.append(Number(truncatingIfNeeded: base &+ part))
            }
        }
        return numbers
    }

    /// The next column of enumeration cases; nil if one of them is none.
    @_lifetime(self: copy self)
    mutating func cases<Case: RawRepresentable<UInt8>>(_ type: Case.Type = Case.self) throws(ByteError) -> [Case]? {
        let values = try column(UInt8.self)
        var cases: [Case] = []
        cases.reserveCapacity(values.count)
        for value in values {
            guard let known = Case(rawValue: value) else { return nil }
            cases.append(known)
        }
        return cases
    }
}

/// Zeros of which only the count is written.
private enum BareZeros {
    /// More are written as runs or as they are.
    static let countMax = 1 << 16
}

/// The measures of a run of packed numbers.
private enum PackedRun {
    static let length = 256
    /// The width and the smallest number.
    static let headerSize = 9

    static func width(_ range: UInt64) -> Int {
        switch range {
        case 0: 0
        case ...0xFF: 1
        case ...0xFFFF: 2
        case ...0xFFFF_FFFF: 4
        default: 8
        }
    }
}
