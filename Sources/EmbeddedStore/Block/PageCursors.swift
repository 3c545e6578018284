import SpanStorage
import TraceModel

/// The fields of a page's spans that stand in columns of their own.
struct SpanFields {
    private let spanIDs: [UInt64]
    private var parents: [UInt64] = []
    private let statusMessages: [UInt64]
    private let traceStates: [UInt64]
    private let flags: [UInt64]
    private let droppedAttributes: [UInt64]
    private let droppedEvents: [UInt64]
    private let droppedLinks: [UInt64]

    init(_ page: PageReader) throws(SpanStoreError) {
        spanIDs = try page.numbers(BlockLayout.Column.spanIDs)
        statusMessages = try page.numbers(BlockLayout.Column.statusMessages)
        traceStates = try page.numbers(BlockLayout.Column.traceStates)
        flags = try page.numbers(BlockLayout.Column.flags)
        droppedAttributes = try page.numbers(BlockLayout.Column.droppedAttributes)
        droppedEvents = try page.numbers(BlockLayout.Column.droppedEvents)
        droppedLinks = try page.numbers(BlockLayout.Column.droppedLinks)
        // Blocks of version 1 have the parent's row in the page instead of how far up it is.
        let areRows = page.has(BlockLayout.Column.parents)
        let codes = try page.numbers(areRows ? BlockLayout.Column.parents : BlockLayout.Column.parentDistances)
        let foreign = try page.numbers(
            BlockLayout.Column.foreignParents,
            count: codes.reduce(0) { $1 == 1 ? $0 + 1 : $0 }
        )
        var nextForeign = 0
        parents.reserveCapacity(codes.count)
        for (row, code) in codes.enumerated() {
            switch code {
            case 0: parents.append(0)
            case 1:
                parents.append(foreign[nextForeign])
                nextForeign += 1
            default:
                let place = areRows ? Int64(clamping: code - 2) : Int64(row) &- unzigzag(code - 2)
                guard (0..<Int64(spanIDs.count)).contains(place) else { throw page.block.damaged("column of parents") }
                parents.append(spanIDs[Int(place)])
            }
        }
    }

    /// Sets the fields of a row; strings stay refs of the dictionary.
    func read(_ row: Int, into span: inout SpanRow) {
        span.spanID = SpanID(spanIDs[row])
        span.parentSpanID = SpanID(parents[row])
        span.statusMessage = StringRef(clamping: statusMessages[row])
        span.traceState = StringRef(clamping: traceStates[row])
        span.flags = UInt32(truncatingIfNeeded: flags[row])
        span.droppedAttributes = UInt32(truncatingIfNeeded: droppedAttributes[row])
        span.droppedEvents = UInt32(truncatingIfNeeded: droppedEvents[row])
        span.droppedLinks = UInt32(truncatingIfNeeded: droppedLinks[row])
    }
}

/// Walks the attribute columns of a page: each holds the values of those rows whose shape names it, in their order.
struct AttributeCursor {
    private enum Values {
        case unwanted
        case numbers([UInt64])
        case strings(Int)
    }

    private let page: PageReader
    private let shapes: [Int]
    private var columns: [Values]
    private var rawColumns: [BytesColumn] = []
    private var places: [Int]
    private var row = 0

    init(_ page: PageReader, rows: [Int], shapes: [Int]) throws(SpanStoreError) {
        self.page = page
        self.shapes = shapes
        places = [Int](repeating: 0, count: page.meta.columns.count)
        columns = [Values](repeating: .unwanted, count: page.meta.columns.count)
        var shapeRows = [Int](repeating: 0, count: page.meta.shapes.count)
        for shape in shapes { shapeRows[shape] += 1 }
        var counts = [Int](repeating: 0, count: page.meta.columns.count)
        for (shape, rows) in shapeRows.enumerated() where rows > 0 {
            for column in page.meta.shapes[shape].columns { counts[Int(column)] += rows }
        }
        var wanted = [Bool](repeating: false, count: page.meta.columns.count)
        var seen = [Bool](repeating: false, count: page.meta.shapes.count)
        for row in rows where !seen[shapes[row]] {
            seen[shapes[row]] = true
            for column in page.meta.shapes[shapes[row]].columns { wanted[Int(column)] = true }
        }
        for number in wanted.indices where wanted[number] {
            let place = BlockLayout.Column.attributes + UInt32(number)
            if page.meta.columns[number].isRaw {
                columns[number] = .strings(rawColumns.count)
                rawColumns.append(try page.strings(place, count: counts[number]))
            } else {
                columns[number] = .numbers(try page.numbers(place, count: counts[number]))
            }
        }
    }

    /// Moves on to a row, past the values of those between.
    mutating func seek(_ row: Int) throws(SpanStoreError) {
        while self.row < row {
            for column in page.meta.shapes[shapes[self.row]].columns { places[Int(column)] += 1 }
            self.row += 1
        }
    }

    /// The row's next value of a column, or nil if nobody wants it; raw strings are put into `strings`.
    mutating func next(_ number: UInt32, strings: inout StringTable) throws(SpanStoreError) -> UInt64? {
        let place = places[Int(number)]
        places[Int(number)] += 1
        switch columns[Int(number)] {
        case .unwanted: return nil
        case .numbers(let values):
            guard place < values.count else { throw page.block.damaged("column of a page") }
            return values[place]
        case .strings(let raw):
            guard let range = rawColumns[raw].range(place) else { throw page.block.damaged("column of a page") }
            return UInt64(strings.intern(rawColumns[raw].chunk.span.bytes.extracting(range)))
        }
    }

    /// Ends the row.
    mutating func finish() { row += 1 }
}

/// Four columns that are lists of attributes: see `PageWriter.putLists`.
struct ListCursor {
    private let counts: [UInt64]
    private let keys: [UInt64]
    private let types: [UInt64]
    private let values: [UInt64]
    private let firsts: [Int]

    init(_ page: PageReader, _ number: UInt32, owners: Int) throws(SpanStoreError) {
        counts = try page.numbers(number, count: owners)
        let (firsts, total) = try runs(counts, page)
        self.firsts = firsts
        keys = try page.numbers(number + 1, count: total)
        types = try page.numbers(number + 2, count: total)
        values = try page.numbers(number + 3, count: total)
    }

    func attributes(_ owner: Int, _ decoder: inout PageDecoder) throws(SpanStoreError) -> [Attribute] {
        var attributes: [Attribute] = []
        for index in firsts[owner]..<firsts[owner] + Int(counts[owner]) {
            attributes.append(try decoder.attribute(key: keys[index], type: types[index], value: values[index]))
        }
        return attributes
    }
}

/// Where each of some runs begins, and how much they are together.
private func runs(_ counts: [UInt64], _ page: PageReader) throws(SpanStoreError) -> (firsts: [Int], total: Int) {
    var firsts: [Int] = []
    firsts.reserveCapacity(counts.count)
    var total = 0
    for count in counts {
        firsts.append(total)
        guard count <= UInt64(BlockLayout.columnBytesMax / 8 - total) else {
            throw page.block.damaged("column of counts")
        }
        total += Int(count)
    }
    return (firsts, total)
}

/// The events of a page.
struct EventCursor {
    private let counts: [UInt64]
    private let firsts: [Int]
    private let times: [UInt64]
    private let names: [UInt64]
    private let dropped: [UInt64]
    private let lists: ListCursor

    /// The events of some rows; if these have none, nothing else is read.
    init(_ page: PageReader, rows: [Int]) throws(SpanStoreError) {
        var counts = try page.numbers(BlockLayout.Column.eventCounts)
        if !rows.contains(where: { counts[$0] > 0 }) { counts = [UInt64](repeating: 0, count: counts.count) }
        self.counts = counts
        let (firsts, total) = try runs(counts, page)
        self.firsts = firsts
        times = try page.numbers(BlockLayout.Column.eventTimes, count: total)
        names = try page.numbers(BlockLayout.Column.eventNames, count: total)
        dropped = try page.numbers(BlockLayout.Column.eventDropped, count: total)
        lists = try ListCursor(page, BlockLayout.Column.eventLists, owners: total)
    }

    func appendEvents(of row: Int, start: UInt64, to decoder: inout PageDecoder) throws(SpanStoreError) {
        for index in firsts[row]..<firsts[row] + Int(counts[row]) {
            let time = start &+ UInt64(bitPattern: unzigzag(times[index]))
            let attributes = try lists.attributes(index, &decoder)
            try decoder.append(event: time, name: names[index], dropped: dropped[index], attributes: attributes)
        }
    }
}

/// The links of a page.
struct LinkCursor {
    private let counts: [UInt64]
    private let firsts: [Int]
    private let columns: [[UInt64]]
    private let lists: ListCursor
    private let block: BlockReader

    /// The links of some rows; if these have none, nothing else is read.
    init(_ page: PageReader, rows: [Int]) throws(SpanStoreError) {
        block = page.block
        var counts = try page.numbers(BlockLayout.Column.linkCounts)
        if !rows.contains(where: { counts[$0] > 0 }) { counts = [UInt64](repeating: 0, count: counts.count) }
        self.counts = counts
        let (firsts, total) = try runs(counts, page)
        self.firsts = firsts
        var columns: [[UInt64]] = []
        for number in BlockLayout.Column.linkKinds...BlockLayout.Column.linkDropped {
            columns.append(try page.numbers(number, count: total))
        }
        self.columns = columns
        lists = try ListCursor(page, BlockLayout.Column.linkLists, owners: total)
    }

    func appendLinks(of row: Int, to decoder: inout PageDecoder) throws(SpanStoreError) {
        for index in firsts[row]..<firsts[row] + Int(counts[row]) {
            guard let kind = LinkKind(rawValue: UInt8(clamping: columns[0][index])) else {
                throw block.damaged("kind of a link")
            }
            var link = LinkRow()
            link.kind = kind
            link.traceID = TraceID(high: columns[1][index], low: columns[2][index])
            link.spanID = SpanID(columns[3][index])
            link.traceState = StringRef(clamping: columns[4][index])
            link.flags = UInt32(truncatingIfNeeded: columns[5][index])
            link.droppedAttributes = UInt32(truncatingIfNeeded: columns[6][index])
            try decoder.append(link: link, attributes: try lists.attributes(index, &decoder))
        }
    }
}
