import TraceModel

/// Strings that hardly repeat, end to end, in chunks that are compressed by themselves: who wants one string
/// decompresses one chunk.
///
///     lengths  NumberColumn
///     for each `chunkStrings` strings: varint bytes, varint bytes as stored (equal if not compressed), the bytes
struct BytesColumn {
    /// So many strings make a chunk: large enough for zstd to find what they share, small enough to read in passing.
    static let chunkStrings = 256

    // Nil if the strings are texts of addresses.
    private let file: FileBytes?
    private var addresses: [UInt64] = []
    // Where each string ends, counted from the beginning of its chunk.
    private let ends: [Int]
    private let chunks: [Chunk]
    // The chunk that was read last, decompressed.
    private var current: [UInt8] = []
    private var currentIndex = -1

    private struct Chunk {
        var range: Range<Int>
        var size: Int
    }

    /// Appends a column of some strings of a table.
    static func encode(
        _ refs: [StringRef],
        of strings: borrowing StringTable,
        with compressor: Compressor,
        into bytes: inout [UInt8]
    ) {
        var lengths: [UInt64] = []
        lengths.reserveCapacity(refs.count)
        for ref in refs { lengths.append(UInt64(strings.range(ref).count)) }
        NumberColumn.encode(lengths, with: compressor, into: &bytes)
        for first in stride(from: 0, to: refs.count, by: chunkStrings) {
            var plain: [UInt8] = []
            for ref in refs[first..<min(first + chunkStrings, refs.count)] {
                plain.append(contentsOf: strings.arena[strings.range(ref)])
            }
            encode(plain, with: compressor, into: &bytes)
        }
    }

    /// Appends bytes, compressed if it pays.
    static func encode(_ plain: [UInt8], with compressor: Compressor, into bytes: inout [UInt8]) {
        bytes.append(varint: UInt64(plain.count))
        let small = compressor.compress(plain)
        bytes.append(varint: UInt64(small?.count ?? plain.count))
        bytes.append(contentsOf: small ?? plain)
    }

    /// The column of `count` strings in a range of a file; nil if it does not hold together.
    init?(_ file: FileBytes, _ range: Range<Int>, count: Int) {
        self.file = file
        var reader = ByteReader(file.bytes.extracting(range))
        guard let lengths = NumberColumn.decode(&reader, count: count) else { return nil }
        var ends: [Int] = []
        ends.reserveCapacity(count)
        var chunks: [Chunk] = []
        for first in stride(from: 0, to: count, by: Self.chunkStrings) {
            guard let size = try? reader.varint(), let stored = try? reader.varint(), stored <= UInt64(reader.left),
                size <= UInt64(BlockLayout.columnBytesMax)
            else { return nil }
            let begin = range.lowerBound + reader.offset
            reader.offset += Int(stored)
            chunks.append(Chunk(range: begin..<begin + Int(stored), size: Int(size)))
            var end = 0
            for length in lengths[first..<min(first + Self.chunkStrings, count)] {
                guard length <= size - UInt64(end) else { return nil }
                end += Int(length)
                ends.append(end)
            }
            guard end == Int(size) else { return nil }
        }
        self.ends = ends
        self.chunks = chunks
    }

    /// The texts of addresses, each of which is made when it is asked for.
    init(addresses: [UInt64]) {
        file = nil
        ends = []
        chunks = []
        self.addresses = addresses
    }

    /// Makes the bytes of a string's chunk the current ones, and says where in them the string is.
    mutating func range(_ index: Int) -> Range<Int>? {
        guard let file else {
            current = IPv4Text.text(addresses[index])
            return 0..<current.count
        }
        let chunk = index / Self.chunkStrings
        if chunk != currentIndex {
            guard let bytes = Self.bytes(file, chunks[chunk].range, size: chunks[chunk].size) else { return nil }
            current = bytes
            currentIndex = chunk
        }
        return (index % Self.chunkStrings == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    /// The bytes that `range` speaks of.
    var chunk: [UInt8] { current }

    /// Bytes that `encode` has appended.
    @_lifetime(reader: copy reader)
    static func decodeBytes(_ reader: inout ByteReader) -> [UInt8]? {
        guard let size = try? reader.varint(), let stored = try? reader.varint(), stored <= UInt64(reader.left),
            let bytes = try? reader.take(Int(stored))
        else { return nil }
        return plain(bytes, size: size)
    }

    private static func bytes(_ file: FileBytes, _ range: Range<Int>, size: Int) -> [UInt8]? {
        plain(file.bytes.extracting(range), size: UInt64(size))
    }

    private static func plain(_ stored: RawSpan, size: UInt64) -> [UInt8]? {
        guard size <= UInt64(BlockLayout.columnBytesMax) else { return nil }
        if stored.byteCount == Int(size) {
            var bytes: [UInt8] = []
            bytes.append(copying: stored)
            return bytes
        }
        return decompress(stored, count: Int(size))
    }
}
