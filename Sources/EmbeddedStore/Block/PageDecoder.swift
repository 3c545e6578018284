import SpanStorage
import TraceModel

/// Makes a batch of some rows of a page.
struct PageDecoder {
    private let page: PageReader
    private let shapes: [Int]
    private let rows: [Int]
    private var batch = SpanBatch()
    // Where the dictionary's strings and the block's resources and scopes went in the batch.
    private var strings: [StringRef]
    private var resources: [UInt32]
    private var scopes: [UInt32]

    private static let unknown = UInt32.max

    /// The rows, in ascending order, counted from the page's first; `ids` are the trace ids of just these rows, the
    /// shapes and starts those of all rows.
    static func decode(
        _ page: PageReader,
        rows: [Int],
        shapes: [Int],
        starts: [UInt64],
        ids: [TraceID]
    ) throws(SpanStoreError) -> SpanBatch {
        var decoder = PageDecoder(page, rows: rows, shapes: shapes)
        try decoder.decode(starts: starts, ids: ids)
        return decoder.batch
    }

    private init(_ page: PageReader, rows: [Int], shapes: [Int]) {
        self.page = page
        self.rows = rows
        self.shapes = shapes
        strings = [StringRef](repeating: Self.unknown, count: page.meta.strings.count)
        resources = [UInt32](repeating: Self.unknown, count: page.meta.resources.count)
        scopes = [UInt32](repeating: Self.unknown, count: page.meta.scopes.count)
    }

    private mutating func decode(starts: [UInt64], ids: [TraceID]) throws(SpanStoreError) {
        var attributes = try AttributeCursor(page, rows: rows, shapes: shapes)
        let events = try EventCursor(page, rows: rows)
        let links = try LinkCursor(page, rows: rows)
        let fields = try SpanFields(page)
        let durations = try page.numbers(BlockLayout.Column.durations)
        let owners = try page.numbers(BlockLayout.Column.resources)
        for (index, row) in rows.enumerated() {
            let shape = page.meta.shapes[shapes[row]]
            var span = SpanRow()
            span.traceID = ids[index]
            span.startNanoseconds = starts[row]
            span.durationNanoseconds = unzigzag(durations[row])
            span.name = try string(shape.name)
            span.kind = shape.kind
            span.status = shape.status
            span.resource = try resource(owners[row])
            span.scope = try scope(shape.scope)
            fields.read(row, into: &span)
            span.statusMessage = try string(span.statusMessage)
            span.traceState = try string(span.traceState)
            try attributes.seek(row)
            for number in shape.columns { try append(number, &attributes) }
            attributes.finish()
            try events.appendEvents(of: row, start: starts[row], to: &self)
            try links.appendLinks(of: row, to: &self)
            batch.appendSpan(span)
        }
    }

    private mutating func append(_ number: UInt32, _ attributes: inout AttributeCursor) throws(SpanStoreError) {
        guard let value = try attributes.next(number, strings: &batch.strings) else { return }
        let column = page.meta.columns[Int(number)]
        var bits = value
        if column.type.isReference, !column.isRaw { bits = UInt64(try string(StringRef(clamping: value))) }
        batch.spanAttributes.append(key: try string(column.key), type: column.type, value: bits)
    }

    /// The batch's ref of a string of the dictionary.
    mutating func string(_ ref: StringRef) throws(SpanStoreError) -> StringRef {
        guard Int(ref) < strings.count else { throw page.block.damaged("reference to a string") }
        let known = strings[Int(ref)]
        if known != Self.unknown { return known }
        let new = batch.strings.intern(ref, of: page.meta.strings)
        strings[Int(ref)] = new
        return new
    }

    /// Adds an attribute whose strings are refs of the dictionary to a list.
    mutating func attribute(
        key: UInt64,
        type: UInt64,
        value: UInt64
    ) throws(SpanStoreError) -> Attribute {
        guard let type = AttributeType(rawValue: UInt8(clamping: type)) else {
            throw page.block.damaged("type of an attribute")
        }
        let key = try string(StringRef(clamping: key))
        let bits = type.isReference ? UInt64(try string(StringRef(clamping: value))) : value
        return Attribute(key: key, type: type, value: bits)
    }

    /// Adds an event to the open span.
    mutating func append(event time: UInt64, name: UInt64, dropped: UInt64, attributes: [Attribute])
        throws(SpanStoreError)
    {
        for attribute in attributes {
            batch.events.attributes.append(key: attribute.key, type: attribute.type, value: attribute.value)
        }
        let name = try string(StringRef(clamping: name))
        batch.events.append(time: time, name: name, droppedAttributes: UInt32(truncatingIfNeeded: dropped))
    }

    /// Adds a link to the open span; its trace state is a ref of the dictionary.
    mutating func append(link: LinkRow, attributes: [Attribute]) throws(SpanStoreError) {
        for attribute in attributes {
            batch.links.attributes.append(key: attribute.key, type: attribute.type, value: attribute.value)
        }
        var row = link
        row.traceState = try string(link.traceState)
        batch.links.append(row)
    }

    private mutating func resource(_ number: UInt64) throws(SpanStoreError) -> UInt32 {
        guard number < UInt64(resources.count) else { throw page.block.damaged("number of a resource") }
        let known = resources[Int(number)]
        if known != Self.unknown { return known }
        var copy = page.meta.resources[Int(number)]
        copy.service = try string(copy.service)
        copy.schemaURL = try string(copy.schemaURL)
        copy.attributes = try translated(copy.attributes)
        let new = UInt32(batch.resources.count)
        batch.resources.append(copy)
        resources[Int(number)] = new
        return new
    }

    private mutating func scope(_ number: UInt32) throws(SpanStoreError) -> UInt32 {
        guard Int(number) < scopes.count else { return SpanBatch.noScope }
        let known = scopes[Int(number)]
        if known != Self.unknown { return known }
        var copy = page.meta.scopes[Int(number)]
        copy.name = try string(copy.name)
        copy.version = try string(copy.version)
        copy.schemaURL = try string(copy.schemaURL)
        copy.attributes = try translated(copy.attributes)
        let new = UInt32(batch.scopes.count)
        batch.scopes.append(copy)
        scopes[Int(number)] = new
        return new
    }

    private mutating func translated(_ attributes: [Attribute]) throws(SpanStoreError) -> [Attribute] {
        var copies: [Attribute] = []
        for attribute in attributes {
            copies.append(
                try self.attribute(
                    key: UInt64(attribute.key),
                    type: UInt64(attribute.type.rawValue),
                    value: attribute.value
                )
            )
        }
        return copies
    }
}
