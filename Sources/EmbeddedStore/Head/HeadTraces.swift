import SpanStorage
import TraceModel

/// The traces of a chunk of the head: which rows each has, and what it measures.
struct HeadTraces: Sendable {
    private var numbers: [TraceID: Int] = [:]
    private(set) var ids: [TraceID] = []
    private(set) var measures: [TraceMeasure] = []
    // The rows in the order of their traces, and where the rows of each trace end.
    private var rows: [Int32]
    private var ends: [Int] = []

    init(_ batch: borrowing SpanBatch) {
        var owners: [Int32] = []
        owners.reserveCapacity(batch.count)
        var last: TraceID?
        for row in 0..<batch.count {
            let id = batch.spans.traceID(row)
            let number: Int
            if id == last, let owner = owners.last {
                number = Int(owner)
            } else if let known = numbers[id] {
                number = known
            } else {
                number = ids.count
                numbers[id] = number
                ids.append(id)
                measures.append(.nothing)
                ends.append(0)
            }
            last = id
            owners.append(Int32(number))
            ends[number] += 1
            measures[number].add(
                start: batch.spans.starts[row],
                duration: batch.spans.durations[row],
                status: batch.spans.statuses[row]
            )
        }
        var begin = 0
        var places: [Int] = []
        for number in ends.indices {
            places.append(begin)
            begin += ends[number]
            ends[number] = begin
        }
        rows = [Int32](repeating: 0, count: begin)
        for (row, owner) in owners.enumerated() {
            rows[places[Int(owner)]] = Int32(row)
            places[Int(owner)] += 1
        }
    }

    /// The number of a trace, or nil if the chunk has no span of it.
    func number(of id: TraceID) -> Int? { numbers[id] }

    /// The rows of a trace, ascending.
    func rows(_ number: Int) -> ArraySlice<Int32> { rows[(number == 0 ? 0 : ends[number - 1])..<ends[number]] }
}
