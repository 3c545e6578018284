import SpanStorage
import TraceModel

extension Segment {
    /// The spans of a trace that have one of some ids, as callers of others.
    func callers(_ trace: TraceID, ids: Set<UInt64>) throws(SpanStoreError) -> [CallerCandidate] {
        guard block.mayContain(trace) else { return [] }
        let table = try block.traces()
        guard let number = table.number(of: trace) else { return [] }
        let rows = try table.rows(number)
        let meta = try block.meta()
        var candidates: [CallerCandidate] = []
        for (index, page) in block.directory.pages.enumerated() {
            let own = rows.clamped(to: page.firstRow..<page.firstRow + page.rows)
            if own.isEmpty { continue }
            let reader = try block.page(index, meta: meta)
            let spanIDs = try reader.numbers(BlockLayout.Column.spanIDs)
            let wanted = own.filter { ids.contains(spanIDs[$0 - page.firstRow]) }
            if wanted.isEmpty { continue }
            let shapes = try reader.shapes()
            for row in wanted {
                let shape = meta.shapes[shapes[row - page.firstRow]]
                candidates.append(
                    CallerCandidate(
                        span: spanIDs[row - page.firstRow],
                        service: meta.strings.text(shape.service),
                        kind: shape.kind
                    )
                )
            }
        }
        return candidates
    }
}
