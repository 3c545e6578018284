// Safety: the pointers in `offsets(of:)` do not leave its closure, and every length is checked against the buffer's.

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Bytes that know where their lines begin.
///
/// Searching goes through the C library: a debug build of the tests reads the whole repository many times over, and
/// has to stay far below two seconds.
struct NumberedText: Sendable, CustomStringConvertible {
    let bytes: [UInt8]
    private let lineStarts: [Int]

    init(bytes: [UInt8]) {
        self.bytes = bytes
        var starts = bytes.isEmpty ? [] : [0]
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") && index + 1 < bytes.count {
            starts.append(index + 1)
        }
        lineStarts = starts
    }

    /// Short: a failed expectation prints what it saw.
    var description: String { "\(lineCount) lines" }

    var lineCount: Int { lineStarts.count }

    /// The lines without their line feeds.
    var lines: [ArraySlice<UInt8>] {
        lineStarts.indices.map { index in
            let end = index + 1 < lineStarts.count ? lineStarts[index + 1] - 1 : bytes.count
            let slice = bytes[lineStarts[index]..<end]
            return slice.last == UInt8(ascii: "\n") ? slice.dropLast() : slice
        }
    }

    /// The number, from 1, of the line that holds the byte at `offset`.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while low < high {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func contains(_ needle: String) -> Bool { !offsets(of: needle).isEmpty }

    /// Where `needle` begins, each time it occurs.
    func offsets(of needle: String) -> [Int] {
        var found: [Int] = []
        let needle = Array(needle.utf8)
        guard let first = needle.first else { return [] }
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var start = 0
            while start + needle.count <= bytes.count {
                guard let match = memchr(base + start, Int32(first), bytes.count - start) else { return }
                let offset = base.distance(to: match)
                guard offset + needle.count <= bytes.count else { return }
                if memcmp(match, needle, needle.count) == 0 { found.append(offset) }
                start = offset + 1
            }
        }
        return found
    }

    /// The same, but only where a side of the match that is a letter does not go on as a longer word.
    func wordOffsets(of word: String) -> [Int] {
        let length = word.utf8.count
        let openStart = word.utf8.first.map(ByteClass.isWord) ?? false
        let openEnd = word.utf8.last.map(ByteClass.isWord) ?? false
        return offsets(of: word).filter { start in
            let end = start + length
            let goesOnBefore = openStart && start > 0 && ByteClass.isWord(bytes[start - 1])
            let goesOnAfter = openEnd && end < bytes.count && ByteClass.isWord(bytes[end])
            return !goesOnBefore && !goesOnAfter
        }
    }
}
