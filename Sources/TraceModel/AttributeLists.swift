/// One attribute within a batch: the strings are refs into the batch's table.
public struct Attribute: Hashable, Sendable {
    /// The key.
    public var key: StringRef
    /// The type of the value.
    public var type: AttributeType
    /// The value: a `StringRef` where `type.isReference`, otherwise the bits of the bool, int or double.
    ///
    /// Arrays and maps are refs to their encoding as an OTLP `AnyValue` (see `AttributeValue`).
    public var value: UInt64

    /// Makes an attribute from its parts.
    @inlinable
    public init(key: StringRef, type: AttributeType, value: UInt64) {
        self.key = key
        self.type = type
        self.value = value
    }
}

/// The attributes of many owners (spans, events, links) as flat columns; an owner has a run of them, in order.
public struct AttributeLists: Sendable {
    /// The key of each attribute.
    public var keys: [StringRef] = []
    /// The type of each attribute's value.
    public var types: [AttributeType] = []
    /// The value of each attribute, as in `Attribute.value`.
    public var values: [UInt64] = []
    /// Where each owner's run ends.
    public var ends: [UInt32] = []

    /// No owners and no attributes.
    public init() {}

    /// How many attributes there are, of all owners.
    @inlinable
    public var count: Int { keys.count }

    /// Adds an attribute to the list that is still open.
    @inlinable
    public mutating func append(key: StringRef, type: AttributeType, value: UInt64) {
        keys.append(key)
        types.append(type)
        values.append(value)
    }

    /// Ends the open list: it becomes that of the next owner.
    @inlinable
    public mutating func closeList() {
        ends.append(UInt32(keys.count))
    }

    /// Forgets what was added since the last `closeList()`.
    public mutating func discardOpenList() {
        truncate(owners: ends.count)
    }

    /// Forgets all owners from `owners` on, and the open list.
    public mutating func truncate(owners: Int) {
        ends.removeLast(ends.count - owners)
        let kept = Int(ends.last ?? 0)
        keys.removeLast(keys.count - kept)
        types.removeLast(types.count - kept)
        values.removeLast(values.count - kept)
    }

    /// Where an owner's attributes are in the columns.
    @inlinable
    public func range(_ owner: Int) -> Range<Int> {
        (owner == 0 ? 0 : Int(ends[owner - 1]))..<Int(ends[owner])
    }

    /// One attribute by its place in the columns.
    @inlinable
    public subscript(index: Int) -> Attribute {
        Attribute(key: keys[index], type: types[index], value: values[index])
    }

    /// Bytes held.
    public var byteCount: Int { 13 * keys.count + 4 * ends.count }
}
