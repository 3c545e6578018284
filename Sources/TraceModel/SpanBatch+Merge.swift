/// Copies spans from one batch into another, whose table of strings, resources and scopes it fills as it goes.
///
/// It belongs to one pair of batches: it remembers where the source's strings, resources and scopes went.
public struct BatchCopy {
    private static let unknown = UInt32.max

    private var strings: [StringRef]
    private var resources: [UInt32]
    private var scopes: [UInt32]

    /// A copy from `source`, of which nothing has been copied yet.
    public init(from source: borrowing SpanBatch) {
        strings = [StringRef](repeating: Self.unknown, count: source.strings.count)
        resources = [UInt32](repeating: Self.unknown, count: source.resources.count)
        scopes = [UInt32](repeating: Self.unknown, count: source.scopes.count)
    }

    /// Appends one span of `source`, with all that belongs to it, to `target`.
    ///
    /// `index` finds the target's resources and scopes by content, so that equal ones are kept once.
    public mutating func append(
        _ span: Int,
        of source: borrowing SpanBatch,
        to target: inout SpanBatch,
        index: inout ResourceIndex
    ) {
        let attributes = source.spanAttributes.range(span)
        copy(attributes, of: source.spanAttributes, source.strings, to: &target.spanAttributes, &target.strings)
        for event in source.events.range(span) {
            let range = source.events.attributes.range(event)
            copy(range, of: source.events.attributes, source.strings, to: &target.events.attributes, &target.strings)
            target.events.append(
                time: source.events.times[event],
                name: string(source.events.names[event], of: source.strings, to: &target.strings),
                droppedAttributes: source.events.droppedAttributes[event]
            )
        }
        for link in source.links.range(span) {
            let range = source.links.attributes.range(link)
            copy(range, of: source.links.attributes, source.strings, to: &target.links.attributes, &target.strings)
            var row = source.links[link]
            row.traceState = string(row.traceState, of: source.strings, to: &target.strings)
            target.links.append(row)
        }
        var row = source.spans[span]
        row.name = string(row.name, of: source.strings, to: &target.strings)
        row.statusMessage = string(row.statusMessage, of: source.strings, to: &target.strings)
        row.traceState = string(row.traceState, of: source.strings, to: &target.strings)
        row.resource = resource(row.resource, of: source, to: &target, index: &index)
        row.scope = scope(row.scope, of: source, to: &target, index: &index)
        target.appendSpan(row)
    }

    private mutating func string(
        _ ref: StringRef,
        of source: borrowing StringTable,
        to target: inout StringTable
    ) -> StringRef {
        if ref == 0 { return 0 }
        let known = strings[Int(ref)]
        if known != Self.unknown { return known }
        let new = target.intern(ref, of: source)
        strings[Int(ref)] = new
        return new
    }

    private mutating func copy(
        _ range: Range<Int>,
        of source: borrowing AttributeLists,
        _ sourceStrings: borrowing StringTable,
        to target: inout AttributeLists,
        _ targetStrings: inout StringTable
    ) {
        for index in range {
            let type = source.types[index]
            let key = string(source.keys[index], of: sourceStrings, to: &targetStrings)
            var value = source.values[index]
            if type.isReference {
                value = UInt64(string(StringRef(truncatingIfNeeded: value), of: sourceStrings, to: &targetStrings))
            }
            target.append(key: key, type: type, value: value)
        }
    }

    private mutating func attributes(
        _ attributes: [Attribute],
        of source: borrowing SpanBatch,
        to target: inout SpanBatch
    ) -> [Attribute] {
        var copies: [Attribute] = []
        copies.reserveCapacity(attributes.count)
        for attribute in attributes {
            var copy = attribute
            copy.key = string(attribute.key, of: source.strings, to: &target.strings)
            if attribute.type.isReference {
                let ref = StringRef(truncatingIfNeeded: attribute.value)
                copy.value = UInt64(string(ref, of: source.strings, to: &target.strings))
            }
            copies.append(copy)
        }
        return copies
    }

    private mutating func resource(
        _ number: UInt32,
        of source: borrowing SpanBatch,
        to target: inout SpanBatch,
        index: inout ResourceIndex
    ) -> UInt32 {
        var copy = Resource()
        if Int(number) < source.resources.count {
            let known = resources[Int(number)]
            if known != Self.unknown { return known }
            copy = source.resources[Int(number)]
        }
        copy.service = string(copy.service, of: source.strings, to: &target.strings)
        copy.schemaURL = string(copy.schemaURL, of: source.strings, to: &target.strings)
        copy.attributes = attributes(copy.attributes, of: source, to: &target)
        let new = index.intern(copy, in: &target.resources)
        if Int(number) < resources.count { resources[Int(number)] = new }
        return new
    }

    private mutating func scope(
        _ number: UInt32,
        of source: borrowing SpanBatch,
        to target: inout SpanBatch,
        index: inout ResourceIndex
    ) -> UInt32 {
        guard Int(number) < source.scopes.count else { return SpanBatch.noScope }
        let known = scopes[Int(number)]
        if known != Self.unknown { return known }
        var copy = source.scopes[Int(number)]
        copy.name = string(copy.name, of: source.strings, to: &target.strings)
        copy.version = string(copy.version, of: source.strings, to: &target.strings)
        copy.schemaURL = string(copy.schemaURL, of: source.strings, to: &target.strings)
        copy.attributes = attributes(copy.attributes, of: source, to: &target)
        let new = index.intern(copy, in: &target.scopes)
        scopes[Int(number)] = new
        return new
    }
}

/// Finds the resources and scopes of one batch by their content.
public struct ResourceIndex: Sendable {
    private var resources: [Resource: UInt32] = [:]
    private var scopes: [Scope: UInt32] = [:]

    /// The index of a batch without resources and scopes.
    public init() {}

    mutating func intern(_ resource: Resource, in list: inout [Resource]) -> UInt32 {
        if let known = resources[resource] { return known }
        let number = UInt32(list.count)
        list.append(resource)
        resources[resource] = number
        return number
    }

    mutating func intern(_ scope: Scope, in list: inout [Scope]) -> UInt32 {
        if let known = scopes[scope] { return known }
        let number = UInt32(list.count)
        list.append(scope)
        scopes[scope] = number
        return number
    }
}

extension SpanBatch {
    /// A batch of some of these spans, in the order of `rows`.
    public func selecting(_ rows: some Sequence<Int>) -> SpanBatch {
        var target = SpanBatch()
        var index = ResourceIndex()
        var copy = BatchCopy(from: self)
        for row in rows { copy.append(row, of: self, to: &target, index: &index) }
        return target
    }
}
