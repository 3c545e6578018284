import SpanStorage
import TraceModel

// What those who rewrite segments ask of one.
extension Segment {
    /// The ids of all of its traces, in the order of its rows.
    func traceIDs() throws(SpanStoreError) -> [TraceID] {
        let table = try block.traces()
        return (0..<block.directory.traceCount).map { table.id($0) }
    }

    /// Those of some traces that it has spans of.
    func traces(among ids: Set<TraceID>) throws(SpanStoreError) -> Set<TraceID> {
        if ids.isEmpty { return [] }
        let table = try block.traces()
        if ids.count < block.directory.traceCount / 16 { return ids.filter { table.number(of: $0) != nil } }
        var found: Set<TraceID> = []
        for number in 0..<block.directory.traceCount {
            let id = table.id(number)
            if ids.contains(id) { found.insert(id) }
        }
        return found
    }

    /// The spans of those traces that `isWanted`, a batch for each page that has any.
    func spans(where isWanted: (TraceID) -> Bool) throws(SpanStoreError) -> [SpanBatch] {
        let table = try block.traces()
        let wanted = (0..<block.directory.traceCount).map { isWanted(table.id($0)) }
        let meta = try block.meta()
        var batches: [SpanBatch] = []
        for index in block.directory.pages.indices {
            let first = block.directory.pages[index].firstRow
            let numbers = try table.numbers(ofRows: first..<first + block.directory.pages[index].rows)
            let rows = numbers.indices.filter { wanted[numbers[$0]] }
            if rows.isEmpty { continue }
            batches.append(try spans(rows, ofPage: index, numbers: numbers, table: table, meta: meta))
        }
        return batches
    }

    /// Some spans of a page, whose rows have the traces of those numbers.
    func spans(
        _ rows: [Int],
        ofPage index: Int,
        numbers: [Int],
        table: TraceTable,
        meta: BlockMeta
    ) throws(SpanStoreError) -> SpanBatch {
        let page = try block.page(index, meta: meta)
        return try PageDecoder.decode(
            page,
            rows: rows,
            shapes: try page.shapes(),
            starts: try page.starts(table, traces: numbers),
            ids: rows.map { table.id(numbers[$0]) }
        )
    }
}
