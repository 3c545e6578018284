import TraceModel

/// A `TagCondition` made ready for one batch.
public struct PreparedTag: Sendable {
    private let key: StringRef?
    private let value: PreparedText
    private let resources: [Bool]
    private let scopes: [Bool]
    private let kind: SpanKind?
    private let statuses: [StatusCode]
    private let eventName: StringRef?

    init(_ condition: TagCondition, for batch: borrowing SpanBatch) {
        let special = SpecialTag(condition)
        let value = PreparedText(condition.text, for: batch)
        let key = batch.strings.firstRef(of: condition.key)
        let keyInResource = SpecialTag.resourceKey(condition).flatMap { batch.strings.firstRef(of: $0) }

        var resources: [Bool] = []
        for resource in batch.resources {
            resources.append(
                resource.attributes.contains { attribute in
                    (attribute.key == key || attribute.key == keyInResource)
                        && value.matches(attribute.type, attribute.value)
                }
            )
        }
        var scopes: [Bool] = []
        for scope in batch.scopes {
            scopes.append(
                (special.asksScopeName && scope.name != 0 && value.isString(scope.name))
                    || (special.asksScopeVersion && scope.version != 0 && value.isString(scope.version))
                    || scope.attributes.contains { $0.key == key && value.matches($0.type, $0.value) }
            )
        }
        self.key = key
        self.value = value
        self.resources = resources
        self.scopes = scopes
        self.kind = special.kind
        self.statuses = special.statuses
        self.eventName = condition.key == "event" ? batch.strings.firstRef(of: condition.text) : nil
    }

    /// False when no span of the batch can satisfy it.
    var canMatch: Bool {
        key != nil || kind != nil || eventName != nil || !statuses.isEmpty || resources.contains(true)
            || scopes.contains(true)
    }

    func matches(_ span: Int, in batch: borrowing SpanBatch) -> Bool {
        if let kind, kind != .unspecified, batch.spans.kinds[span] == kind { return true }
        if !statuses.isEmpty, statuses.contains(batch.spans.statuses[span]) { return true }
        let resource = Int(batch.spans.resources[span])
        if resource < resources.count, resources[resource] { return true }
        let scope = Int(batch.spans.scopes[span])
        if scope < scopes.count, scopes[scope] { return true }
        if let key {
            for index in batch.spanAttributes.range(span) where batch.spanAttributes.keys[index] == key {
                if value.matches(batch.spanAttributes.types[index], batch.spanAttributes.values[index]) { return true }
            }
        }
        return matchesEvent(of: span, in: batch)
    }

    /// What `matches` says of each span.
    func rows(in batch: borrowing SpanBatch) -> [Bool] {
        var rows = [Bool](repeating: false, count: batch.count)
        if let kind, kind != .unspecified {
            for row in rows.indices where batch.spans.kinds[row] == kind { rows[row] = true }
        }
        if !statuses.isEmpty {
            for row in rows.indices where statuses.contains(batch.spans.statuses[row]) { rows[row] = true }
        }
        if resources.contains(true) {
            for row in rows.indices {
                let resource = Int(batch.spans.resources[row])
                if resource < resources.count, resources[resource] { rows[row] = true }
            }
        }
        if scopes.contains(true) {
            for row in rows.indices {
                let scope = Int(batch.spans.scopes[row])
                if scope < scopes.count, scopes[scope] { rows[row] = true }
            }
        }
        if let key { readAttributes(of: key, batch, &rows) }
        if !batch.events.names.isEmpty {
            for row in rows.indices where !rows[row] { rows[row] = matchesEvent(of: row, in: batch) }
        }
        return rows
    }

    private func readAttributes(of key: StringRef, _ batch: borrowing SpanBatch, _ rows: inout [Bool]) {
        var row = 0
        for index in batch.spanAttributes.keys.indices where batch.spanAttributes.keys[index] == key {
            while row < rows.count, Int(batch.spanAttributes.ends[row]) <= index { row += 1 }
            // Attributes beyond the last row are those of a span that is still open.
            if row >= rows.count { return }
            if value.matches(batch.spanAttributes.types[index], batch.spanAttributes.values[index]) { rows[row] = true }
        }
    }

    private func matchesEvent(of span: Int, in batch: borrowing SpanBatch) -> Bool {
        if key == nil && eventName == nil { return false }
        for event in batch.events.range(span) {
            if let eventName, batch.events.names[event] == eventName { return true }
            guard let key else { continue }
            for index in batch.events.attributes.range(event) where batch.events.attributes.keys[index] == key {
                let type = batch.events.attributes.types[index]
                if value.matches(type, batch.events.attributes.values[index]) { return true }
            }
        }
        return false
    }
}

/// A value's text, read as each of the types it could be.
struct PreparedText: Sendable {
    private let string: StringRef?
    private let bytes: StringRef?
    private let int: Int64?
    private let double: Double?
    private let bool: Bool?
    private let isEmpty: Bool
    // Arrays and maps are compared by their JSON, as Jaeger shows them: which of the batch's composites match.
    private let composites: [StringRef]

    init(_ text: String, for batch: borrowing SpanBatch) {
        string = batch.strings.firstRef(of: text)
        isEmpty = text.isEmpty
        int = Int64(text)
        double = Double(text)
        bool = text == "true" ? true : text == "false" ? false : nil
        let decoded = base64Bytes(text)
        bytes = decoded.flatMap { batch.strings.firstRef(of: $0.span.bytes) }
        composites = text.first == "[" || text.first == "{" ? Self.composites(text, in: batch) : []
    }

    private static func composites(_ text: String, in batch: borrowing SpanBatch) -> [StringRef] {
        var refs: Set<StringRef> = []
        collect(batch.spanAttributes, into: &refs)
        collect(batch.events.attributes, into: &refs)
        for resource in batch.resources {
            for attribute in resource.attributes where attribute.type == .array || attribute.type == .map {
                refs.insert(StringRef(truncatingIfNeeded: attribute.value))
            }
        }
        return refs.filter { batch.value(.array, UInt64($0)).jsonText == text }
    }

    private static func collect(_ lists: borrowing AttributeLists, into refs: inout Set<StringRef>) {
        for index in 0..<lists.count where lists.types[index] == .array || lists.types[index] == .map {
            refs.insert(StringRef(truncatingIfNeeded: lists.values[index]))
        }
    }

    func isString(_ ref: StringRef) -> Bool { ref == string }

    func matches(_ type: AttributeType, _ bits: UInt64) -> Bool {
        switch type {
        case .string: return string.map { UInt64($0) == bits } ?? false
        case .int: return int == Int64(bitPattern: bits)
        case .bool: return bool == (bits != 0)
        case .double: return double == Double(bitPattern: bits)
        case .bytes: return bytes.map { UInt64($0) == bits } ?? false
        case .empty: return isEmpty
        case .array, .map: return composites.contains(StringRef(truncatingIfNeeded: bits))
        }
    }
}
