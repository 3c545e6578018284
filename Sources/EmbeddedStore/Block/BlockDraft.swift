import TraceModel

/// A block while it is being made: the spans of a batch in trace order, and what they share, numbered for the file.
struct BlockDraft {
    /// A trace's run of rows.
    struct Trace {
        var id: TraceID
        var firstRow: Int
        var rows: Int
        var start: UInt64
    }

    /// The spans, sorted: traces by their start, the spans of a trace by theirs.
    let batch: SpanBatch
    private(set) var traces: [Trace] = []
    private(set) var meta = BlockMeta()
    /// Each row's shape.
    private(set) var shapes: [UInt32] = []
    /// The values of each attribute column, in the order of rows; strings as refs of the batch.
    private(set) var columnValues: [[UInt64]] = []
    /// The dictionary's ref of each string of the batch, or `unknown` for those that only raw columns have.
    private(set) var refs: [StringRef] = []

    private static let unknown = StringRef.max

    /// Puts the spans of some batches in order and finds what they share.
    init(_ batches: [SpanBatch]) {
        batch = Self.sorted(batches)
        findTraces()
        findColumns()
        chooseRawColumns()
        fillDictionary()
        findShapes()
    }

    /// The dictionary's ref of one of the batch's strings.
    func ref(_ ref: StringRef) -> UInt64 { UInt64(refs[Int(ref)]) }

    /// The stored value of an attribute outside the columns.
    func value(_ type: AttributeType, _ bits: UInt64) -> UInt64 {
        type.isReference ? ref(StringRef(truncatingIfNeeded: bits)) : bits
    }

    private static func sorted(_ batches: [SpanBatch]) -> SpanBatch {
        struct Place {
            var trace: Int
            var start: UInt64
            var batch: Int
            var row: Int
        }
        var numbers: [TraceID: Int] = [:]
        var starts: [UInt64] = []
        var ids: [TraceID] = []
        var places: [Place] = []
        places.reserveCapacity(batches.reduce(0) { $0 + $1.count })
        for (index, batch) in batches.enumerated() {
            for row in 0..<batch.count {
                let id = batch.spans.traceID(row)
                let start = batch.spans.starts[row]
                let number: Int
                if let known = numbers[id] {
                    number = known
                    starts[known] = min(starts[known], start)
                } else {
                    number = ids.count
                    numbers[id] = number
                    starts.append(start)
                    ids.append(id)
                }
                places.append(Place(trace: number, start: start, batch: index, row: row))
            }
        }
        let order = (0..<ids.count).sorted { starts[$0] == starts[$1] ? ids[$0] < ids[$1] : starts[$0] < starts[$1] }
        var ranks = [Int](repeating: 0, count: ids.count)
        for (rank, trace) in order.enumerated() { ranks[trace] = rank }
        places.sort { left, right in
            if left.trace != right.trace { return ranks[left.trace] < ranks[right.trace] }
            if left.start != right.start { return left.start < right.start }
            return left.batch == right.batch ? left.row < right.row : left.batch < right.batch
        }
        var sorted = SpanBatch()
        var index = ResourceIndex()
        // Boxes: an element of an array of structs would be copied, with a retain of each column, for every row.
        let boxes = batches.map(Box.init)
        var copies = batches.map { BatchCopy(from: $0) }
        for place in places {
            copies[place.batch].append(place.row, of: boxes[place.batch].batch, to: &sorted, index: &index)
        }
        return sorted
    }

    private final class Box {
        let batch: SpanBatch
        init(_ batch: SpanBatch) { self.batch = batch }
    }

    private mutating func findTraces() {
        for row in 0..<batch.count {
            let id = batch.spans.traceID(row)
            if traces.last?.id == id {
                traces[traces.count - 1].rows += 1
            } else {
                traces.append(Trace(id: id, firstRow: row, rows: 1, start: batch.spans.starts[row]))
            }
        }
    }

    /// Splits the attributes into columns by key and type.
    private mutating func findColumns() {
        let types = AttributeType.allCases.count
        var numbers = [Int32](repeating: -1, count: batch.strings.count * types)
        for index in 0..<batch.spanAttributes.count {
            let type = batch.spanAttributes.types[index]
            let place = Int(batch.spanAttributes.keys[index]) * types + Int(type.rawValue)
            if numbers[place] < 0 {
                numbers[place] = Int32(meta.columns.count)
                meta.columns.append(BlockMeta.Column(key: batch.spanAttributes.keys[index], type: type))
                columnValues.append([])
            }
            columnValues[Int(numbers[place])].append(batch.spanAttributes.values[index])
        }
    }

    private mutating func chooseRawColumns() {
        var stamps = [Int32](repeating: -1, count: batch.strings.count)
        for number in meta.columns.indices where meta.columns[number].type.isReference {
            let values = columnValues[number]
            var distinct = 0
            for value in values where stamps[Int(value)] != Int32(number) {
                stamps[Int(value)] = Int32(number)
                distinct += 1
            }
            meta.columns[number].isRaw =
                values.count > BlockLayout.rawValuesMin
                && Double(distinct) > Double(values.count) * BlockLayout.rawDistinctShare
        }
    }

    /// Numbers the strings, those of one column side by side: likeness near by is what zstd lives on.
    private mutating func fillDictionary() {
        refs = [StringRef](repeating: Self.unknown, count: batch.strings.count)
        refs[0] = 0
        for ref in batch.spans.names { add(ref) }
        for index in batch.resources.indices { add(batch.resources[index]) }
        for index in batch.scopes.indices { add(batch.scopes[index]) }
        for number in meta.columns.indices {
            add(meta.columns[number].key)
            guard meta.columns[number].type.isReference, !meta.columns[number].isRaw else { continue }
            for value in columnValues[number] { add(StringRef(truncatingIfNeeded: value)) }
        }
        for ref in batch.spans.statusMessages { add(ref) }
        for ref in batch.spans.traceStates { add(ref) }
        for ref in batch.events.names { addEventString(ref) }
        for index in 0..<batch.events.attributes.count {
            addEventString(batch.events.attributes.keys[index])
            addValue(batch.events.attributes[index])
        }
        for ref in batch.links.traceStates { add(ref) }
        for index in 0..<batch.links.attributes.count {
            add(batch.links.attributes.keys[index])
            addValue(batch.links.attributes[index])
        }
        for number in meta.columns.indices { meta.columns[number].key = refs[Int(meta.columns[number].key)] }
        meta.resources = batch.resources.map(translated)
        meta.scopes = batch.scopes.map(translated)
    }

    private mutating func add(_ ref: StringRef) {
        guard refs[Int(ref)] == Self.unknown else { return }
        refs[Int(ref)] = meta.strings.intern(ref, of: batch.strings)
    }

    private mutating func addEventString(_ ref: StringRef) {
        add(ref)
        meta.eventStrings.insert(refs[Int(ref)])
    }

    private mutating func addValue(_ attribute: Attribute) {
        if attribute.type.isReference { add(StringRef(truncatingIfNeeded: attribute.value)) }
    }

    private mutating func add(_ resource: Resource) {
        add(resource.service)
        add(resource.schemaURL)
        add(resource.attributes)
    }

    private mutating func add(_ scope: Scope) {
        add(scope.name)
        add(scope.version)
        add(scope.schemaURL)
        add(scope.attributes)
    }

    private mutating func add(_ attributes: [Attribute]) {
        for attribute in attributes {
            add(attribute.key)
            addValue(attribute)
        }
    }

    private func translated(_ resource: Resource) -> Resource {
        var new = resource
        new.service = refs[Int(resource.service)]
        new.schemaURL = refs[Int(resource.schemaURL)]
        new.attributes = resource.attributes.map(translated)
        return new
    }

    private func translated(_ scope: Scope) -> Scope {
        var new = scope
        new.name = refs[Int(scope.name)]
        new.version = refs[Int(scope.version)]
        new.schemaURL = refs[Int(scope.schemaURL)]
        new.attributes = scope.attributes.map(translated)
        return new
    }

    private func translated(_ attribute: Attribute) -> Attribute {
        Attribute(
            key: refs[Int(attribute.key)],
            type: attribute.type,
            value: value(attribute.type, attribute.value)
        )
    }

    private mutating func findShapes() {
        let types = AttributeType.allCases.count
        var numbers: [Int: UInt32] = [:]
        for (number, column) in meta.columns.enumerated() {
            numbers[Int(column.key) * types + Int(column.type.rawValue)] = UInt32(number)
        }
        var known: [BlockMeta.Shape: UInt32] = [:]
        shapes.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            var columns: [UInt32] = []
            for index in batch.spanAttributes.range(row) {
                let key = Int(refs[Int(batch.spanAttributes.keys[index])])
                let place = key * types + Int(batch.spanAttributes.types[index].rawValue)
                columns.append(numbers[place] ?? 0)
            }
            let shape = BlockMeta.Shape(
                service: refs[Int(batch.resource(of: row).service)],
                name: refs[Int(batch.spans.names[row])],
                kind: batch.spans.kinds[row],
                status: batch.spans.statuses[row],
                scope: batch.spans.scopes[row],
                columns: columns
            )
            if let number = known[shape] {
                shapes.append(number)
            } else {
                let number = UInt32(meta.shapes.count)
                known[shape] = number
                meta.shapes.append(shape)
                shapes.append(number)
            }
        }
    }
}
