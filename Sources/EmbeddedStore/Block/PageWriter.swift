import TraceModel

/// Writes the columns of one page.
///
///     varint   how many columns
///     for each: varint number (`BlockLayout.Column`), varint bytes
///     the columns' bytes, in that order
///
/// A column of zeros is left out.
struct PageWriter {
    private let draft: BlockDraft
    private let rows: Range<Int>
    private let compressor: Compressor
    private var numbers: [(number: UInt32, size: Int)] = []
    private var content: [UInt8] = []

    init(_ draft: BlockDraft, rows: Range<Int>, compressor: Compressor) {
        self.draft = draft
        self.rows = rows
        self.compressor = compressor
    }

    /// The page's bytes. `offsets` says how far each attribute column has been written, and is moved on.
    mutating func write(offsets: inout [Int]) -> [UInt8] {
        writeSpans()
        writeEvents()
        writeLinks()
        writeAttributes(offsets: &offsets)
        var page: [UInt8] = []
        page.append(varint: UInt64(numbers.count))
        for column in numbers {
            page.append(varint: UInt64(column.number))
            page.append(varint: UInt64(column.size))
        }
        page.append(contentsOf: content)
        return page
    }

    /// `inPlanes` suits numbers that measure something, rather than name it.
    private mutating func put(_ number: UInt32, _ values: [UInt64], inPlanes: Bool = false) {
        if values.allSatisfy({ $0 == 0 }) { return }
        let begin = content.count
        NumberColumn.encode(values, inPlanes: inPlanes, with: compressor, into: &content)
        numbers.append((number, content.count - begin))
    }

    private mutating func writeSpans() {
        let spans = draft.batch.spans
        put(BlockLayout.Column.spanIDs, Array(spans.spanIDs[rows]))
        writeParents()
        put(BlockLayout.Column.starts, startsWithinTraces(), inPlanes: true)
        put(BlockLayout.Column.durations, spans.durations[rows].map(zigzag), inPlanes: true)
        put(BlockLayout.Column.shapes, draft.shapes[rows].map(UInt64.init))
        put(BlockLayout.Column.resources, spans.resources[rows].map(UInt64.init))
        put(BlockLayout.Column.statusMessages, spans.statusMessages[rows].map(draft.ref))
        put(BlockLayout.Column.traceStates, spans.traceStates[rows].map(draft.ref))
        put(BlockLayout.Column.flags, spans.flags[rows].map(UInt64.init))
        put(BlockLayout.Column.droppedAttributes, spans.droppedAttributes[rows].map(UInt64.init))
        put(BlockLayout.Column.droppedEvents, spans.droppedEvents[rows].map(UInt64.init))
        put(BlockLayout.Column.droppedLinks, spans.droppedLinks[rows].map(UInt64.init))
    }

    /// 0 for none, 1 for one that is not in the page, otherwise 2 and how far up the parent's row is, zigzag.
    private mutating func writeParents() {
        let spans = draft.batch.spans
        var codes: [UInt64] = []
        codes.reserveCapacity(rows.count)
        var foreign: [UInt64] = []
        for row in rows {
            let parent = Int(draft.parents[row])
            if spans.parentSpanIDs[row] == 0 {
                codes.append(0)
            } else if rows.contains(parent) {
                codes.append(2 + zigzag(Int64(row - parent)))
            } else {
                codes.append(1)
                foreign.append(spans.parentSpanIDs[row])
            }
        }
        put(BlockLayout.Column.parentDistances, codes, inPlanes: true)
        put(BlockLayout.Column.foreignParents, foreign)
    }

    private func startsWithinTraces() -> [UInt64] {
        var starts: [UInt64] = []
        starts.reserveCapacity(rows.count)
        var trace = draft.traces.partitioningIndex { $0.firstRow + $0.rows > rows.lowerBound }
        for row in rows {
            while row >= draft.traces[trace].firstRow + draft.traces[trace].rows { trace += 1 }
            starts.append(draft.batch.spans.starts[row] - draft.traces[trace].start)
        }
        return starts
    }

    private mutating func writeEvents() {
        let events = draft.batch.events
        put(BlockLayout.Column.eventCounts, rows.map { UInt64(events.range($0).count) })
        var times: [UInt64] = []
        for row in rows {
            let start = draft.batch.spans.starts[row]
            for event in events.range(row) { times.append(zigzag(Int64(bitPattern: events.times[event] &- start))) }
        }
        let all = events.range(rows.lowerBound).lowerBound..<events.range(rows.upperBound - 1).upperBound
        put(BlockLayout.Column.eventTimes, times)
        put(BlockLayout.Column.eventNames, events.names[all].map(draft.ref))
        put(BlockLayout.Column.eventDropped, events.droppedAttributes[all].map(UInt64.init))
        putLists(BlockLayout.Column.eventLists, events.attributes, owners: all)
    }

    private mutating func writeLinks() {
        let links = draft.batch.links
        put(BlockLayout.Column.linkCounts, rows.map { UInt64(links.range($0).count) })
        let all = links.range(rows.lowerBound).lowerBound..<links.range(rows.upperBound - 1).upperBound
        put(BlockLayout.Column.linkKinds, links.kinds[all].map { UInt64($0.rawValue) })
        put(BlockLayout.Column.linkTracesHigh, Array(links.traceIDHigh[all]))
        put(BlockLayout.Column.linkTracesLow, Array(links.traceIDLow[all]))
        put(BlockLayout.Column.linkSpans, Array(links.spanIDs[all]))
        put(BlockLayout.Column.linkStates, links.traceStates[all].map(draft.ref))
        put(BlockLayout.Column.linkFlags, links.flags[all].map(UInt64.init))
        put(BlockLayout.Column.linkDropped, links.droppedAttributes[all].map(UInt64.init))
        putLists(BlockLayout.Column.linkLists, links.attributes, owners: all)
    }

    /// Four columns from `number` on: how many attributes each owner has, their keys, types and values.
    private mutating func putLists(_ number: UInt32, _ lists: borrowing AttributeLists, owners: Range<Int>) {
        if owners.isEmpty { return }
        let all = lists.range(owners.lowerBound).lowerBound..<lists.range(owners.upperBound - 1).upperBound
        put(number, owners.map { UInt64(lists.range($0).count) })
        put(number + 1, lists.keys[all].map(draft.ref))
        put(number + 2, lists.types[all].map { UInt64($0.rawValue) })
        put(number + 3, all.map { draft.value(lists.types[$0], lists.values[$0]) })
    }

    private mutating func writeAttributes(offsets: inout [Int]) {
        var counts = [Int](repeating: 0, count: draft.meta.columns.count)
        for row in rows {
            for column in draft.meta.shapes[Int(draft.shapes[row])].columns { counts[Int(column)] += 1 }
        }
        for (number, count) in counts.enumerated() where count > 0 {
            let all = draft.values(of: number)
            let begin = all.startIndex + offsets[number]
            let values = all[begin..<begin + count]
            offsets[number] += count
            if draft.meta.derived[UInt32(number)] != nil { continue }
            write(values, of: draft.meta.columns[number], as: BlockLayout.Column.attributes + UInt32(number))
        }
    }

    private mutating func write(_ values: ArraySlice<UInt64>, of column: BlockMeta.Column, as place: UInt32) {
        let strings = draft.batch.strings
        switch column.storage {
        case .dictionary:
            if column.type.isReference {
                put(place, values.map { draft.ref(StringRef(truncatingIfNeeded: $0)) })
            } else {
                put(place, Array(values), inPlanes: column.type == .int)
            }
        case .raw:
            let begin = content.count
            let refs = values.map { StringRef(truncatingIfNeeded: $0) }
            BytesColumn.encode(refs, of: strings, with: compressor, into: &content)
            numbers.append((place, content.count - begin))
        case .address:
            // All of them are addresses, or the column would be stored otherwise.
            put(
                place,
                values.map { IPv4Text.number(strings.bytes(StringRef(truncatingIfNeeded: $0))) ?? 0 },
                inPlanes: true
            )
        }
    }
}

extension Array {
    /// The first index whose element satisfies the condition, when all after it do too.
    func partitioningIndex(where isSecond: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
