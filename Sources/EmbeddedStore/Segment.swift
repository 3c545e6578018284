import SpanStorage
import TraceModel

/// A sealed block in its file, as a source of answers.
final class Segment: SpanSource {
    /// The number in the file's name; no two segments ever have the same.
    let number: UInt64
    /// Bytes of the file.
    let byteCount: Int
    private let block: BlockReader

    init(number: UInt64, block: BlockReader, byteCount: Int) {
        self.number = number
        self.block = block
        self.byteCount = byteCount
    }

    /// The name of the file of a number.
    static func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".seg"
    }

    var spanCount: Int { block.directory.spanCount }

    var startRange: ClosedRange<UInt64>? {
        spanCount == 0 ? nil : block.directory.startMin...max(block.directory.startMin, block.directory.startMax)
    }

    /// The latest start of its spans.
    var latestStart: UInt64 { block.directory.startMax }

    func search(_ query: TraceQuery) throws(SpanStoreError) -> SourceMatches {
        var matches = SourceMatches()
        let meta = try block.meta()
        let possible = ShapeFilter.possible(query.filter, meta: meta)
        let projection = PageProjection.needed(by: query.filter, meta: meta)
        var traces: Set<Int> = []
        for (index, page) in block.directory.pages.enumerated() {
            guard page.startMin <= query.start.upperBound, page.startMax >= query.start.lowerBound,
                page.hasAny(of: possible)
            else { continue }
            let reader = try block.page(index, meta: meta)
            let found = try search(reader, query, possible: possible, projection: projection)
            matches.scannedSpans += found.scanned
            traces.formUnion(found.traces)
        }
        if traces.isEmpty { return matches }
        let table = try block.traces()
        let lows = try table.lows()
        for trace in traces {
            matches.traces.append((id: TraceID(high: table.high(trace), low: lows[trace]), start: table.start(trace)))
        }
        return matches
    }

    private func search(
        _ page: PageReader,
        _ query: TraceQuery,
        possible: [UInt8],
        projection: PageProjection
    ) throws(SpanStoreError) -> (traces: Set<Int>, scanned: Int) {
        let table = try block.traces()
        let shapes = try page.shapes()
        let traces = try page.traces(table)
        let starts = try page.starts(table, traces: traces)
        let rows = shapes.indices.filter { row in
            possible[shapes[row] / 8] & 1 << UInt8(shapes[row] % 8) != 0 && query.start.contains(starts[row])
        }
        if rows.isEmpty { return ([], 0) }
        let batch = try PageDecoder.decode(
            page,
            rows: rows,
            shapes: shapes,
            starts: starts,
            // A filter does not look at ids; the rows' traces are known by number.
            ids: [TraceID](repeating: TraceID(low: 0), count: rows.count),
            projection: projection
        )
        let filter = PreparedFilter(query.filter, for: batch)
        var found: Set<Int> = []
        for (index, row) in rows.enumerated() where filter.matches(index, in: batch) { found.insert(traces[row]) }
        return (found, rows.count)
    }

    func lowerStarts(_ starts: inout [TraceID: UInt64]) throws(SpanStoreError) {
        let table = try block.traces()
        for (id, start) in starts where start > block.directory.startMin {
            guard let trace = table.number(of: id) else { continue }
            starts[id] = min(start, table.start(trace))
        }
    }

    func collect(into traces: inout TraceCollection) throws(SpanStoreError) {
        let table = try block.traces()
        var wanted: [Part] = []
        for (id, slot) in traces.slots {
            if let trace = table.number(of: id) { wanted.append(Part(id: id, rows: try table.rows(trace), slot: slot)) }
        }
        if wanted.isEmpty { return }
        wanted.sort { $0.rows.lowerBound < $1.rows.lowerBound }
        let meta = try block.meta()
        for (index, page) in block.directory.pages.enumerated() {
            let range = page.firstRow..<page.firstRow + page.rows
            let parts = wanted.filter { $0.rows.overlaps(range) }
            if parts.isEmpty { continue }
            try collect(parts, of: try block.page(index, meta: meta), into: &traces)
        }
    }

    /// The rows of a trace that is being collected.
    private struct Part {
        var id: TraceID
        var rows: Range<Int>
        var slot: Int
    }

    private func collect(
        _ parts: [Part],
        of page: PageReader,
        into collection: inout TraceCollection
    ) throws(SpanStoreError) {
        let first = page.page.firstRow
        let range = first..<first + page.page.rows
        var rows: [Int] = []
        var ids: [TraceID] = []
        for part in parts {
            let own = part.rows.clamped(to: range)
            rows.append(contentsOf: own.map { $0 - first })
            ids.append(contentsOf: repeatElement(part.id, count: own.count))
        }
        let table = try block.traces()
        let batch = try PageDecoder.decode(
            page,
            rows: rows,
            shapes: try page.shapes(),
            starts: try page.starts(table, traces: try page.traces(table)),
            ids: ids,
            projection: .whole
        )
        var next = 0
        for part in parts {
            let count = part.rows.clamped(to: range).count
            collection.add(next..<next + count, of: batch, slot: part.slot)
            next += count
        }
    }
}
