import TraceModel

/// Where everything is in a segment file, and what a page can hold: read when the file is opened, and all that is kept.
struct BlockDirectory: Sendable, Equatable {
    /// A section: a run of bytes with a checksum of its own.
    struct Section: Sendable, Equatable {
        var kind: UInt16
        /// Which of several of its kind: the number of the page.
        var index: UInt16
        var offset: UInt64
        var length: UInt64
        var checksum: UInt32
    }

    /// What is known of a page without reading it.
    struct Page: Sendable, Equatable {
        var firstRow: Int
        var rows: Int
        var startMin: UInt64
        var startMax: UInt64
        var durationMin: Int64
        var durationMax: Int64
        /// A bit per shape: whether a span of the page has it.
        var shapes: [UInt8]
    }

    var spanCount = 0
    var traceCount = 0
    var startMin: UInt64 = 0
    var startMax: UInt64 = 0
    var sections: [Section] = []
    var pages: [Page] = []

    /// The section of a kind; of pages, the one of that number.
    func section(_ kind: BlockLayout.Section, index: Int = 0) -> Section? {
        sections.first { $0.kind == kind.rawValue && Int($0.index) == index }
    }

    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(spanCount))
        bytes.append(varint: UInt64(traceCount))
        bytes.append(littleEndian: startMin)
        bytes.append(littleEndian: startMax)
        bytes.append(varint: UInt64(sections.count))
        for section in sections {
            bytes.append(littleEndian: section.kind)
            bytes.append(littleEndian: section.index)
            bytes.append(littleEndian: section.offset)
            bytes.append(littleEndian: section.length)
            bytes.append(littleEndian: section.checksum)
        }
        bytes.append(varint: UInt64(pages.count))
        for page in pages {
            bytes.append(varint: UInt64(page.firstRow))
            bytes.append(varint: UInt64(page.rows))
            bytes.append(littleEndian: page.startMin)
            bytes.append(littleEndian: page.startMax)
            bytes.append(littleEndian: page.durationMin)
            bytes.append(littleEndian: page.durationMax)
            bytes.append(varint: UInt64(page.shapes.count))
            bytes.append(contentsOf: page.shapes)
        }
        return bytes
    }

    /// Reads a directory; nil if it does not hold together within a file of `fileSize` bytes.
    static func decode(_ bytes: RawSpan, fileSize: Int) -> BlockDirectory? {
        var reader = ByteReader(bytes)
        guard let directory = try? decode(&reader), reader.isAtEnd else { return nil }
        var rows = 0
        for page in directory.pages {
            guard page.firstRow == rows, page.rows > 0 else { return nil }
            rows += page.rows
        }
        let isInside = directory.sections.allSatisfy {
            $0.offset <= UInt64(fileSize) && $0.length <= UInt64(fileSize) - $0.offset
        }
        return isInside && rows == directory.spanCount ? directory : nil
    }

    @_lifetime(reader: copy reader)
    private static func decode(_ reader: inout ByteReader) throws(ByteError) -> BlockDirectory {
        var directory = BlockDirectory()
        directory.spanCount = Int(clamping: try reader.varint())
        directory.traceCount = Int(clamping: try reader.varint())
        directory.startMin = try reader.littleEndian()
        directory.startMax = try reader.littleEndian()
        let sectionCount = try reader.varint()
        for _ in 0..<min(sectionCount, UInt64(reader.left)) {
            let kind: UInt16 = try reader.littleEndian()
            let index: UInt16 = try reader.littleEndian()
            let offset: UInt64 = try reader.littleEndian()
            let length: UInt64 = try reader.littleEndian()
            let sum: UInt32 = try reader.littleEndian()
            directory.sections.append(
                Section(kind: kind, index: index, offset: offset, length: length, checksum: sum)
            )
        }
        let pageCount = try reader.varint()
        for _ in 0..<min(pageCount, UInt64(reader.left)) { directory.pages.append(try decodePage(&reader)) }
        return directory
    }

    @_lifetime(reader: copy reader)
    private static func decodePage(_ reader: inout ByteReader) throws(ByteError) -> Page {
        let firstRow = Int(clamping: try reader.varint())
        let rows = Int(clamping: try reader.varint())
        let startMin: UInt64 = try reader.littleEndian()
        let startMax: UInt64 = try reader.littleEndian()
        let durationMin: Int64 = try reader.littleEndian()
        let durationMax: Int64 = try reader.littleEndian()
        var shapes: [UInt8] = []
        shapes.append(copying: try reader.delimited())
        return Page(
            firstRow: firstRow,
            rows: rows,
            startMin: startMin,
            startMax: startMax,
            durationMin: durationMin,
            durationMax: durationMax,
            shapes: shapes
        )
    }
}
