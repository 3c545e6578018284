import TraceModel

/// Puts a condition to all spans of a batch, column by column.
///
/// The test is asked once for each distinct string; rows compare numbers.
struct FieldRows {
    let condition: FieldCondition
    private var test: ValueTest
    // If only one string satisfies the test: its place in the table, if it has one there.
    private let onlyString: StringRef?
    private let hasOnlyString: Bool
    // By string: 1 asked as a string, 2 accepted as one, 4 asked as an array, 8 accepted as one.
    private var known: [UInt8] = []
    private(set) var rows: [Bool]

    init(_ condition: FieldCondition, for batch: borrowing SpanBatch) {
        self.condition = condition
        let test = ValueTest(condition.test)
        self.test = test
        hasOnlyString = test.onlyString != nil
        onlyString = test.onlyString.flatMap { batch.strings.firstRef(of: $0.span.bytes) }
        rows = [Bool](repeating: false, count: batch.count)
    }

    /// The filter for the batch that is as good as the condition.
    static func prepared(
        _ condition: FieldCondition,
        for batch: borrowing SpanBatch,
        trace: TraceFacts?
    ) -> PreparedFilter {
        var reader = FieldRows(condition, for: batch)
        switch condition.field {
        case .attribute(.resource, let key):
            let answers = reader.resources(key, batch).map { $0 == true }
            return answers.contains(true) ? .resource(answers) : .constant(false)
        case .attribute(let level, let key):
            reader.readAttributes(level, key, batch)
        case .intrinsic(let intrinsic):
            if intrinsic.isOfTrace {
                guard let trace else { return .constant(false) }
                if intrinsic.isOfPlace {
                    reader.readPlaces(intrinsic, batch)
                    break
                }
                return .constant(reader.accepts(intrinsic, of: trace, batch))
            }
            reader.read(intrinsic, batch)
        }
        return reader.rows.contains(true) ? .rows(reader.rows) : .constant(false)
    }

    mutating func accepts(_ type: AttributeType, _ bits: UInt64, _ strings: borrowing StringTable) -> Bool {
        if test.acceptsAnything { return true }
        guard type == .string || type == .array else {
            return type.isReference ? false : test.accepts(type, bits: bits, bytes: RawSpan())
        }
        let ref = StringRef(truncatingIfNeeded: bits)
        if type == .string, hasOnlyString { return ref == onlyString }
        guard Int(ref) < strings.count else { return false }
        if known.isEmpty { known = [UInt8](repeating: 0, count: strings.count) }
        let asked: UInt8 = type == .string ? 1 : 4
        if known[Int(ref)] & asked == 0 {
            let isAccepted = test.accepts(type, bits: bits, bytes: strings.bytes(ref))
            known[Int(ref)] |= isAccepted ? asked | asked << 1 : asked
        }
        return known[Int(ref)] & asked << 1 != 0
    }

    mutating func accepts(string ref: StringRef, _ strings: borrowing StringTable) -> Bool {
        accepts(.string, UInt64(ref), strings)
    }

    /// By resource: whether it satisfies the condition; nil if it does not have the key.
    private mutating func resources(_ key: String, _ batch: borrowing SpanBatch) -> [Bool?] {
        var answers: [Bool?] = []
        if key == SpanField.serviceKey {
            for resource in batch.resources { answers.append(accepts(string: resource.service, batch.strings)) }
            return answers
        }
        guard let ref = batch.strings.firstRef(of: key) else {
            return [Bool?](repeating: nil, count: batch.resources.count)
        }
        for resource in batch.resources { answers.append(attributes(resource.attributes, ref, batch.strings)) }
        return answers
    }

    private mutating func attributes(
        _ attributes: [Attribute],
        _ key: StringRef,
        _ strings: borrowing StringTable
    ) -> Bool? {
        var answer: Bool?
        for attribute in attributes where attribute.key == key {
            answer = answer == true || accepts(attribute.type, attribute.value, strings)
        }
        return answer
    }

    private mutating func readAttributes(_ level: AttributeLevel, _ key: String, _ batch: borrowing SpanBatch) {
        // By row: the level that decides it, 0 while none has the key.
        var levels = [UInt8](repeating: 0, count: batch.count)
        let ref = batch.strings.firstRef(of: key)
        if let ref, level == .any || level == .span {
            readSpans(ref, batch, &levels)
        }
        if level == .any, ref != nil || key == SpanField.serviceKey {
            let answers = resources(key, batch)
            for row in levels.indices where levels[row] == 0 {
                let number = Int(batch.spans.resources[row])
                guard number < answers.count, let answer = answers[number] else { continue }
                levels[row] = 2
                rows[row] = answer
            }
        }
        guard let ref else { return }
        if level == .any || level == .event {
            read(batch.events.attributes, of: batch.events.ends, ref, 3, batch, &levels)
        }
        if level == .any || level == .link {
            read(batch.links.attributes, of: batch.links.ends, ref, 4, batch, &levels)
        }
        if level == .any || level == .scope {
            var answers: [Bool?] = []
            for scope in batch.scopes { answers.append(attributes(scope.attributes, ref, batch.strings)) }
            for row in levels.indices where levels[row] == 0 {
                let number = Int(batch.spans.scopes[row])
                if number < answers.count, answers[number] == true { rows[row] = true }
            }
        }
    }

    private mutating func readSpans(_ key: StringRef, _ batch: borrowing SpanBatch, _ levels: inout [UInt8]) {
        let lists = batch.spanAttributes
        var row = 0
        for index in lists.keys.indices where lists.keys[index] == key {
            while row < rows.count, Int(lists.ends[row]) <= index { row += 1 }
            // Attributes beyond the last row are those of a span that is still open.
            if row >= rows.count { return }
            levels[row] = 1
            rows[row] = rows[row] || accepts(lists.types[index], lists.values[index], batch.strings)
        }
    }

    /// Reads the attributes of what spans have several of: `ends` says where each span's run of them ends.
    private mutating func read(
        _ lists: AttributeLists,
        of ends: [UInt32],
        _ key: StringRef,
        _ level: UInt8,
        _ batch: borrowing SpanBatch,
        _ levels: inout [UInt8]
    ) {
        var row = 0
        var owner = 0
        for index in lists.keys.indices where lists.keys[index] == key {
            while owner < lists.ends.count, Int(lists.ends[owner]) <= index { owner += 1 }
            while row < rows.count, Int(ends[row]) <= owner { row += 1 }
            if row >= rows.count { return }
            guard levels[row] == 0 || levels[row] == level else { continue }
            levels[row] = level
            rows[row] = rows[row] || accepts(lists.types[index], lists.values[index], batch.strings)
        }
    }

    /// Sets the answer for a row.
    mutating func set(_ row: Int, _ answer: Bool) { rows[row] = answer }

    mutating func accepts(int number: Int64) -> Bool { test.accepts(int: number) }

    /// Puts a text that is in no table to the test.
    mutating func accepts(text: String) -> Bool {
        let bytes = Array(text.utf8)
        return test.accepts(string: bytes.span.bytes)
    }
}
