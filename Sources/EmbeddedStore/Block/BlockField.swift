import SpanStorage
import TraceModel

/// A `FieldCondition` on attributes made ready for one block.
struct BlockField {
    /// What values are put to.
    let test: ValueTest
    /// The one string of the dictionary that satisfies the test, if there can be but one.
    let onlyString: StringRef?
    /// The spans' own attribute columns of the key whose values can satisfy the test.
    private(set) var columns: Set<UInt32> = []
    /// By shape: whether its spans have the key among their own attributes.
    ///
    /// Empty if these are not asked.
    private(set) var holders: [Bool] = []
    /// By resource: whether it satisfies the condition; nil if it has no such key.
    ///
    /// Empty if they are not asked.
    private(set) var resources: [Bool?] = []
    /// By scope, likewise.
    private(set) var scopes: [Bool?] = []
    /// The key, if events and if links are asked and can have it.
    private(set) var eventKey: StringRef?
    private(set) var linkKey: StringRef?
    /// By shape: whether a span of it can satisfy the condition.
    private(set) var possibleShapes: [Bool] = []

    /// Whether the columns of a block are enough to decide a condition.
    static func canDecide(_ condition: FieldCondition) -> Bool {
        switch condition.field {
        case .attribute: true
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .name, .kind, .status, .scopeName, .scopeVersion: true
            case .duration: SpanFilter.field(condition).lowered != .field(condition)
            default: false
            }
        }
    }

    /// The node for a condition that `canDecide` lets through.
    static func node(_ condition: FieldCondition, _ meta: BlockMeta) -> BlockFilter.Node {
        var test = ValueTest(condition.test)
        switch condition.field {
        case .attribute(let level, let key):
            let field = BlockField(level, key, test, meta)
            return field.possibleShapes.contains(true) ? .field(field) : .constant(false)
        case .intrinsic(.name):
            // The shapes are few, the names fewer.
            var known: [StringRef: Bool] = [:]
            return .shapes(
                meta.shapes.map { shape in
                    if let answer = known[shape.name] { return answer }
                    let answer = test.accepts(string: meta.strings.bytes(shape.name))
                    known[shape.name] = answer
                    return answer
                }
            )
        case .intrinsic(.kind): return .shapes(meta.shapes.map { ValueTest.accepts($0.kind, condition.test) })
        case .intrinsic(.status): return .shapes(meta.shapes.map { ValueTest.accepts($0.status, condition.test) })
        case .intrinsic(let intrinsic):
            let scopes = meta.scopes.map { scope in
                let text = intrinsic == .scopeName ? scope.name : scope.version
                return text != 0 && test.accepts(string: meta.strings.bytes(text))
            }
            return .shapes(meta.shapes.map { Int($0.scope) < scopes.count && scopes[Int($0.scope)] })
        }
    }

    private init(_ level: AttributeLevel, _ key: String, _ test: ValueTest, _ meta: BlockMeta) {
        self.test = test
        onlyString = test.onlyString.flatMap { meta.strings.firstRef(of: $0.span.bytes) }
        let ref = meta.strings.firstRef(of: key)
        func asks(_ other: AttributeLevel) -> Bool { level == .any || level == other }
        if asks(.span), let ref { readColumns(ref, meta) }
        if asks(.resource) {
            resources = meta.resources.map { resource in
                if key == "service.name" { return accepts(.string, UInt64(resource.service), meta) }
                return answer(resource.attributes, ref, meta)
            }
        }
        if asks(.scope) { scopes = meta.scopes.map { answer($0.attributes, ref, meta) } }
        if asks(.event) { eventKey = ref.flatMap { meta.eventStrings.contains($0) ? $0 : nil } }
        if asks(.link) { linkKey = ref }
        var services: Set<StringRef> = []
        for (number, answer) in resources.enumerated() where answer == true {
            services.insert(meta.resources[number].service)
        }
        possibleShapes = meta.shapes.map { shape in
            eventKey != nil || linkKey != nil || services.contains(shape.service)
                || shape.columns.contains { columns.contains($0) }
                || (Int(shape.scope) < scopes.count && scopes[Int(shape.scope)] == true)
        }
    }

    private mutating func readColumns(_ key: StringRef, _ meta: BlockMeta) {
        var all: Set<UInt32> = []
        for (number, column) in meta.columns.enumerated() where column.key == key {
            all.insert(UInt32(number))
            let isKnownAbsent = column.type == .string && !column.isRaw && test.onlyString != nil && onlyString == nil
            if test.canAccept(column.type), !isKnownAbsent { columns.insert(UInt32(number)) }
        }
        holders = meta.shapes.map { $0.columns.contains { all.contains($0) } }
    }

    private func answer(_ attributes: [Attribute], _ key: StringRef?, _ meta: BlockMeta) -> Bool? {
        var answer: Bool?
        for attribute in attributes where attribute.key == key {
            answer = answer == true || accepts(attribute.type, attribute.value, meta)
        }
        return answer
    }

    private func accepts(_ type: AttributeType, _ bits: UInt64, _ meta: BlockMeta) -> Bool {
        var test = test
        return test.accepts(
            type,
            bits: bits,
            bytes: meta.strings.bytes(type.isReference ? StringRef(clamping: bits) : 0)
        )
    }
}
