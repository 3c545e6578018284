import TraceModel

/// A block while it is being made: the spans of some batches in trace order, and what they share, numbered for the
/// file.
struct BlockDraft {
    /// A trace's run of rows.
    struct Trace {
        var id: TraceID
        var firstRow: Int
        var rows: Int
        var start: UInt64
    }

    /// The spans, sorted: traces by their start, the spans of a trace by theirs. Their attributes are in `attributes`.
    let batch: SpanBatch
    let traces: [Trace]
    /// By row: the row of the parent in the same trace, or `ParentRows.none`.
    let parents: [UInt32]
    private(set) var meta = BlockMeta()
    /// Each row's shape.
    var shapes: [UInt32] { attributes.shapeNumbers }
    /// The dictionary's ref of each string of the batch, or `unknown` for those that only raw columns have.
    private(set) var refs: [StringRef] = []

    private let attributes: AttributeColumns
    private static let unknown = StringRef.max

    /// Puts the spans of some batches in order and finds what they share.
    init(_ batches: [SpanBatch]) {
        let order = RowOrder(batches)
        let gather = BlockGather(batches, order)
        traces = order.traces
        batch = gather.batch
        attributes = AttributeColumns(batches, order, gather)
        parents = ParentRows(batch.spans, traces).rows
        meta.columns = attributes.columns
        meta.derived = DerivedColumns(attributes, strings: batch.strings.count).found
        chooseStorage()
        fillDictionary()
        translate()
    }

    /// The values of an attribute column in the order of rows; strings are refs of the batch.
    func values(of column: Int) -> ArraySlice<UInt64> { attributes.values[attributes.range(column)] }

    /// The dictionary's ref of one of the batch's strings.
    func ref(_ ref: StringRef) -> UInt64 { UInt64(refs[Int(ref)]) }

    /// The stored value of an attribute outside the columns.
    func value(_ type: AttributeType, _ bits: UInt64) -> UInt64 {
        type.isReference ? ref(StringRef(truncatingIfNeeded: bits)) : bits
    }

    /// Strings that hardly repeat stand in the pages rather than in the dictionary; addresses among them as numbers.
    private mutating func chooseStorage() {
        var stamps = [Int32](repeating: -1, count: batch.strings.count)
        for number in meta.columns.indices
        where meta.columns[number].type.isReference && meta.derived[UInt32(number)] == nil {
            let values = values(of: number)
            guard values.count > BlockLayout.rawValuesMin else { continue }
            var distinct: [StringRef] = []
            for value in values where stamps[Int(value)] != Int32(number) {
                stamps[Int(value)] = Int32(number)
                distinct.append(StringRef(truncatingIfNeeded: value))
            }
            guard Double(distinct.count) > Double(values.count) * BlockLayout.rawDistinctShare else { continue }
            let isAddress =
                meta.columns[number].type == .string
                && distinct.allSatisfy { IPv4Text.number(batch.strings.bytes($0)) != nil }
            meta.columns[number].storage = isAddress ? .address : .raw
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
            guard meta.columns[number].type.isReference else { continue }
            if let derived = meta.derived[UInt32(number)] {
                for value in derived.values { add(StringRef(truncatingIfNeeded: value)) }
            } else if meta.columns[number].storage == .dictionary {
                for value in values(of: number) { add(StringRef(truncatingIfNeeded: value)) }
            }
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

    /// Puts what spans share in the terms of the dictionary.
    private mutating func translate() {
        meta.resources = batch.resources.map { $0.translated(refs) }
        meta.scopes = batch.scopes.map { $0.translated(refs) }
        for (number, derived) in meta.derived { meta.derived[number] = translated(derived, number) }
        for number in meta.columns.indices { meta.columns[number].key = refs[Int(meta.columns[number].key)] }
        meta.shapes = attributes.shapes.map { shape in
            BlockMeta.Shape(
                service: refs[Int(shape.service)],
                name: refs[Int(shape.name)],
                kind: shape.kind,
                status: shape.status,
                scope: shape.scope,
                columns: shape.columns
            )
        }
    }

    private func translated(_ derived: DerivedColumn, _ number: UInt32) -> DerivedColumn {
        var pairs = zip(derived.keys, derived.values).map { key, value in
            (key: key, value: self.value(meta.columns[Int(number)].type, value))
        }
        if case .column(let source) = derived.source, meta.columns[Int(source)].type.isReference {
            pairs = pairs.map { (key: ref(StringRef(truncatingIfNeeded: $0.key)), value: $0.value) }
            pairs.sort { $0.key < $1.key }
        }
        return DerivedColumn(source: derived.source, keys: pairs.map(\.key), values: pairs.map(\.value))
    }
}
