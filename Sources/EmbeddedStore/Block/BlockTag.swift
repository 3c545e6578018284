import SpanStorage
import TraceModel

/// A `TagCondition` made ready for one block.
struct BlockTag {
    /// The value's text as each of the types it could be.
    let value: BlockText
    /// The attribute columns of the key that can have the value.
    let columns: [UInt32]
    /// By shape: whether the shape alone satisfies the condition (its kind, status or scope does).
    let shapes: [Bool]
    /// By resource: whether it satisfies the condition.
    let resources: [Bool]
    /// The key, if an attribute of an event has it.
    let eventKey: StringRef?
    /// The value, if the condition asks for an event of that name and there is one.
    let eventName: StringRef?
    /// By shape: whether a span of it can satisfy the condition.
    let possibleShapes: [Bool]

    init(_ condition: TagCondition, meta: BlockMeta) {
        let key = meta.strings.firstRef(of: condition.key)
        let value = BlockText(condition.text, meta: meta)
        let columns = meta.columns.indices.filter { number in
            let column = meta.columns[number]
            return column.key == key && value.canMatch(column)
        }
        self.value = value
        self.columns = columns.map(UInt32.init)
        shapes = Self.matchingShapes(condition, key: key, value: value, meta: meta)
        resources = Self.matchingResources(condition, key: key, value: value, meta: meta)
        eventKey = key.flatMap { meta.eventStrings.contains($0) ? $0 : nil }
        eventName = condition.key == "event" ? value.string.flatMap { meta.eventStrings.contains($0) ? $0 : nil } : nil

        let wanted = Set(self.columns)
        let hasEvents = eventKey != nil || eventName != nil
        var services: Set<StringRef> = []
        for (number, matches) in resources.enumerated() where matches {
            services.insert(meta.resources[number].service)
        }
        var possible = shapes
        for (number, shape) in meta.shapes.enumerated() where !possible[number] {
            possible[number] =
                hasEvents || services.contains(shape.service) || shape.columns.contains { wanted.contains($0) }
        }
        possibleShapes = possible
    }

    private static func matchingShapes(
        _ condition: TagCondition,
        key: StringRef?,
        value: BlockText,
        meta: BlockMeta
    ) -> [Bool] {
        let special = SpecialTag(condition)
        let scopes = meta.scopes.map { scope in
            (special.asksScopeName && scope.name != 0 && scope.name == value.string)
                || (special.asksScopeVersion && scope.version != 0 && scope.version == value.string)
                || scope.attributes.contains { $0.key == key && value.matches($0.type, $0.value) }
        }
        return meta.shapes.map { shape in
            shape.kind == special.kind || special.statuses.contains(shape.status)
                || (Int(shape.scope) < scopes.count && scopes[Int(shape.scope)])
        }
    }

    private static func matchingResources(
        _ condition: TagCondition,
        key: StringRef?,
        value: BlockText,
        meta: BlockMeta
    ) -> [Bool] {
        let inner = SpecialTag.resourceKey(condition).flatMap { meta.strings.firstRef(of: $0) }
        return meta.resources.map { resource in
            resource.attributes.contains { attribute in
                (attribute.key == key || attribute.key == inner) && value.matches(attribute.type, attribute.value)
            }
        }
    }
}

/// A value's text, read as each of the types it could be, in the terms of a block's dictionary.
struct BlockText {
    /// The text's bytes, for columns whose strings are not in the dictionary.
    let utf8: [UInt8]
    let string: StringRef?
    private let int: Int64?
    private let double: Double?
    private let bool: Bool?
    private let base64: [UInt8]?
    private let bytes: StringRef?
    // Arrays and maps are compared by their JSON: the strings of the dictionary that encode one like it.
    private let composites: Set<StringRef>

    init(_ text: String, meta: BlockMeta) {
        utf8 = Array(text.utf8)
        string = meta.strings.firstRef(of: text)
        int = Int64(text)
        double = Double(text)
        bool = text == "true" ? true : text == "false" ? false : nil
        base64 = base64Bytes(text)
        bytes = base64.flatMap { meta.strings.firstRef(of: $0.span.bytes) }
        composites = utf8.first == 0x5B || utf8.first == 0x7B ? Self.composites(text, meta) : []
    }

    private static func composites(_ text: String, _ meta: BlockMeta) -> Set<StringRef> {
        guard meta.hasComposites else { return [] }
        var refs: Set<StringRef> = []
        for ref in 1..<StringRef(max(1, meta.strings.count)) where isComposite(meta.strings.bytes(ref), text) {
            refs.insert(ref)
        }
        return refs
    }

    /// Whether bytes are an array or map whose JSON is the text.
    private static func isComposite(_ bytes: RawSpan, _ text: String) -> Bool {
        var reader = ByteReader(bytes)
        guard let value = try? AttributeValue.decode(&reader, depth: 0) else { return false }
        switch value {
        case .array, .map: return value.jsonText == text
        default: return false
        }
    }

    /// Whether a column's values can be equal to it.
    func canMatch(_ column: BlockMeta.Column) -> Bool {
        switch column.type {
        case .empty: utf8.isEmpty
        case .string: column.isRaw || string != nil
        case .bool: bool != nil
        case .int: int != nil
        case .double: double != nil
        case .bytes: column.isRaw ? base64 != nil : bytes != nil
        case .array, .map: column.isRaw ? utf8.first == 0x5B || utf8.first == 0x7B : !composites.isEmpty
        }
    }

    /// Whether a value is equal to it; strings are numbers of the dictionary.
    func matches(_ type: AttributeType, _ bits: UInt64) -> Bool {
        switch type {
        case .empty: utf8.isEmpty
        case .string: string.map { UInt64($0) == bits } ?? false
        case .bool: bool == (bits != 0)
        case .int: int == Int64(bitPattern: bits)
        case .double: double == Double(bitPattern: bits)
        case .bytes: bytes.map { UInt64($0) == bits } ?? false
        case .array, .map: composites.contains(StringRef(clamping: bits))
        }
    }

    /// Whether a raw string of a column of this type is equal to it.
    func matches(_ type: AttributeType, raw: RawSpan) -> Bool {
        switch type {
        case .string: hasBytes(raw, utf8)
        case .bytes: base64.map { hasBytes(raw, $0) } ?? false
        case .array, .map: Self.isComposite(raw, String(decoding: utf8, as: UTF8.self))
        default: false
        }
    }
}
