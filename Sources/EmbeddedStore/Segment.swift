import SpanStorage
import Synchronization
import TraceModel

/// A sealed block in its file, as a source of answers.
final class Segment: SpanSource {
    /// The number in the file's name; no two segments ever have the same.
    let number: UInt64
    /// Bytes of the file.
    let byteCount: Int
    /// How its spans came into it.
    let origin: Origin
    let block: BlockReader
    /// What the block's index said of spans that were reported before they ended: 0 before it was asked, 1 no, 2 maybe.
    private let partialReports = Atomic<UInt8>(0)

    /// How the spans of a segment came into it.
    struct Origin: Sendable, Equatable {
        /// When they were sealed first: nanoseconds since 1970. Of merged segments, the newest of them.
        var sealedAt: UInt64
        /// How many merges they have been through.
        var merges = 0
        /// Whether the segment is kept for its pinned traces, whatever its age.
        var isKept = false
    }

    init(number: UInt64, block: BlockReader, byteCount: Int, origin: Origin) {
        self.number = number
        self.block = block
        self.byteCount = byteCount
        self.origin = origin
    }

    /// As the catalogue knows it.
    var row: Catalogue.SegmentRow {
        Catalogue.SegmentRow(
            number: number,
            spans: spanCount,
            bytes: byteCount,
            startMin: block.directory.startMin,
            startMax: block.directory.startMax,
            origin: origin
        )
    }

    /// The name of the file of a number.
    static func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".seg"
    }

    /// The number in a file's name, or nil if it is no segment's.
    static func number(ofName name: String) -> UInt64? { name.hasSuffix(".seg") ? UInt64(name.dropLast(4)) : nil }

    /// Whether the block may have spans that were reported before they ended; the index is asked once.
    var holdsPartialReports: Bool {
        let known = partialReports.load(ordering: .relaxed)
        if known != 0 { return known == 2 }
        let mayHold = !parts(for: Self.partialReportQuery).isEmpty
        partialReports.store(mayHold ? 2 : 1, ordering: .relaxed)
        return mayHold
    }

    var spanCount: Int { block.directory.spanCount }

    var startRange: ClosedRange<UInt64>? {
        let directory = block.directory
        return directory.startMin <= directory.startMax ? directory.startMin...directory.startMax : nil
    }

    func parts(for query: TraceQuery) -> [any SearchPart] { BlockSearch(query, in: block).parts() }

    func lowerStarts(_ starts: inout [TraceID: UInt64]) throws(SpanStoreError) {
        for (id, start) in starts where start > block.directory.startMin && block.mayContain(id) {
            let table = try block.traces()
            guard let trace = table.number(of: id) else { continue }
            starts[id] = min(start, table.start(trace))
        }
    }

    func measure(_ measures: inout TraceMeasures) throws(SpanStoreError) {
        var wanted: [(number: Int, slot: Int)] = []
        for (id, slot) in measures.slots where block.mayContain(id) {
            if let number = try block.traces().number(of: id) { wanted.append((number, slot)) }
        }
        if wanted.isEmpty { return }
        let table = try block.traces()
        let summaries = try BlockSummaries.read(block)
        for (number, slot) in wanted {
            measures.add(summaries.measure(number, start: table.start(number)), slot: slot)
        }
    }

    func collect(into traces: inout TraceCollection) throws(SpanStoreError) {
        var wanted: [Run] = []
        for (id, slot) in traces.slots where block.mayContain(id) {
            let table = try block.traces()
            if let trace = table.number(of: id) { wanted.append(Run(id: id, rows: try table.rows(trace), slot: slot)) }
        }
        if wanted.isEmpty { return }
        wanted.sort { $0.rows.lowerBound < $1.rows.lowerBound }
        for (one, next) in zip(wanted, wanted.dropFirst()) where one.rows.upperBound > next.rows.lowerBound {
            throw block.damaged("table of traces")
        }
        let meta = try block.meta()
        var damage: SpanStoreError?
        for (index, page) in block.directory.pages.enumerated() {
            let range = page.firstRow..<page.firstRow + page.rows
            let runs = wanted.filter { $0.rows.overlaps(range) }
            if runs.isEmpty { continue }
            if traces.isOverfull { return }
            do throws(SpanStoreError) {
                try collect(runs, of: try block.page(index, meta: meta), into: &traces)
            } catch {
                // The other pages have their spans whatever became of this one.
                damage = error
            }
        }
        if let damage { throw damage }
    }

    /// The rows of a trace that is being collected.
    private struct Run {
        var id: TraceID
        var rows: Range<Int>
        var slot: Int
    }

    private func collect(
        _ runs: [Run],
        of page: PageReader,
        into collection: inout TraceCollection
    ) throws(SpanStoreError) {
        let first = page.page.firstRow
        let range = first..<first + page.page.rows
        var rows: [Int] = []
        var ids: [TraceID] = []
        for run in runs {
            let own = run.rows.clamped(to: range)
            rows.append(contentsOf: own.map { $0 - first })
            ids.append(contentsOf: repeatElement(run.id, count: own.count))
        }
        let table = try block.traces()
        let batch = try PageDecoder.decode(
            page,
            rows: rows,
            shapes: try page.shapes(),
            starts: try page.starts(table, traces: try page.traces(table)),
            ids: ids
        )
        var next = 0
        for run in runs {
            let count = run.rows.clamped(to: range).count
            collection.add(next..<next + count, of: batch, slot: run.slot)
            next += count
        }
    }
}
