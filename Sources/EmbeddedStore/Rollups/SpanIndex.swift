import SpanStorage
import TraceModel

/// The spans of one source, to look a caller up among: which span of which trace is which service's.
struct SpanIndex: Sendable {
    /// What matters of a span that may be a caller.
    struct Caller: Sendable {
        /// A number of the index' `services`.
        var service: UInt32
        var kind: SpanKind
    }

    let services: [String]
    private let rows: [TraceID: Range<Int>]
    private let spanIDs: [UInt64]
    private let numbers: [UInt32]
    private let callers: [Caller]

    init(_ facts: SpanFacts) {
        services = facts.services
        spanIDs = facts.spanIDs
        numbers = facts.numbers
        callers = facts.series.map { Caller(service: $0.service, kind: $0.kind) }
        var rows: [TraceID: Range<Int>] = [:]
        rows.reserveCapacity(facts.traces.count)
        for trace in facts.traces { rows[trace.id] = trace.rows }
        self.rows = rows
    }

    /// How many spans it has.
    var count: Int { spanIDs.count }

    /// The traces that it has spans of.
    var traces: some Collection<TraceID> { rows.keys }

    /// Makes `lookup` one over the spans of a trace; false if there are none.
    func load(_ trace: TraceID, into lookup: inout SpanLookup) -> Bool {
        guard let range = rows[trace] else { return false }
        lookup.load(spanIDs, rows: range)
        return true
    }

    /// What matters of the span in a row.
    func caller(_ row: Int) -> Caller { callers[Int(numbers[row])] }
}

/// Finds the rows of one trace by span id; several rows may have one id.
///
/// It is filled anew for each trace and keeps its memory.
struct SpanLookup {
    /// Up to so many rows are looked through one by one.
    private static let scannedMax = 8
    /// Of rows with the same id so many are found: a trace may hold any nonsense, and must not take for ever.
    private static let sameIDMax = 16
    // Whoever sends spans must not be able to choose collisions.
    private static let seed = UInt64.random(in: .min ... .max)

    private var ids: [UInt64] = []
    private var rows = 0..<0
    // Open addressing: the row less the first and plus one; 0 where free.
    private var slots: [UInt32] = []
    private var mask = 0

    /// Takes some rows of a column of span ids.
    mutating func load(_ column: [UInt64], rows: Range<Int>) {
        ids = column
        self.rows = rows
        if rows.count <= Self.scannedMax { return }
        var size = 32
        while size < 2 * rows.count { size *= 2 }
        mask = size - 1
        if slots.count < size { slots = [UInt32](repeating: 0, count: size) }
        for index in 0..<size { slots[index] = 0 }
        for row in rows {
            var place = Self.hash(column[row]) & mask
            var sameCount = 0
            while slots[place] != 0, sameCount < Self.sameIDMax {
                if column[rows.lowerBound + Int(slots[place]) - 1] == column[row] { sameCount += 1 }
                place = (place + 1) & mask
            }
            if sameCount < Self.sameIDMax { slots[place] = UInt32(row - rows.lowerBound) + 1 }
        }
    }

    /// Calls `body` with each row that has the id.
    @inline(__always)
    func forEach(_ id: UInt64, _ body: (Int) -> Void) {
        if rows.count <= Self.scannedMax {
            for row in rows where ids[row] == id { body(row) }
            return
        }
        var place = Self.hash(id) & mask
        while slots[place] != 0 {
            let row = rows.lowerBound + Int(slots[place]) - 1
            if ids[row] == id { body(row) }
            place = (place + 1) & mask
        }
    }

    private static func hash(_ id: UInt64) -> Int {
        let product = (id ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: (product.high ^ product.low) >> 1)
    }
}
