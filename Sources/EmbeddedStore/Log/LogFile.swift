import TraceModel

/// The bytes of a log file: a header, then frames.
///
///     header   8 bytes "MARTLOG2", u64 number of the file, u64 bytes of the file before that count (all ones: as many
///              as hold)
///     frame    u32 length of the payload, u32 CRC-32C of the payload, payload (`BatchEncoding`)
///
/// All numbers are little-endian. The last frame of the last file may be torn; one that does not hold is passed over.
enum LogFile {
    static let magic = Array("MARTLOG2".utf8)
    /// Files of the version before, in which columns are never packed, are read too.
    static let olderMagic = Array("MARTLOG1".utf8)
    static let headerSize = 24
    static let frameHeaderSize = 8

    /// What a new file begins with.
    static func header(number: UInt64, previousSize: UInt64 = .max) -> [UInt8] {
        var bytes = magic
        bytes.append(littleEndian: number)
        bytes.append(littleEndian: previousSize)
        return bytes
    }

    /// How many bytes of the file before this one count, as far as this one tells.
    static func previousSize(_ bytes: RawSpan) -> UInt64 {
        var reader = ByteReader(bytes)
        guard let begin = try? reader.take(magic.count), isMagic(begin),
            (try? reader.littleEndian(UInt64.self)) != nil, let size = try? reader.littleEndian(UInt64.self)
        else { return .max }
        return size
    }

    static func isMagic(_ bytes: RawSpan) -> Bool { hasBytes(bytes, magic) || hasBytes(bytes, olderMagic) }

    /// The name of the file of a number.
    static func name(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".log"
    }

    /// The number in a file's name, or nil if it is no log file.
    static func number(ofName name: String) -> UInt64? {
        name.hasSuffix(".log") ? UInt64(name.dropLast(4)) : nil
    }

    /// Appends a batch as a frame.
    static func appendFrame(_ batch: borrowing SpanBatch, to bytes: inout [UInt8]) {
        let begin = bytes.count
        bytes.append(contentsOf: [0, 0, 0, 0, 0, 0, 0, 0])
        BatchEncoding.encode(batch, into: &bytes)
        let payload = begin + frameHeaderSize
        let length = UInt32(bytes.count - payload)
        let sum = checksum(bytes.span.bytes.extracting(payload..<bytes.count))
        for index in 0..<4 {
            bytes[begin + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index)))
            bytes[begin + 4 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index)))
        }
    }
}

/// Whether the bytes are just those.
func hasBytes(_ bytes: RawSpan, _ expected: [UInt8]) -> Bool {
    guard bytes.byteCount == expected.count else { return false }
    for index in 0..<expected.count
    where bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) != expected[index] { return false }
    return true
}
