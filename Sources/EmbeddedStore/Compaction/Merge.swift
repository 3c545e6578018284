import SpanStorage
import TraceModel

/// A merge of segments that is under way, in steps of a page: their traces are put in one order, and block by block in
/// that order their spans are read and written anew, those of each trace side by side.
///
/// What is in memory is the list of traces, the spans of one block and the block; the inputs stay where they are, in
/// their files.
struct Merge: Sendable {
    /// A trace in one of the inputs.
    private struct Piece {
        var id: TraceID
        var start: UInt64
        var input: Int32
        var number: Int32
        var spans: Int32
    }

    /// Some rows of a page.
    private struct Read {
        var input: Int
        var page: Int
        var rows: [Int]
    }

    let inputs: [Segment]
    private let folder: SegmentFolder
    private let spansMax: Int
    private let bytesMax: Int
    private let origin: Segment.Origin
    // In the order of the output; the pieces of a trace follow each other.
    private var pieces: [Piece]
    private var nextPiece = 0
    // What is still to be read for the present block, last first, and what has been read.
    private var reads: [Read] = []
    private var batches: [SpanBatch] = []
    private(set) var outputs: [Segment] = []

    /// Begins to merge segments into blocks of so many spans or bytes at the most.
    init(
        _ inputs: [Segment],
        folder: SegmentFolder,
        spansMax: Int,
        bytesMax: Int
    ) throws(SpanStoreError) {
        self.inputs = inputs
        self.folder = folder
        self.spansMax = spansMax
        self.bytesMax = bytesMax
        origin = Segment.Origin(
            sealedAt: inputs.map(\.origin.sealedAt).max() ?? 0,
            merges: (inputs.map(\.origin.merges).max() ?? 0) + 1,
            isKept: inputs.allSatisfy(\.origin.isKept)
        )
        pieces = try Self.order(inputs)
    }

    /// Does the next step; true when all outputs are written.
    mutating func step() throws(SpanStoreError) -> Bool {
        if reads.isEmpty, batches.isEmpty { try plan() }
        if let read = reads.popLast() {
            batches.append(try spans(read))
            // Spans that are much larger than usual fill a block before their number does.
            if reads.isEmpty || batches.reduce(0, { $0 + $1.byteCount }) < bytesMax { return false }
        }
        outputs.append(try folder.write(batches, as: origin))
        batches = []
        return reads.isEmpty && nextPiece == pieces.count
    }

    /// Deletes the files that were written in vain.
    func abandon() { folder.remove(outputs) }

    /// All traces of all inputs by their earliest start in any of them.
    private static func order(_ inputs: [Segment]) throws(SpanStoreError) -> [Piece] {
        var pieces: [Piece] = []
        var starts: [TraceID: UInt64] = [:]
        for (input, segment) in inputs.enumerated() {
            let table = try segment.block.traces()
            for number in 0..<segment.block.directory.traceCount {
                let id = table.id(number)
                let start = table.start(number)
                starts[id] = min(start, starts[id] ?? .max)
                pieces.append(
                    Piece(
                        id: id,
                        start: start,
                        input: Int32(input),
                        number: Int32(number),
                        spans: Int32(try table.rows(number).count)
                    )
                )
            }
        }
        for index in pieces.indices { pieces[index].start = starts[pieces[index].id] ?? 0 }
        pieces.sort { one, two in
            if one.start != two.start { return one.start < two.start }
            return one.id == two.id ? one.input < two.input : one.id < two.id
        }
        return pieces
    }

    /// Chooses the traces of the next block and which rows that takes.
    private mutating func plan() throws(SpanStoreError) {
        var rows: [[Int]] = [[Int]](repeating: [], count: inputs.count)
        var spans = 0
        while nextPiece < pieces.count {
            var end = nextPiece
            var size = 0
            while end < pieces.count, pieces[end].id == pieces[nextPiece].id {
                size += Int(pieces[end].spans)
                end += 1
            }
            if spans > 0, spans + size > spansMax { break }
            for piece in pieces[nextPiece..<end] {
                let table = try inputs[Int(piece.input)].block.traces()
                rows[Int(piece.input)] += try table.rows(Int(piece.number))
            }
            spans += size
            nextPiece = end
        }
        for input in inputs.indices where !rows[input].isEmpty {
            rows[input].sort()
            var next = 0
            for (index, page) in inputs[input].block.directory.pages.enumerated() {
                let begin = next
                while next < rows[input].count, rows[input][next] < page.firstRow + page.rows { next += 1 }
                if begin == next { continue }
                let some = rows[input][begin..<next].map { $0 - page.firstRow }
                reads.append(Read(input: input, page: index, rows: some))
            }
        }
        reads.reverse()
    }

    private func spans(_ read: Read) throws(SpanStoreError) -> SpanBatch {
        let block = inputs[read.input].block
        let page = block.directory.pages[read.page]
        let table = try block.traces()
        return try inputs[read.input].spans(
            read.rows,
            ofPage: read.page,
            numbers: try table.numbers(ofRows: page.firstRow..<page.firstRow + page.rows),
            table: table,
            meta: try block.meta()
        )
    }
}
