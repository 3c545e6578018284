import SpanStorage
import TraceModel

/// What of the catalogue cannot be worked out anew, and the file that has it a second time.
///
/// It is written after each transaction and before anything is deleted that the transaction has made superfluous
/// (`CatalogueCopying`). So whatever it names is there, even if the disk did not let it be written for a while: what
/// came since is there twice then.
///
///     "MARTCAT1", u64 version of the catalogue's schema, u64 generation, u64 log mark, u64 segment mark
///     u32 segments, for each: u64 number, spans, bytes, earliest and latest start, sealed at, merges, is kept
///     u32 pins, for each: u64 upper and lower half of the trace's id, u64 pinned at
///     u32 operations, for each: u32 length of the service, its bytes, u32 length of the name, its bytes, u8 kind
///     u32 CRC-32C of all that
struct CatalogueCopy: Sendable, Equatable {
    private static let magic = Array("MARTCAT1".utf8)
    private static let segmentSize = 64
    private static let pinSize = 24
    private static let operationSize = 9

    /// The version of the catalogue's schema.
    var schema = UInt64(CatalogueSchema.version)
    /// How many transactions there have been.
    var generation: UInt64 = 0
    var logMark: UInt64 = 0
    var segmentMark: UInt64 = 0
    /// By number.
    var segments: [Catalogue.SegmentRow] = []
    /// In any order that is always the same.
    var pins: [PinnedTrace] = []
    /// Likewise.
    var operations: [Entry] = []

    /// An operation and its service.
    struct Entry: Sendable, Equatable {
        var service: String
        var operation: Operation
    }

    func encode() -> [UInt8] {
        var bytes = Self.magic
        for number in [schema, generation, logMark, segmentMark] { bytes.append(littleEndian: number) }
        bytes.append(littleEndian: UInt32(segments.count))
        for segment in segments {
            let numbers: [UInt64] = [
                segment.number, UInt64(segment.spans), UInt64(segment.bytes), segment.startMin, segment.startMax,
                segment.origin.sealedAt, UInt64(segment.origin.merges), segment.origin.isKept ? 1 : 0,
            ]
            for number in numbers { bytes.append(littleEndian: number) }
        }
        bytes.append(littleEndian: UInt32(pins.count))
        for pin in pins {
            for number in [pin.id.high, pin.id.low, pin.pinnedAt] { bytes.append(littleEndian: number) }
        }
        bytes.append(littleEndian: UInt32(operations.count))
        for entry in operations {
            for text in [entry.service, entry.operation.name] {
                bytes.append(littleEndian: UInt32(text.utf8.count))
                bytes.append(contentsOf: text.utf8)
            }
            bytes.append(entry.operation.kind.rawValue)
        }
        bytes.append(littleEndian: checksum(bytes.span.bytes))
        return bytes
    }

    /// Reads a copy; nil if the bytes are not one, or not what was written.
    static func decode(_ bytes: RawSpan) -> CatalogueCopy? {
        let size = bytes.byteCount - 4
        guard size >= magic.count, hasBytes(bytes.extracting(0..<magic.count), magic) else { return nil }
        var sum = ByteReader(bytes.extracting(size..<size + 4))
        let content = bytes.extracting(0..<size)
        guard (try? sum.littleEndian(UInt32.self)) == checksum(content) else { return nil }
        var reader = ByteReader(content)
        guard let copy = try? decode(&reader), reader.isAtEnd else { return nil }
        return copy
    }

    private static func decode(_ reader: inout ByteReader) throws(ByteError) -> CatalogueCopy? {
        _ = try reader.take(magic.count)
        var copy = CatalogueCopy()
        copy.schema = try reader.littleEndian()
        copy.generation = try reader.littleEndian()
        copy.logMark = try reader.littleEndian()
        copy.segmentMark = try reader.littleEndian()
        for _ in 0..<(try count(segmentSize, &reader)) { copy.segments.append(try decodeSegment(&reader)) }
        for _ in 0..<(try count(pinSize, &reader)) {
            let high: UInt64 = try reader.littleEndian()
            let id = TraceID(high: high, low: try reader.littleEndian())
            copy.pins.append(PinnedTrace(id: id, pinnedAt: try reader.littleEndian()))
        }
        for _ in 0..<(try count(operationSize, &reader)) {
            let service = try decodeText(&reader)
            let name = try decodeText(&reader)
            guard let kind = SpanKind(rawValue: try reader.byte()) else { return nil }
            copy.operations.append(Entry(service: service, operation: Operation(name: name, kind: kind)))
        }
        return copy
    }

    private static func decodeSegment(_ reader: inout ByteReader) throws(ByteError) -> Catalogue.SegmentRow {
        var numbers: [UInt64] = []
        for _ in 0..<8 { numbers.append(try reader.littleEndian()) }
        return Catalogue.SegmentRow(
            number: numbers[0],
            spans: Int(clamping: numbers[1]),
            bytes: Int(clamping: numbers[2]),
            startMin: numbers[3],
            startMax: numbers[4],
            origin: Segment.Origin(
                sealedAt: numbers[5],
                merges: Int(clamping: numbers[6]),
                isKept: numbers[7] != 0
            )
        )
    }

    private static func decodeText(_ reader: inout ByteReader) throws(ByteError) -> String {
        let length = Int(try reader.littleEndian(UInt32.self))
        var bytes: [UInt8] = []
        bytes.append(copying: try reader.take(length))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A count of things of at least so many bytes each, which must be there.
    private static func count(_ size: Int, _ reader: inout ByteReader) throws(ByteError) -> Int {
        let count = Int(try reader.littleEndian(UInt32.self))
        try reader.need(count * size)
        return count
    }
}

extension CatalogueCopy {
    /// Where a copy is kept.
    struct Place: Sendable {
        var files: any FileSystem
        /// The store's own folder.
        var root: String

        var path: String { "\(root)/catalogue.copy" }

        /// The copy; nil if there is none or it is damaged.
        func read() throws(FileError) -> (copy: CatalogueCopy?, isDamaged: Bool) {
            guard try files.list(root).contains("catalogue.copy") else { return (nil, false) }
            let file = try files.read(path)
            let copy = CatalogueCopy.decode(file.bytes)
            return (copy, copy == nil)
        }

        /// Puts a copy in the place of the one before; after an error either may be there, now or after a power cut.
        func write(_ copy: CatalogueCopy) throws(FileError) {
            do {
                let file = try files.create(path + ".tmp")
                defer { file.close() }
                try file.append(copy.encode())
                try file.sync()
                try files.rename(path + ".tmp", to: path)
                try files.syncDirectory(root)
            } catch {
                try? files.remove(path + ".tmp")
                throw error
            }
        }
    }
}
