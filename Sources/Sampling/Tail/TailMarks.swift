import SpanStorage
import TraceModel

/// Which spans satisfy which conditions, a bit for each condition.
struct TailMarks: Sendable {
    private var filters: [(filter: SpanFilter, bit: UInt64)] = []

    /// The bits of conditions of now; 0 for one that is not known.
    func bit(of filter: SpanFilter) -> UInt64 { filters.first { $0.filter == filter }?.bit ?? 0 }

    /// Takes over other conditions; returns the bits that mean something else than before, or something at last.
    ///
    /// A condition that stays keeps its bit, so that what is known of waiting traces stays true.
    mutating func replace(with wanted: [SpanFilter]) -> UInt64 {
        let kept = filters.filter { wanted.contains($0.filter) }
        var used = kept.reduce(0) { $0 | $1.bit }
        var fresh: UInt64 = 0
        var next = kept
        for filter in wanted.prefix(TailOptions.filtersMax) where !kept.contains(where: { $0.filter == filter }) {
            let bit = ~used & (0 &- ~used)
            used |= bit
            fresh |= bit
            next.append((filter, bit))
        }
        filters = next
        return fresh
    }

    /// For each span of a batch the conditions that it satisfies; empty if no span satisfies any.
    func rows(of batch: borrowing SpanBatch) -> [UInt64] {
        var marks: [UInt64] = []
        for (filter, bit) in filters {
            let prepared = PreparedFilter(filter, for: batch)
            if case .constant(false) = prepared { continue }
            if marks.isEmpty { marks = [UInt64](repeating: 0, count: batch.count) }
            let rows = prepared.rows(in: batch)
            for row in rows.indices where rows[row] { marks[row] |= bit }
        }
        return marks
    }
}
