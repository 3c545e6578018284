import TraceModel

/// Strings that hardly repeat, end to end: their lengths as a `NumberColumn`, then their bytes.
///
///     lengths  NumberColumn
///     varint   bytes of all strings
///     varint   bytes as stored; equal to the former if they are not compressed
///     the bytes
enum BytesColumn {
    static func encode(
        _ refs: [StringRef],
        of strings: borrowing StringTable,
        with compressor: Compressor,
        into bytes: inout [UInt8]
    ) {
        var lengths: [UInt64] = []
        var plain: [UInt8] = []
        lengths.reserveCapacity(refs.count)
        for ref in refs {
            let range = strings.range(ref)
            lengths.append(UInt64(range.count))
            plain.append(contentsOf: strings.arena[range])
        }
        NumberColumn.encode(lengths, with: compressor, into: &bytes)
        encode(plain, with: compressor, into: &bytes)
    }

    /// Appends bytes, compressed if it pays.
    static func encode(_ plain: [UInt8], with compressor: Compressor, into bytes: inout [UInt8]) {
        bytes.append(varint: UInt64(plain.count))
        let small = compressor.compress(plain)
        bytes.append(varint: UInt64(small?.count ?? plain.count))
        bytes.append(contentsOf: small ?? plain)
    }

    /// Where each of `count` strings ends, and the bytes of all.
    @_lifetime(reader: copy reader)
    static func decode(_ reader: inout ByteReader, count: Int) -> (ends: [Int], bytes: [UInt8])? {
        guard let lengths = NumberColumn.decode(&reader, count: count), let plain = decodeBytes(&reader) else {
            return nil
        }
        var ends: [Int] = []
        ends.reserveCapacity(count)
        var end = 0
        for length in lengths {
            guard length <= UInt64(plain.count - end) else { return nil }
            end += Int(length)
            ends.append(end)
        }
        return end == plain.count ? (ends, plain) : nil
    }

    /// Bytes that `encode` has appended.
    @_lifetime(reader: copy reader)
    static func decodeBytes(_ reader: inout ByteReader) -> [UInt8]? {
        guard let count = try? reader.varint(), let size = try? reader.varint(), size <= UInt64(reader.left),
            count <= UInt64(BlockLayout.columnBytesMax), let stored = try? reader.take(Int(size))
        else { return nil }
        if size == count {
            var bytes: [UInt8] = []
            bytes.append(copying: stored)
            return bytes
        }
        return decompress(stored, count: Int(count))
    }
}
