import SpanStorage
import TraceModel

/// Counts spans by minute and series.
struct SeriesCounts {
    private struct Key: Hashable {
        var minute: UInt32
        var series: UInt32
    }

    /// Of so many minutes the slots stand in a table; a block rarely has more.
    private static let tabledMinutesMax = 32

    private let seriesCount: Int
    private var histograms: HistogramSlots
    private var keys: [Key] = []
    // Slots by minute and series, one row of the table for each minute.
    private var table: [Int32] = []
    private var tableRows: [UInt32: Int] = [:]
    private var others: [Key: Int] = [:]
    private var lastMinute = UInt32.max
    private var lastRow = -1

    /// The counts of some spans.
    init(_ facts: SpanFacts) {
        seriesCount = facts.series.count
        histograms = HistogramSlots(expected: facts.count)
        for row in 0..<facts.count {
            let minute = UInt32(truncatingIfNeeded: facts.starts[row] / RollupTable.minute)
            histograms.add(facts.durations[row], to: slot(minute, facts.numbers[row]))
        }
    }

    /// Adds the counts to a table.
    consuming func add(to table: inout RollupTable, _ facts: SpanFacts) {
        var names: [StringRef] = []
        var services: [StringRef] = []
        for service in facts.services { services.append(table.intern(service)) }
        for series in facts.series {
            names.append(table.intern(series.name, of: facts.strings))
        }
        let keys = self.keys
        for (slot, durations) in histograms.histograms().enumerated() {
            let series = facts.series[Int(keys[slot].series)]
            let key = RollupTable.SeriesKey(
                minute: keys[slot].minute,
                service: services[Int(series.service)],
                name: names[Int(keys[slot].series)],
                kind: series.kind,
                status: series.status
            )
            table.add(durations, to: key)
        }
    }

    private mutating func slot(_ minute: UInt32, _ series: UInt32) -> Int {
        if minute != lastMinute { findRow(minute) }
        if lastRow >= 0 {
            let place = lastRow * seriesCount + Int(series)
            if table[place] >= 0 { return Int(table[place]) }
            let slot = addSlot(Key(minute: minute, series: series))
            table[place] = Int32(slot)
            return slot
        }
        let key = Key(minute: minute, series: series)
        if let known = others[key] { return known }
        let slot = addSlot(key)
        others[key] = slot
        return slot
    }

    private mutating func findRow(_ minute: UInt32) {
        lastMinute = minute
        if let known = tableRows[minute] {
            lastRow = known
        } else if tableRows.count < Self.tabledMinutesMax {
            lastRow = tableRows.count
            tableRows[minute] = lastRow
            table.append(contentsOf: repeatElement(-1, count: seriesCount))
        } else {
            lastRow = -1
        }
    }

    private mutating func addSlot(_ key: Key) -> Int {
        keys.append(key)
        return histograms.addSlot()
    }
}
