import SpanStorage
import TraceModel

/// What readers see of the rollups: where in the catalogue there are figures, and what is known of the calls that wait.
/// It changes together with the segments, so that each span is counted exactly once at any moment.
struct RollupState: Sendable {
    /// Of so many spans that were sealed last memory holds what it takes to look for callers among them: some 12 bytes
    /// each.
    static let recentSpansMax = 8 * 49_152

    /// The rows of the catalogue.
    private(set) var rows: [RollupRow] = []
    /// The calls whose caller has not come.
    private(set) var pending = PendingCalls()
    /// What was sealed last, oldest first.
    private(set) var recent: [SpanIndex] = []
    /// How many rows the catalogue has of calls.
    private(set) var callRows = 0
    /// Rows whose bytes do not hold together.
    private(set) var damagedRows: Set<UInt64> = []
    /// Calls that were given up since the start.
    private(set) var droppedCalls: UInt64 = 0

    /// Nothing.
    init() {}

    /// What the catalogue has of figures and calls; calls whose bytes do not hold together are left out and counted in
    /// `damaged`.
    init(rows: [RollupRow], calls: [[UInt8]], damaged: inout Int) {
        self.rows = rows
        callRows = calls.count
        for bytes in calls {
            if let change = PendingChange(bytes.span.bytes) {
                change.apply(to: &pending)
            } else {
                damaged += 1
            }
        }
    }

    /// Takes over what a seal has written.
    mutating func apply(_ sealed: SealedRollups) {
        if let record = sealed.record { rows.append(record.row) }
        callRows = sealed.holdsAllCalls ? 1 : callRows + 1
        sealed.change.apply(to: &pending)
        recent += sealed.indexes
        var spans = recent.reduce(0) { $0 + $1.count }
        while spans > Self.recentSpansMax, recent.count > 1 { spans -= recent.removeFirst().count }
        droppedCalls += UInt64(sealed.droppedCalls)
    }

    /// Notes that the bytes of a row do not hold together.
    mutating func noteDamage(of row: UInt64) { damagedRows.insert(row) }

    /// Puts rows in the place of others.
    mutating func replace(_ old: Set<UInt64>, by new: [RollupRow]) {
        rows.removeAll { old.contains($0.number) }
        rows += new
    }

    /// What an operator may want to know.
    var statistics: RollupStatistics {
        var statistics = RollupStatistics()
        statistics.bytes = UInt64(byteCount)
        statistics.rows = UInt64(rows.count)
        statistics.damagedRows = UInt64(damagedRows.count)
        statistics.waitingCalls = UInt64(pending.count)
        statistics.droppedCalls = droppedCalls
        return statistics
    }

    /// Bytes of all figures.
    var byteCount: Int { rows.reduce(0) { $0 + $1.byteCount } }
}
