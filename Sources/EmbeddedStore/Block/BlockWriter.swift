import TraceModel

/// Makes the bytes of a segment file of some batches: a pure function.
struct BlockWriter {
    /// What was written.
    struct Block {
        var bytes: [UInt8]
        var directory: BlockDirectory
    }

    private let draft: BlockDraft
    private let seed: UInt64
    private let compressor = Compressor()
    private var bytes: [UInt8] = []
    private var directory = BlockDirectory()

    private init(_ draft: BlockDraft, seed: UInt64) {
        self.draft = draft
        self.seed = seed
    }

    /// The block of all spans of the batches, which must be at least one.
    ///
    /// `seed` is that of the hashes in the block's index; nobody who sends spans should be able to guess it.
    static func write(_ batches: [SpanBatch], seed: UInt64 = .random(in: .min ... .max)) -> Block {
        write(BlockDraft(batches), seed: seed)
    }

    /// The block of a draft, which must have at least one span.
    static func write(_ draft: BlockDraft, seed: UInt64 = .random(in: .min ... .max)) -> Block {
        var writer = BlockWriter(draft, seed: seed)
        writer.write()
        return Block(bytes: writer.bytes, directory: writer.directory)
    }

    private mutating func write() {
        bytes.append(contentsOf: BlockLayout.magic)
        bytes.append(littleEndian: BlockLayout.version)
        bytes.append(littleEndian: UInt32(0))
        directory.spanCount = draft.batch.count
        directory.traceCount = draft.traces.count
        directory.startMin = draft.batch.spans.starts.min() ?? 0
        directory.startMax = draft.batch.spans.starts.max() ?? 0
        writeDictionary()
        append(.resources, draft.meta.encodeResources())
        append(.shapes, draft.meta.encodeShapes())
        append(.derivedColumns, DerivedColumn.encode(draft.meta.derived, with: compressor))
        append(.traces, TraceTable.encode(draft.traces))
        append(.summaries, BlockSummaries(draft).encode(with: compressor))
        writeIndex(columnEnds: writePages())
        writeTrailer()
    }

    private mutating func append(_ kind: BlockLayout.Section, index: Int = 0, _ content: [UInt8]) {
        // Sections begin at multiples of eight, so that tables of numbers in them are aligned in a mapped file.
        while bytes.count % 8 != 0 { bytes.append(0) }
        directory.sections.append(
            BlockDirectory.Section(
                kind: kind.rawValue,
                index: UInt16(index),
                offset: UInt64(bytes.count),
                length: UInt64(content.count),
                checksum: checksum(content.span.bytes)
            )
        )
        bytes.append(contentsOf: content)
    }

    private mutating func writeDictionary() {
        var content: [UInt8] = []
        content.append(varint: UInt64(draft.meta.strings.count))
        let ends = draft.meta.strings.ends
        var lengths: [UInt64] = []
        for (index, end) in ends.enumerated() { lengths.append(UInt64(end - (index == 0 ? 0 : ends[index - 1]))) }
        NumberColumn.encode(lengths, with: compressor, into: &content)
        BytesColumn.encode(draft.meta.strings.arena, with: compressor, into: &content)
        append(.dictionary, content)
    }

    /// Writes the pages, and returns for each where it ends in the values of each attribute column.
    private mutating func writePages() -> [[Int]] {
        var columnEnds: [[Int]] = []
        var offsets = [Int](repeating: 0, count: draft.meta.columns.count)
        var first = 0
        var index = 0
        while first < draft.batch.count {
            let rows = first..<pageEnd(from: first)
            var writer = PageWriter(draft, rows: rows, compressor: compressor)
            append(.page, index: index, writer.write(offsets: &offsets))
            columnEnds.append(offsets)
            directory.pages.append(describe(rows))
            first = rows.upperBound
            index += 1
        }
        return columnEnds
    }

    private mutating func writeIndex(columnEnds: [[Int]]) {
        let pages = directory.pages.map { $0.firstRow..<$0.firstRow + $0.rows }
        let index = BlockIndexDraft(draft, pages: pages, columnEnds: columnEnds, seed: seed)
        append(.traceFilter, TraceFilter.encode(draft.traces.map(\.id), seed: seed))
        append(.valueFilter, index.values.encode())
        append(.keyIndex, KeyIndex.encode(index.keys, pages: pages.count))
    }

    private func pageEnd(from first: Int) -> Int {
        let wanted = first + BlockLayout.pageSpans
        if wanted >= draft.batch.count { return draft.batch.count }
        let trace = draft.traces.partitioningIndex { $0.firstRow + $0.rows >= wanted }
        let end = draft.traces[trace].firstRow + draft.traces[trace].rows
        return min(end, first + BlockLayout.pageSpansMax)
    }

    private func describe(_ rows: Range<Int>) -> BlockDirectory.Page {
        var shapes = [UInt8](repeating: 0, count: (draft.meta.shapes.count + 7) / 8)
        for row in rows { shapes[Int(draft.shapes[row]) / 8] |= 1 << UInt8(draft.shapes[row] % 8) }
        let starts = draft.batch.spans.starts[rows]
        let durations = draft.batch.spans.durations[rows]
        return BlockDirectory.Page(
            firstRow: rows.lowerBound,
            rows: rows.count,
            startMin: starts.min() ?? 0,
            startMax: starts.max() ?? 0,
            durationMin: durations.min() ?? 0,
            durationMax: durations.max() ?? 0,
            shapes: shapes
        )
    }

    private mutating func writeTrailer() {
        let content = directory.encode()
        while bytes.count % 8 != 0 { bytes.append(0) }
        let offset = bytes.count
        bytes.append(contentsOf: content)
        bytes.append(littleEndian: UInt64(offset))
        bytes.append(littleEndian: UInt64(content.count))
        bytes.append(littleEndian: checksum(content.span.bytes))
        bytes.append(littleEndian: BlockLayout.version)
        bytes.append(contentsOf: BlockLayout.magic)
    }
}
