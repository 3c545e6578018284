import TraceModel

/// The order of a block's rows: the spans of several batches by trace, traces by their earliest start and then id, the
/// spans of a trace by their start and then as they came.
///
/// Rows are numbered through all batches, as they came. Everything is counted and placed in flat arrays: a block has
/// tens of thousands of spans and is made several times a second.
struct RowOrder {
    /// By place: the row that stands there.
    private(set) var rows: [UInt32]
    /// By row: its place.
    private(set) var places: [UInt32]
    /// The traces in their order.
    private(set) var traces: [BlockDraft.Trace] = []

    init(_ batches: [SpanBatch]) {
        let count = batches.reduce(0) { $0 + $1.count }
        rows = [UInt32](repeating: 0, count: count)
        places = [UInt32](repeating: 0, count: count)
        var table = TraceNumbers(rows: count)
        var starts: [UInt64] = []
        var owners: [UInt32] = []
        starts.reserveCapacity(count)
        owners.reserveCapacity(count)
        for batch in batches {
            for row in 0..<batch.count { owners.append(table.number(of: batch.spans.traceID(row))) }
            starts.append(contentsOf: batch.spans.starts)
        }
        sortTraces(table.ids, owners, starts)
        place(owners, starts)
    }

    /// Numbers the traces by their order: `ranks` are what `place` needs of it.
    private mutating func sortTraces(_ ids: [TraceID], _ owners: [UInt32], _ starts: [UInt64]) {
        var earliest = [UInt64](repeating: .max, count: ids.count)
        var lengths = [Int](repeating: 0, count: ids.count)
        for (row, owner) in owners.enumerated() {
            earliest[Int(owner)] = min(earliest[Int(owner)], starts[row])
            lengths[Int(owner)] += 1
        }
        let order = (0..<ids.count).sorted { one, two in
            earliest[one] == earliest[two] ? ids[one] < ids[two] : earliest[one] < earliest[two]
        }
        traces.reserveCapacity(ids.count)
        ranks = [UInt32](repeating: 0, count: ids.count)
        var first = 0
        for number in order {
            ranks[number] = UInt32(traces.count)
            traces.append(
                BlockDraft.Trace(id: ids[number], firstRow: first, rows: lengths[number], start: earliest[number])
            )
            first += lengths[number]
        }
    }

    // By trace as first met: its place in the order.
    private var ranks: [UInt32] = []

    private mutating func place(_ owners: [UInt32], _ starts: [UInt64]) {
        var next = traces.map(\.firstRow)
        for (row, owner) in owners.enumerated() {
            let rank = Int(ranks[Int(owner)])
            rows[next[rank]] = UInt32(row)
            next[rank] += 1
        }
        ranks = []
        for trace in traces where trace.rows > 1 {
            let range = trace.firstRow..<trace.firstRow + trace.rows
            // Most came in order, or nearly so.
            if range.dropFirst().allSatisfy({ starts[Int(rows[$0 - 1])] <= starts[Int(rows[$0])] }) { continue }
            rows[range].sort { one, two in
                let left = starts[Int(one)]
                let right = starts[Int(two)]
                return left == right ? one < two : left < right
            }
        }
        for (place, row) in rows.enumerated() { places[Int(row)] = UInt32(place) }
    }
}

/// Numbers trace ids as they are met: open addressing, no hashing of the standard library's.
private struct TraceNumbers {
    /// Whoever sends spans chooses the ids: without the seed they could make all of them meet in one slot.
    private static let seed = UInt64.random(in: .min ... .max) | 1

    private(set) var ids: [TraceID] = []
    private var slots: [UInt32]
    private var last: (id: TraceID, number: UInt32)?

    init(rows: Int) {
        var size = 64
        while size < rows * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
    }

    mutating func number(of id: TraceID) -> UInt32 {
        if let last, last.id == id { return last.number }
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: ValueHash.fold(id.low ^ Self.seed, id.high ^ Self.seed)) & mask
        while slots[place] != 0 {
            let number = slots[place] - 1
            if ids[Int(number)] == id {
                last = (id, number)
                return number
            }
            place = (place + 1) & mask
        }
        let number = UInt32(ids.count)
        ids.append(id)
        slots[place] = number + 1
        last = (id, number)
        return number
    }
}
