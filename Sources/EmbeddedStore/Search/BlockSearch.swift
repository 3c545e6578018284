import SpanStorage
import Synchronization
import TraceModel

/// A query on its way through the pages of one block: what the block's dictionary and shapes say to the filter is
/// worked out when the first page is searched, and not at all if none is.
final class BlockSearch: Sendable {
    let block: BlockReader
    let window: ClosedRange<UInt64>
    private let filter: SpanFilter
    private let prepared = Mutex<BlockFilter?>(nil)

    init(_ query: TraceQuery, in block: BlockReader) {
        self.block = block
        window = query.start
        filter = query.filter
    }

    /// The pages that can have a span which satisfies the query, by the block's directory and index.
    func parts() -> [any SearchPart] {
        let directory = block.directory
        guard directory.startMin <= window.upperBound, directory.startMax >= window.lowerBound else { return [] }
        let pages = block.pages(for: filter)
        if pages.isEmpty { return [] }
        var parts: [any SearchPart] = []
        for (index, page) in directory.pages.enumerated()
        where page.startMin <= window.upperBound && page.startMax >= window.lowerBound
            && pages.contains(index, of: directory.pages.count)
        {
            parts.append(BlockPart(query: self, index: index))
        }
        return parts
    }

    /// The filter in the terms of the block.
    func blockFilter(_ meta: BlockMeta) -> BlockFilter {
        prepared.withLock { known in
            if let known { return known }
            let filter = BlockFilter(filter, meta: meta)
            known = filter
            return filter
        }
    }
}

/// One page of a block that is searched.
private struct BlockPart: SearchPart {
    let query: BlockSearch
    let index: Int

    var latestStart: UInt64 { query.block.directory.pages[index].startMax }

    func search() throws(SpanStoreError) -> PartMatches {
        var matches = PartMatches()
        let block = query.block
        let meta = try block.meta()
        let filter = query.blockFilter(meta)
        guard filter.answer(block.directory.pages[index]) != .none else { return matches }
        let page = try block.page(index, meta: meta)
        matches.scannedSpans = page.page.rows
        matches.readBytes = Int(block.directory.section(.page, index: index)?.length ?? 0)
        let rows = try PageScan(page).matches(filter)
        guard rows.contains(true) else { return matches }
        let table = try block.traces()
        let traces = try page.traces(table)
        let starts = try page.starts(table, traces: traces)
        var last = -1
        for row in rows.indices where rows[row] && traces[row] != last && query.window.contains(starts[row]) {
            last = traces[row]
            matches.traces.append((id: table.id(last), start: table.start(last)))
        }
        return matches
    }
}
