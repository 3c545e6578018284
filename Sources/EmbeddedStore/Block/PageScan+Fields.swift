import SpanStorage
import TraceModel

// Conditions on attributes: the levels are asked in the order of `AttributeLevel.any`, and the first that has the key
// decides.
extension PageScan {
    /// For each row, whether its span satisfies the condition.
    func matches(_ field: BlockField) throws(SpanStoreError) -> [Bool] {
        var answers = FieldAnswers(field, rows: shapes.count, strings: page.meta.strings.count)
        if !field.holders.isEmpty {
            for row in shapes.indices where field.holders[shapes[row]] { answers.levels[row] = 1 }
            for column in field.columns.sorted() { try scan(column, &answers) }
        }
        if field.resources.contains(where: { $0 != nil }) {
            for (row, number) in try page.numbers(BlockLayout.Column.resources).enumerated() {
                guard number < UInt64(field.resources.count) else { throw page.block.damaged("number of a resource") }
                if let answer = field.resources[Int(number)] { answers.add(answer, row: row, level: 2) }
            }
        }
        if let key = field.eventKey {
            try scan(BlockLayout.Column.eventCounts, BlockLayout.Column.eventLists, key, level: 3, &answers)
        }
        if let key = field.linkKey {
            try scan(BlockLayout.Column.linkCounts, BlockLayout.Column.linkLists, key, level: 4, &answers)
        }
        if field.scopes.contains(where: { $0 != nil }) {
            for row in shapes.indices {
                let number = Int(page.meta.shapes[shapes[row]].scope)
                guard number < field.scopes.count, let answer = field.scopes[number] else { continue }
                answers.add(answer, row: row, level: 5)
            }
        }
        return answers.rows
    }

    /// Puts the values of one of the spans' own columns to the test.
    private func scan(_ number: UInt32, _ answers: inout FieldAnswers) throws(SpanStoreError) {
        var perShape = [Int](repeating: 0, count: page.meta.shapes.count)
        for (shape, columns) in page.meta.shapes.enumerated() where page.page.hasShape(shape) {
            for own in columns.columns where own == number { perShape[shape] += 1 }
        }
        let total = shapes.reduce(0) { $0 + perShape[$1] }
        if total == 0 { return }
        let column = page.meta.columns[Int(number)]
        let place = BlockLayout.Column.attributes + number
        var next = 0
        if column.isRaw {
            var strings = try page.strings(place, count: total)
            for row in shapes.indices {
                for _ in 0..<perShape[shapes[row]] {
                    guard let range = strings.range(next) else { throw page.block.damaged("column \(place) of a page") }
                    let value = strings.chunk.span.bytes.extracting(range)
                    answers.add(answers.test.accepts(column.type, bits: 0, bytes: value), row: row, level: 1)
                    next += 1
                }
            }
            return
        }
        let values = try page.numbers(place, count: total)
        for row in shapes.indices {
            for _ in 0..<perShape[shapes[row]] {
                answers.add(try accepts(column.type, values[next], &answers), row: row, level: 1)
                next += 1
            }
        }
    }

    /// Puts the attributes of events or links to the test.
    private func scan(
        _ countColumn: UInt32,
        _ listColumn: UInt32,
        _ key: StringRef,
        level: UInt8,
        _ answers: inout FieldAnswers
    ) throws(SpanStoreError) {
        let counts = try page.numbers(countColumn)
        let total = try page.total(counts)
        if total == 0 { return }
        let lists = try page.numbers(listColumn, count: total)
        let fields = try page.total(lists)
        let keys = try page.numbers(listColumn + 1, count: fields)
        guard keys.contains(UInt64(key)) else { return }
        let types = try page.numbers(listColumn + 2, count: fields)
        let values = try page.numbers(listColumn + 3, count: fields)
        var owner = 0
        var place = 0
        for row in counts.indices {
            for _ in 0..<counts[row] {
                for _ in 0..<lists[owner] {
                    if keys[place] == UInt64(key) {
                        guard let type = AttributeType(rawValue: UInt8(clamping: types[place])) else {
                            throw page.block.damaged("type of an attribute")
                        }
                        answers.add(try accepts(type, values[place], &answers), row: row, level: level)
                    }
                    place += 1
                }
                owner += 1
            }
        }
    }

    /// Whether a value satisfies the test, which a string of the dictionary is put to but once.
    private func accepts(
        _ type: AttributeType,
        _ bits: UInt64,
        _ answers: inout FieldAnswers
    ) throws(SpanStoreError) -> Bool {
        if answers.test.acceptsAnything { return true }
        guard type.isReference else { return answers.test.accepts(type, bits: bits, bytes: RawSpan()) }
        guard type == .string || type == .array else { return false }
        if type == .string, answers.test.onlyString != nil { return answers.onlyString.map(UInt64.init) == bits }
        guard bits < UInt64(answers.known.count) else { throw page.block.damaged("reference to a string") }
        let asked: UInt8 = type == .string ? 1 : 4
        if answers.known[Int(bits)] & asked == 0 {
            let bytes = page.meta.strings.bytes(StringRef(bits))
            let isAccepted = answers.test.accepts(type, bits: bits, bytes: bytes)
            answers.known[Int(bits)] |= isAccepted ? asked | asked << 1 : asked
        }
        return answers.known[Int(bits)] & asked << 1 != 0
    }

    /// Of the rows that are possible those that match the filter: it is put to the spans themselves.
    func decoded(_ possible: [Bool], matching filter: SpanFilter) throws(SpanStoreError) -> [Bool] {
        let rows = possible.indices.filter { possible[$0] }
        let table = try page.block.traces()
        let traces = try page.traces(table)
        let starts = try page.starts(table, traces: traces)
        let ids = rows.map { table.id(traces[$0]) }
        let batch = try PageDecoder.decode(page, rows: rows, shapes: shapes, starts: starts, ids: ids)
        let prepared = PreparedFilter(filter, for: batch)
        var answers = possible
        for (index, row) in rows.enumerated() { answers[row] = prepared.matches(index, in: batch) }
        return answers
    }
}

/// The answers of a condition on attributes for the rows of a page, while its levels are asked one after the other.
private struct FieldAnswers {
    var test: ValueTest
    let onlyString: StringRef?
    /// By string of the dictionary: 1 asked as a string, 2 accepted as one, 4 asked as an array, 8 accepted as one.
    var known: [UInt8]
    /// By row: the level that decides, 0 while none has had the key.
    var levels: [UInt8]
    var rows: [Bool]

    init(_ field: BlockField, rows: Int, strings: Int) {
        test = field.test
        onlyString = field.onlyString
        known = [UInt8](repeating: 0, count: strings)
        levels = [UInt8](repeating: 0, count: rows)
        self.rows = [Bool](repeating: false, count: rows)
    }

    /// Takes the answer of one value; only the first level that has values of a row counts.
    mutating func add(_ answer: Bool, row: Int, level: UInt8) {
        if levels[row] == 0 { levels[row] = level }
        if levels[row] == level, answer { rows[row] = true }
    }
}
