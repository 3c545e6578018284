import TraceModel

/// Puts the columns of several batches together in the order of a block: column after column, each read from front to
/// back, so that a span costs a load and a store for each field that it has.
///
/// The spans' own attributes are left out: they go into columns of their own (`AttributeColumns`).
struct BlockGather {
    private let batches: [SpanBatch]
    private let order: RowOrder
    /// By batch and its ref: the ref in the block's table of strings.
    private(set) var refs: [[StringRef]] = []
    private var resources: [[UInt32]] = []
    private var scopes: [[UInt32]] = []
    /// The spans in order, without their attributes.
    private(set) var batch = SpanBatch()

    init(_ batches: [SpanBatch], _ order: RowOrder) {
        self.batches = batches
        self.order = order
        mergeStrings()
        mergeOwners()
        gatherSpans()
        gatherEvents()
        gatherLinks()
        batch.spanAttributes.ends = [UInt32](repeating: 0, count: order.rows.count)
    }

    /// The scope of a span of a batch, in the numbers of the block.
    func scope(_ number: UInt32, of batch: Int) -> UInt32 {
        Int(number) < scopes[batch].count ? scopes[batch][Int(number)] : SpanBatch.noScope
    }

    private mutating func mergeStrings() {
        var strings = StringTable()
        for batch in batches {
            var own: [StringRef] = []
            own.reserveCapacity(batch.strings.count)
            for ref in 0..<StringRef(batch.strings.count) { own.append(strings.intern(ref, of: batch.strings)) }
            refs.append(own)
        }
        batch.strings = strings
    }

    private mutating func mergeOwners() {
        var knownResources: [Resource: UInt32] = [:]
        var knownScopes: [Scope: UInt32] = [:]
        for (index, source) in batches.enumerated() {
            let own = refs[index]
            var numbers: [UInt32] = []
            // A span whose resource is out of range has an empty one.
            for resource in source.resources + (hasStrayResource(source) ? [Resource()] : []) {
                let resource = resource.translated(own)
                let number = knownResources[resource] ?? UInt32(batch.resources.count)
                if knownResources.updateValue(number, forKey: resource) == nil { batch.resources.append(resource) }
                numbers.append(number)
            }
            resources.append(numbers)
            numbers = []
            for scope in source.scopes {
                let scope = scope.translated(own)
                let number = knownScopes[scope] ?? UInt32(batch.scopes.count)
                if knownScopes.updateValue(number, forKey: scope) == nil { batch.scopes.append(scope) }
                numbers.append(number)
            }
            scopes.append(numbers)
        }
    }

    private func hasStrayResource(_ source: SpanBatch) -> Bool {
        let count = source.resources.count
        return source.spans.resources.contains { Int($0) >= count }
    }

    private mutating func gatherSpans() {
        batch.spans.traceIDHigh = gather(0) { $0.spans.traceIDHigh }
        batch.spans.traceIDLow = gather(0) { $0.spans.traceIDLow }
        batch.spans.spanIDs = gather(0) { $0.spans.spanIDs }
        batch.spans.parentSpanIDs = gather(0) { $0.spans.parentSpanIDs }
        batch.spans.starts = gather(0) { $0.spans.starts }
        batch.spans.durations = gather(0) { $0.spans.durations }
        batch.spans.names = gather(refs) { $0.spans.names }
        batch.spans.resources = gather(resources) { $0.spans.resources }
        batch.spans.scopes = gather(scopes, other: SpanBatch.noScope) { $0.spans.scopes }
        batch.spans.kinds = gather(.unspecified) { $0.spans.kinds }
        batch.spans.statuses = gather(.unset) { $0.spans.statuses }
        batch.spans.statusMessages = gather(refs) { $0.spans.statusMessages }
        batch.spans.traceStates = gather(refs) { $0.spans.traceStates }
        batch.spans.flags = gather(0) { $0.spans.flags }
        batch.spans.droppedAttributes = gather(0) { $0.spans.droppedAttributes }
        batch.spans.droppedEvents = gather(0) { $0.spans.droppedEvents }
        batch.spans.droppedLinks = gather(0) { $0.spans.droppedLinks }
    }

    private func gather<Element>(_ zero: Element, _ column: (SpanBatch) -> [Element]) -> [Element] {
        var target = [Element](repeating: zero, count: order.places.count)
        var row = 0
        for batch in batches {
            for value in column(batch) {
                target[Int(order.places[row])] = value
                row += 1
            }
        }
        return target
    }

    /// Numbers that mean something else in each batch; `other` stands for those that mean nothing.
    private func gather(
        _ numbers: [[UInt32]],
        other: UInt32? = nil,
        _ column: (SpanBatch) -> [UInt32]
    ) -> [UInt32] {
        var target = [UInt32](repeating: 0, count: order.places.count)
        var row = 0
        for (index, batch) in batches.enumerated() {
            let own = numbers[index]
            let last = other ?? own.last ?? 0
            for value in column(batch) {
                target[Int(order.places[row])] = Int(value) < own.count ? own[Int(value)] : last
                row += 1
            }
        }
        return target
    }

    private mutating func gatherEvents() {
        batch.events.ends.reserveCapacity(order.rows.count)
        forEachRow(lists: { $0.events.ends }) { gather, source, own, row in
            for event in source.events.range(row) {
                let lists = source.events.attributes
                gather.batch.events.attributes.append(lists, lists.range(event), own)
                gather.batch.events.append(
                    time: source.events.times[event],
                    name: own[Int(source.events.names[event])],
                    droppedAttributes: source.events.droppedAttributes[event]
                )
            }
        } ending: {
            $0.batch.events.ends.append(UInt32($0.batch.events.count))
        }
    }

    private mutating func gatherLinks() {
        batch.links.ends.reserveCapacity(order.rows.count)
        forEachRow(lists: { $0.links.ends }) { gather, source, own, row in
            for link in source.links.range(row) {
                let lists = source.links.attributes
                gather.batch.links.attributes.append(lists, lists.range(link), own)
                var copy = source.links[link]
                copy.traceState = own[Int(copy.traceState)]
                gather.batch.links.append(copy)
            }
        } ending: {
            $0.batch.links.ends.append(UInt32($0.batch.links.count))
        }
    }

    /// A batch behind a reference: an element of an array of structs would be copied where it is read.
    private final class Source {
        let batch: SpanBatch
        init(_ batch: SpanBatch) { self.batch = batch }
    }

    /// Calls `body` for each row that has something in its list, in order, and `ending` for each row.
    private mutating func forEachRow(
        lists: (SpanBatch) -> [UInt32],
        _ body: (inout BlockGather, borrowing SpanBatch, [StringRef], Int) -> Void,
        ending: (inout BlockGather) -> Void
    ) {
        let none = UInt32.max
        // By row: the batch that it is in, if it has something.
        var owners: [UInt32] = []
        var firsts: [Int] = []
        owners.reserveCapacity(order.rows.count)
        for (index, batch) in batches.enumerated() {
            firsts.append(owners.count)
            var last: UInt32 = 0
            for end in lists(batch) {
                owners.append(end == last ? none : UInt32(index))
                last = end
            }
        }
        let sources = batches.map(Source.init)
        let refs = self.refs
        for row in order.rows {
            let owner = owners[Int(row)]
            if owner != none {
                let index = Int(owner)
                body(&self, sources[index].batch, refs[index], Int(row) - firsts[index])
            }
            ending(&self)
        }
    }
}

extension AttributeLists {
    /// Appends some attributes of another batch to the open list.
    fileprivate mutating func append(_ other: borrowing AttributeLists, _ range: Range<Int>, _ refs: [StringRef]) {
        for index in range {
            let type = other.types[index]
            let value = other.values[index]
            append(
                key: refs[Int(other.keys[index])],
                type: type,
                value: type.isReference ? UInt64(refs[Int(truncatingIfNeeded: value)]) : value
            )
        }
    }
}

extension Resource {
    /// The same with other refs.
    func translated(_ refs: [StringRef]) -> Resource {
        var new = self
        new.service = refs[Int(service)]
        new.schemaURL = refs[Int(schemaURL)]
        new.attributes = attributes.map { $0.translated(refs) }
        return new
    }
}

extension Scope {
    /// The same with other refs.
    func translated(_ refs: [StringRef]) -> Scope {
        var new = self
        new.name = refs[Int(name)]
        new.version = refs[Int(version)]
        new.schemaURL = refs[Int(schemaURL)]
        new.attributes = attributes.map { $0.translated(refs) }
        return new
    }
}

extension Attribute {
    /// The same with other refs.
    func translated(_ refs: [StringRef]) -> Attribute {
        let bits = type.isReference ? UInt64(refs[Int(truncatingIfNeeded: value)]) : value
        return Attribute(key: refs[Int(key)], type: type, value: bits)
    }
}
