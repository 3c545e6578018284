import TraceModel

// Whole columns of numbers as bytes and back: how batches stand in the log.
//
// Safety: arrays are read and written as bytes only for types without padding or invalid patterns (`BitwiseCopyable`
// fixed-width integers), within counts that were checked before.
//
// The bytes are those of a little-endian machine, which all that Swift on Linux runs on are.

extension [UInt8] {
    /// Appends a column: its count, and its elements unless all are zero.
    mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(column: [Number]) {
        append(littleEndian: UInt32(column.count))
        let isZero = column.allSatisfy { $0 == 0 }
        append(isZero ? 0 : 1)
        if !isZero { column.withUnsafeBytes { append(contentsOf: $0) } }
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
        if try byte() == 0 {
            // Nothing backs the count but itself: no column of a sound batch is longer than its frame could be.
            try needColumn(count)
            return [Number](repeating: 0, count: count)
        }
        let bytes = try take(count * MemoryLayout<Number>.size)
        return [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source) }
            initialized = count
        }
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

    private func needColumn(_ count: Int) throws(ByteError) {
        if count > 1 << 26 { throw ByteError(.truncated(needed: count, left: left), offset: origin + offset) }
    }
}
