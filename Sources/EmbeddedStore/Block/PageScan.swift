import SpanStorage
import TraceModel

/// Compares the spans of a page with a filter, column by column.
struct PageScan {
    let page: PageReader
    /// By row: its shape.
    let shapes: [Int]

    init(_ page: PageReader) throws(SpanStoreError) {
        self.page = page
        shapes = try page.shapes()
    }

    /// For each row, whether its span satisfies the filter.
    func matches(_ filter: BlockFilter) throws(SpanStoreError) -> [Bool] {
        let possible = try matches(filter.root)
        guard let exact = filter.exact, possible.contains(true) else { return possible }
        return try decoded(possible, matching: exact)
    }

    private func matches(_ node: BlockFilter.Node) throws(SpanStoreError) -> [Bool] {
        switch node {
        case .constant(let value): return [Bool](repeating: value, count: shapes.count)
        case .and(let nodes):
            var all = [Bool](repeating: true, count: shapes.count)
            for node in nodes {
                let own = try matches(node)
                var any = false
                for row in all.indices {
                    all[row] = all[row] && own[row]
                    any = any || all[row]
                }
                if !any { return all }
            }
            return all
        case .or(let nodes):
            var some = [Bool](repeating: false, count: shapes.count)
            for node in nodes {
                let own = try matches(node)
                for row in some.indices { some[row] = some[row] || own[row] }
            }
            return some
        case .not(let node): return try matches(node).map { !$0 }
        case .shapes(let marked): return shapes.map { marked[$0] }
        case .durationAtLeast(let least): return try durations().map { $0 >= least }
        case .durationAtMost(let most): return try durations().map { $0 <= most }
        case .tag(let tag): return try matches(tag)
        case .field(let field): return try matches(field)
        }
    }

    private func durations() throws(SpanStoreError) -> [Int64] {
        try page.numbers(BlockLayout.Column.durations).map(unzigzag)
    }

    private func matches(_ tag: BlockTag) throws(SpanStoreError) -> [Bool] {
        var found = shapes.map { tag.shapes[$0] }
        if tag.resources.contains(true) {
            for (row, number) in try page.numbers(BlockLayout.Column.resources).enumerated() {
                guard number < UInt64(tag.resources.count) else { throw page.block.damaged("number of a resource") }
                found[row] = found[row] || tag.resources[Int(number)]
            }
        }
        for column in tag.columns { try scan(column, tag.value, &found) }
        if tag.eventKey != nil || tag.eventName != nil { try scanEvents(tag, &found) }
        return found
    }

    /// Compares the values of one attribute column. A row has as many of them as its shape names the column.
    private func scan(_ column: UInt32, _ value: BlockText, _ found: inout [Bool]) throws(SpanStoreError) {
        var perShape = [Int](repeating: 0, count: page.meta.shapes.count)
        var isInPage = false
        for (number, shape) in page.meta.shapes.enumerated() where page.page.hasShape(number) {
            for own in shape.columns where own == column { perShape[number] += 1 }
            isInPage = isInPage || perShape[number] > 0
        }
        guard isInPage else { return }
        var total = 0
        for shape in shapes { total += perShape[shape] }
        let hits = try hits(column, value, count: total)
        var next = 0
        for row in shapes.indices {
            for _ in 0..<perShape[shapes[row]] {
                found[row] = found[row] || hits[next]
                next += 1
            }
        }
    }

    private func hits(_ number: UInt32, _ value: BlockText, count: Int) throws(SpanStoreError) -> [Bool] {
        let column = page.meta.columns[Int(number)]
        let place = BlockLayout.Column.attributes + number
        guard column.isRaw else { return try page.numbers(place, count: count).map { value.matches(column.type, $0) } }
        var strings = try page.strings(place, count: count)
        var hits = [Bool](repeating: false, count: count)
        for index in 0..<count {
            guard let range = strings.range(index) else { throw page.block.damaged("column \(place) of a page") }
            hits[index] = value.matches(column.type, raw: strings.chunk.span.bytes.extracting(range))
        }
        return hits
    }

    private func scanEvents(_ tag: BlockTag, _ found: inout [Bool]) throws(SpanStoreError) {
        let counts = try page.numbers(BlockLayout.Column.eventCounts)
        let total = try page.total(counts)
        if total == 0 { return }
        let names = try page.numbers(BlockLayout.Column.eventNames, count: total)
        let lists = try page.numbers(BlockLayout.Column.eventLists, count: total)
        let fields = try page.total(lists)
        let keys = try page.numbers(BlockLayout.Column.eventLists + 1, count: fields)
        let types = try page.numbers(BlockLayout.Column.eventLists + 2, count: fields)
        let values = try page.numbers(BlockLayout.Column.eventLists + 3, count: fields)
        var event = 0
        var field = 0
        for row in found.indices {
            for _ in 0..<counts[row] {
                if let name = tag.eventName, names[event] == UInt64(name) { found[row] = true }
                for _ in 0..<lists[event] {
                    if let key = tag.eventKey, keys[field] == UInt64(key),
                        let type = AttributeType(rawValue: UInt8(clamping: types[field])),
                        tag.value.matches(type, values[field])
                    {
                        found[row] = true
                    }
                    field += 1
                }
                event += 1
            }
        }
    }
}

extension BlockDirectory.Page {
    /// Whether a span of the page has the shape.
    func hasShape(_ number: Int) -> Bool {
        number / 8 < shapes.count && shapes[number / 8] & 1 << UInt8(number % 8) != 0
    }
}
