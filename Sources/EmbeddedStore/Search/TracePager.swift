import SpanStorage
import TraceModel

/// A trace, page by page: of each source only the starts and ids of what can matter are read to find the spans of a
/// page, and only these spans are decoded, so that a trace of any size takes the memory of one page.
struct TracePager {
    /// A run of spans of the trace that is decoded at one go.
    struct Run {
        /// No span of it begins earlier.
        var startMin: UInt64
        /// The starts and ids of its spans, in any order.
        var keys: () throws(SpanStoreError) -> [(start: UInt64, spanID: UInt64)]
        /// Some of its spans, by their places in `keys`, ascending.
        var spans: (_ rows: [Int]) throws(SpanStoreError) -> SpanBatch
        var count: Int
        /// Whether spans of it may have been reported before they ended.
        var mayBePartial: Bool
    }

    /// A span that may be on the page.
    private struct Candidate {
        var start: UInt64
        var spanID: UInt64
        var run: Int
        var row: Int

        static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
            if left.start != right.start { return left.start < right.start }
            if left.spanID != right.spanID { return left.spanID < right.spanID }
            return (left.run, left.row) < (right.run, right.row)
        }
    }

    /// A row of a run.
    private struct Place: Hashable {
        var run: Int
        var row: Int
    }

    private let runs: [Run]
    /// Rows of spans that were reported before they ended, and once more since.
    private var outdated: Set<Place> = []

    init(_ id: TraceID, _ sources: [any SpanSource]) throws(SpanStoreError) {
        var runs: [Run] = []
        for source in sources { runs += try source.runs(of: id) }
        self.runs = runs.sorted { $0.startMin < $1.startMin }
        if runs.contains(where: \.mayBePartial) { outdated = try findOutdated() }
    }

    /// Looks at the ids of all spans, and then at the spans whose ids are there more than once.
    private func findOutdated() throws(SpanStoreError) -> Set<Place> {
        var candidates: [UInt64: [Candidate]] = [:]
        for (number, run) in runs.enumerated() {
            for (row, key) in try run.keys().enumerated() {
                let candidate = Candidate(start: key.start, spanID: key.spanID, run: number, row: row)
                candidates[key.spanID, default: []].append(candidate)
            }
        }
        let repeated = candidates.values.filter { $0.count > 1 }.flatMap { $0 }
        if repeated.isEmpty { return [] }
        return Set(try spans(repeated).outdatedReports().map { Place(run: repeated[$0].run, row: repeated[$0].row) })
    }

    /// The spans of a run that count, with their places in it.
    private func keys(
        _ number: Int
    ) throws(SpanStoreError) -> [(row: Int, start: UInt64, spanID: UInt64)] {
        let keys = try runs[number].keys().enumerated().map { (row: $0, start: $1.start, spanID: $1.spanID) }
        if outdated.isEmpty { return keys }
        return keys.filter { !outdated.contains(Place(run: number, row: $0.row)) }
    }

    /// The spans after a place, as many as there may be; nil if there is no such trace.
    func page(after place: TracePage.Place?, limit: Int) throws(SpanStoreError) -> TracePage? {
        if runs.isEmpty { return nil }
        var page = TracePage()
        page.total = runs.reduce(0) { $0 + $1.count } - outdated.count
        var found: [Candidate] = []
        // One more than wanted tells whether there is a next page; spans at the place itself are skipped below.
        var enough = limit
        for (number, run) in runs.enumerated() {
            // Sorted by their earliest start: what comes now cannot be before what is enough already.
            if found.count > enough, found[enough].start < run.startMin { break }
            for key in try keys(number) where place.map({ key.start >= $0.start }) ?? true {
                found.append(Candidate(start: key.start, spanID: key.spanID, run: number, row: key.row))
            }
            found.sort(by: Candidate.precedes)
            enough = limit + (place.map { place in found.prefix { Self.isUpTo(place, $0) }.count } ?? 0)
            if found.count > enough + 1 { found.removeLast(found.count - enough - 1) }
        }
        found = Self.after(place, found)
        let isLast = found.count <= limit
        if !isLast { found.removeLast(found.count - limit) }
        page.spans = try spans(found)
        if !isLast, let last = found.last {
            let same = found.filter { $0.start == last.start && $0.spanID == last.spanID }.count
            let before =
                place.map { $0.start == last.start && $0.spanID.bits == last.spanID ? $0.repetition + 1 : 0 } ?? 0
            page.next = TracePage.Place(
                start: last.start,
                spanID: SpanID(last.spanID),
                repetition: before + same - 1
            )
        }
        return page
    }

    /// The spans of some ids, in the order of their start; nil if there is no such trace.
    func spans(_ ids: Set<SpanID>) throws(SpanStoreError) -> SpanBatch? {
        if runs.isEmpty { return nil }
        var found: [Candidate] = []
        for number in runs.indices {
            for key in try keys(number) where ids.contains(SpanID(key.spanID)) {
                found.append(Candidate(start: key.start, spanID: key.spanID, run: number, row: key.row))
            }
        }
        return try spans(found.sorted(by: Candidate.precedes))
    }

    private static func isUpTo(_ place: TracePage.Place, _ candidate: Candidate) -> Bool {
        candidate.start == place.start && candidate.spanID <= place.spanID.bits
    }

    private static func after(_ place: TracePage.Place?, _ found: [Candidate]) -> [Candidate] {
        guard let place else { return found }
        var repetitions = 0
        return found.filter { candidate in
            guard candidate.start == place.start else { return true }
            if candidate.spanID != place.spanID.bits { return candidate.spanID > place.spanID.bits }
            repetitions += 1
            return repetitions > place.repetition + 1
        }
    }

    private func spans(_ found: [Candidate]) throws(SpanStoreError) -> SpanBatch {
        var rows: [Int: [Int]] = [:]
        for candidate in found { rows[candidate.run, default: []].append(candidate.row) }
        var batch = SpanBatch()
        var index = ResourceIndex()
        // Where each span of the page is in the batch, which has them run by run.
        var places: [Int: [Int: Int]] = [:]
        for (number, rows) in rows.sorted(by: { $0.key < $1.key }) {
            let ascending = rows.sorted()
            let part = try runs[number].spans(ascending)
            var copy = BatchCopy(from: part)
            for (offset, row) in ascending.enumerated() {
                places[number, default: [:]][row] = batch.count
                copy.append(offset, of: part, to: &batch, index: &index)
            }
        }
        let order = found.compactMap { places[$0.run]?[$0.row] }
        let isSorted = order.enumerated().allSatisfy { $0.offset == $0.element }
        return isSorted ? batch : batch.selecting(order)
    }
}

extension HeadChunk {
    func runs(of id: TraceID) -> [TracePager.Run] {
        let traces = traces
        guard let number = traces.number(of: id) else { return [] }
        let rows = traces.rows(number).map { Int($0) }
        let batch = batch
        return [
            TracePager.Run(
                startMin: traces.measures[number].start,
                keys: { () throws(SpanStoreError) in
                    rows.map { (start: batch.spans.starts[$0], spanID: batch.spans.spanIDs[$0]) }
                },
                spans: { places throws(SpanStoreError) in batch.selecting(places.map { rows[$0] }) },
                count: rows.count,
                mayBePartial: holdsPartialReports
            )
        ]
    }
}

extension Segment {
    func runs(of id: TraceID) throws(SpanStoreError) -> [TracePager.Run] {
        guard block.mayContain(id), let number = try block.traces().number(of: id) else { return [] }
        let all = try block.traces().rows(number)
        var runs: [TracePager.Run] = []
        for (index, page) in block.directory.pages.enumerated() {
            let rows = all.clamped(to: page.firstRow..<page.firstRow + page.rows)
            if rows.isEmpty { continue }
            let first = rows.lowerBound - page.firstRow
            runs.append(
                TracePager.Run(
                    // Of a page with other traces too it is a bound; the table has the trace's own start.
                    startMin: max(page.startMin, try block.traces().start(number)),
                    keys: { [block] () throws(SpanStoreError) in
                        let reader = try block.page(index, meta: try block.meta())
                        let table = try block.traces()
                        let starts = try reader.starts(table, traces: try reader.traces(table))
                        let ids = try reader.numbers(BlockLayout.Column.spanIDs)
                        return (first..<first + rows.count).map { (start: starts[$0], spanID: ids[$0]) }
                    },
                    spans: { [block] places throws(SpanStoreError) in
                        let reader = try block.page(index, meta: try block.meta())
                        let table = try block.traces()
                        return try PageDecoder.decode(
                            reader,
                            rows: places.map { first + $0 },
                            shapes: try reader.shapes(),
                            starts: try reader.starts(table, traces: try reader.traces(table)),
                            ids: places.map { _ in id }
                        )
                    },
                    count: rows.count,
                    mayBePartial: holdsPartialReports
                )
            )
        }
        return runs
    }
}
