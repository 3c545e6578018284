import SpanStorage

/// Merges the rows of many seals into rows of whole hours, so that there are few of them however long a load lasts;
/// and puts out those that are too old or too many. By one thread, behind the scenes.
final class RollupMerging: Sendable {
    /// So many rows of seals are merged at once.
    static let rowsMax = 16
    /// So many bytes are merged at once, and a row that has as many is left as it is: they are many more in memory.
    private static let bytesAtOnceMax = 4 << 20
    /// A merge makes at most so many rows; if hours are too many it makes days, and so on.
    private static let partitionsMax = 64
    /// Minutes of an hour, a day, 32 days, about three years, and all of time.
    private static let partitionSizes: [UInt32] = [60, 1_440, 46_080, 1_474_560, .max]
    /// Rows of seals are merged though they are few when the last one is so many nanoseconds old.
    private static let idleNanoseconds: UInt64 = 2 * 3_600_000_000_000

    private let view: StoreView
    private let catalogue: Catalogue
    private let numbers: RollupNumbers
    private let bytesMax: Int
    private let ageMaxNanoseconds: UInt64?

    init(_ opening: StoreOpening, _ configuration: EmbeddedStoreConfiguration) {
        view = opening.view
        catalogue = opening.catalogue
        numbers = opening.rollupNumbers
        bytesMax = configuration.rollupBytesMax
        ageMaxNanoseconds = configuration.rollupAgeMaxNanoseconds
    }

    /// Does what is to be done now.
    func run(at time: UInt64) throws(SpanStoreError) {
        try evict(at: time)
        let state = view.rollups()
        let fresh = state.rows.filter { !$0.isMerged && !state.damagedRows.contains($0.number) }
        guard let last = fresh.last else { return }
        guard fresh.count >= Self.rowsMax || time > last.sealedAt &+ Self.idleNanoseconds else { return }
        var bytes = 0
        var some: [RollupRow] = []
        for row in fresh.prefix(Self.rowsMax) where some.count < 2 || bytes + row.byteCount <= Self.bytesAtOnceMax {
            bytes += row.byteCount
            some.append(row)
        }
        try merge(some)
    }

    /// The figures that are put out: the oldest, until age and bytes are within their bounds.
    private func evict(at time: UInt64) throws(SpanStoreError) {
        let state = view.rollups()
        let oldest = ageMaxNanoseconds.map { time > $0 ? time - $0 : 0 } ?? 0
        var bytes = state.byteCount
        var leaving: [UInt64] = []
        for row in state.rows.sorted(by: { ($0.sealedAt, $0.number) < ($1.sealedAt, $1.number) }) {
            guard row.sealedAt < oldest || bytes > bytesMax else { break }
            bytes -= row.byteCount
            leaving.append(row.number)
        }
        if leaving.isEmpty { return }
        try replace(leaving, by: [])
    }

    private func merge(_ fresh: [RollupRow]) throws(SpanStoreError) {
        var table = RollupTable()
        var sealedAt: UInt64 = 0
        var old: [UInt64] = []
        for row in fresh {
            guard let part = try read(row) else { continue }
            table.merge(part)
            sealedAt = max(sealedAt, row.sealedAt)
            old.append(row.number)
        }
        let size = partitionSize(of: table)
        var partitions: [UInt32: RollupTable] = [:]
        for partition in Set(table.series.keys.map { $0.minute / size } + table.edges.keys.map { $0.minute / size }) {
            var part = RollupTable()
            part.merge(table, minutes: { $0 / size == partition })
            partitions[partition] = part
        }
        var records: [RollupRecord] = []
        let state = view.rollups()
        let merged = state.rows.filter {
            $0.isMerged && $0.byteCount < Self.bytesAtOnceMax && !state.damagedRows.contains($0.number)
        }
        for (partition, part) in partitions.sorted(by: { $0.key < $1.key }) {
            var whole = part
            var newest = sealedAt
            for row in merged where row.belongs(to: partition, size: size, sizes: Self.partitionSizes) {
                guard let part = try read(row) else { continue }
                whole.merge(part)
                newest = max(newest, row.sealedAt)
                old.append(row.number)
            }
            if let record = RollupRecord(merged: whole, number: numbers.next(), sealedAt: newest) {
                records.append(record)
            }
        }
        try replace(old, by: records)
    }

    private func replace(_ old: [UInt64], by new: [RollupRecord]) throws(SpanStoreError) {
        try view.changeRollups { () throws(SpanStoreError) in
            try catalogue.replaceRollups(old, by: new)
            view.replaceRollups(Set(old), by: new.map(\.row))
        }
    }

    /// The figures of a row; nil, and it is left alone from now on, if they do not hold together.
    private func read(_ row: RollupRow) throws(SpanStoreError) -> RollupTable? {
        guard let bytes = try catalogue.rollup(row.number, totals: false) else { return nil }
        if let table = RollupTable.decode(bytes.span.bytes) { return table }
        view.noteDamage(ofRollup: row.number)
        return nil
    }

    /// The smallest that does not make too many rows.
    private func partitionSize(of table: RollupTable) -> UInt32 {
        let minutes = Set(table.series.keys.map(\.minute) + table.edges.keys.map(\.minute))
        return Self.partitionSizes.first { size in Set(minutes.map { $0 / size }).count <= Self.partitionsMax } ?? .max
    }
}

extension RollupRow {
    /// Whether all of its minutes lie in one partition of a size, and do not lie in one of a smaller size; a row of
    /// a smaller size stays as it is.
    fileprivate func belongs(to partition: UInt32, size: UInt32, sizes: [UInt32]) -> Bool {
        guard minutes.lowerBound / size == partition, minutes.upperBound / size == partition else { return false }
        let smallest = sizes.first { minutes.lowerBound / $0 == minutes.upperBound / $0 }
        return smallest == size
    }
}

extension RollupRecord {
    /// The figures of a table as a merged row, with their totals; nil if there are none.
    init?(merged table: RollupTable, number: UInt64, sealedAt: UInt64) {
        guard let minutes = table.minutes else { return nil }
        self.minutes = table.encode()
        var sum = RollupTable()
        sum.merge(table, minute: { _ in minutes.lowerBound })
        totals = sum.encode()
        row = RollupRow(
            number: number,
            isMerged: true,
            minutes: minutes,
            sealedAt: sealedAt,
            byteCount: self.minutes.count + (totals?.count ?? 0)
        )
    }
}
