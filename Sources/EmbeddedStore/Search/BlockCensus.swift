import SpanStorage
import TraceModel

extension Segment {
    /// Counts its attributes: on shapes and dictionary, and on one column where values are asked for.
    func count(_ census: inout AttributeCensus, _ meter: inout QueryMeter) throws(SpanStoreError) -> PartialAnswer
        .Reason?
    {
        let window = census.query.start
        var counter: BlockCensus?
        for (index, page) in block.directory.pages.enumerated().reversed()
        where page.startMin <= window.upperBound && page.startMax >= window.lowerBound {
            if let reason = meter.exhaustion { return reason }
            meter.add(spans: page.rows, bytes: Int(block.directory.section(.page, index: index)?.length ?? 0))
            if counter == nil { counter = BlockCensus(try block.meta(), census) }
            try counter?.count(try block.page(index, meta: try block.meta()), &census)
        }
        counter?.flush(&census)
        return nil
    }
}

/// The counting of attributes in one block.
private struct BlockCensus {
    private let meta: BlockMeta
    private let key: StringRef?
    // By shape: whether its service is asked for.
    private let shapes: [Bool]
    private var spans: AttributeTally
    private var events: AttributeTally
    private var links: AttributeTally
    private var resourceCounts: [Int]
    private var scopeCounts: [Int]

    init(_ meta: BlockMeta, _ census: AttributeCensus) {
        self.meta = meta
        var key: StringRef?
        // A key that the block does not have is asked for by a number that none has.
        if case .values(let text) = census.subject { key = meta.strings.firstRef(of: text) ?? .max }
        self.key = key
        let services = census.query.services.compactMap { meta.strings.firstRef(of: $0) }
        shapes = meta.shapes.map { census.query.services.isEmpty || services.contains($0.service) }
        spans = AttributeTally(only: key)
        events = AttributeTally(only: key)
        links = AttributeTally(only: key)
        resourceCounts = [Int](repeating: 0, count: meta.resources.count)
        scopeCounts = [Int](repeating: 0, count: meta.scopes.count)
    }

    mutating func count(_ page: PageReader, _ census: inout AttributeCensus) throws(SpanStoreError) {
        let shapes = try page.shapes()
        var rows = shapes.map { self.shapes[$0] }
        let window = census.query.start
        if page.page.startMin < window.lowerBound || page.page.startMax > window.upperBound {
            let table = try page.block.traces()
            let starts = try page.starts(table, traces: try page.traces(table))
            for row in rows.indices where !window.contains(starts[row]) { rows[row] = false }
        }
        guard rows.contains(true) else { return }
        if census.asks(.span) { try countSpans(page, shapes, rows, &census) }
        if census.asks(.resource) {
            for (row, number) in try page.numbers(BlockLayout.Column.resources).enumerated() where rows[row] {
                guard number < UInt64(resourceCounts.count) else { throw page.block.damaged("number of a resource") }
                resourceCounts[Int(number)] += 1
            }
        }
        if census.asks(.scope) {
            for row in rows.indices where rows[row] {
                let scope = Int(meta.shapes[shapes[row]].scope)
                if scope < scopeCounts.count { scopeCounts[scope] += 1 }
            }
        }
        if census.asks(.event), !meta.eventStrings.isEmpty {
            try count(page, BlockLayout.Column.eventCounts, BlockLayout.Column.eventLists, rows, &events)
        }
        if census.asks(.link) {
            try count(page, BlockLayout.Column.linkCounts, BlockLayout.Column.linkLists, rows, &links)
        }
    }

    /// Hands over what is counted in the block's terms.
    mutating func flush(_ census: inout AttributeCensus) {
        spans.flush(.span, meta.strings, &census)
        events.flush(.event, meta.strings, &census)
        links.flush(.link, meta.strings, &census)
        var owners = AttributeTally(only: key)
        owners.addResources(meta.resources, resourceCounts, meta.strings, &census)
        for (scope, count) in zip(meta.scopes, scopeCounts) { owners.add(scope.attributes, times: count) }
        owners.flush(.scope, meta.strings, &census)
    }

    private mutating func countSpans(
        _ page: PageReader,
        _ shapes: [Int],
        _ rows: [Bool],
        _ census: inout AttributeCensus
    ) throws(SpanStoreError) {
        guard let key else {
            var perShape = [Int](repeating: 0, count: meta.shapes.count)
            for row in rows.indices where rows[row] { perShape[shapes[row]] += 1 }
            for (shape, count) in perShape.enumerated() where count > 0 {
                for number in meta.shapes[shape].columns {
                    let column = meta.columns[Int(number)]
                    spans.add(column.key, column.type, 0, times: count)
                }
            }
            return
        }
        for number in meta.columns.indices where meta.columns[number].key == key {
            try count(page, column: number, shapes, rows, &census)
        }
    }

    /// Counts the values of one attribute column.
    private mutating func count(
        _ page: PageReader,
        column number: Int,
        _ shapes: [Int],
        _ rows: [Bool],
        _ census: inout AttributeCensus
    ) throws(SpanStoreError) {
        var perShape = [Int](repeating: 0, count: meta.shapes.count)
        for (shape, columns) in meta.shapes.enumerated() where page.page.hasShape(shape) {
            for own in columns.columns where Int(own) == number { perShape[shape] += 1 }
        }
        let total = shapes.reduce(0) { $0 + perShape[$1] }
        if total == 0 { return }
        let column = meta.columns[number]
        let place = BlockLayout.Column.attributes + UInt32(number)
        var values: [UInt64] = []
        var strings: BytesColumn?
        if column.isRaw {
            if census.rawPages >= AttributeCensus.rawPagesMax {
                census.isExact = false
                return
            }
            census.rawPages += 1
            strings = try page.strings(place, count: total)
        } else {
            values = try page.numbers(place, count: total)
        }
        var next = 0
        for row in rows.indices {
            for _ in 0..<perShape[shapes[row]] {
                defer { next += 1 }
                if !rows[row] { continue }
                if strings == nil {
                    guard !column.type.isReference || values[next] < UInt64(meta.strings.count) else {
                        throw page.block.damaged("reference to a string")
                    }
                    spans.add(column.key, column.type, values[next])
                    continue
                }
                guard let range = strings?.range(next), let bytes = strings?.chunk else {
                    throw page.block.damaged("column \(place) of a page")
                }
                census.count(value: 0, column.type, bytes: bytes.span.bytes.extracting(range), times: 1)
            }
        }
    }

    /// Counts the attributes of events or links.
    private func count(
        _ page: PageReader,
        _ countColumn: UInt32,
        _ listColumn: UInt32,
        _ rows: [Bool],
        _ tally: inout AttributeTally
    ) throws(SpanStoreError) {
        let counts = try page.numbers(countColumn)
        let total = try page.total(counts)
        if total == 0 { return }
        let lists = try page.numbers(listColumn, count: total)
        let fields = try page.total(lists)
        let keys = try page.numbers(listColumn + 1, count: fields)
        let types = try page.numbers(listColumn + 2, count: fields)
        let values = try page.numbers(listColumn + 3, count: fields)
        var owner = 0
        var place = 0
        for row in counts.indices {
            for _ in 0..<counts[row] {
                for _ in 0..<lists[owner] {
                    guard let type = AttributeType(rawValue: UInt8(clamping: types[place])),
                        keys[place] < UInt64(meta.strings.count),
                        !type.isReference || values[place] < UInt64(meta.strings.count)
                    else { throw page.block.damaged("attribute of an event or a link") }
                    if rows[row] { tally.add(StringRef(keys[place]), type, values[place]) }
                    place += 1
                }
                owner += 1
            }
        }
    }
}
