import TraceModel

/// What attributes the spans of some time have: for whoever writes a query and wants to see what there is to ask for.
public struct AttributeQuery: Sendable {
    /// The most keys or values one question may ask for.
    public static let limitMax = 10_000

    /// When the spans must have begun: nanoseconds since 1970, both ends included.
    public var start: ClosedRange<UInt64>
    /// Of which services they must be; of any if there is none.
    public var services: [String] = []
    /// Which attributes count; `.any` stands for those of all levels.
    public var level = AttributeLevel.any
    /// What the key, or the text of the value, begins with.
    public var prefix = ""
    /// How many keys or values to return at the most, 1 to `limitMax`.
    public var limit = 100
    /// What the question may cost.
    public var budget = QueryBudget.standard

    /// Asks for the attributes of all spans that began then.
    public init(start: ClosedRange<UInt64>) {
        self.start = start
    }

    /// Throws `.query`, with words, if the question makes no sense.
    public func validate() throws(SpanStoreError) {
        guard (1...Self.limitMax).contains(limit) else {
            throw .query("the limit must be between 1 and \(Self.limitMax), not \(limit)")
        }
    }
}

/// Some of the attributes that there are.
public struct AttributeCounts<Item: Sendable & Equatable>: Sendable {
    /// What was found, the most frequent first.
    public var items: [Item] = []
    /// Whether there are more than were asked for.
    public var isTruncated = false
    /// Whether the counts are of all spans; otherwise some were left out, and there may be more of each, and others.
    public var isExact = true
    /// Why not all spans were looked at, if the budget or damage is the reason.
    public var partial: PartialAnswer?

    /// Nothing.
    public init() {}
}

/// A key of attributes.
public struct AttributeKeyCount: Sendable, Equatable {
    /// The key.
    public var key: String
    /// Whose attribute it is.
    public var level: AttributeLevel
    /// How often it has values of each type, by the type's number.
    ///
    /// An attribute of a resource or a scope counts once for each span.
    public var types: [TypeCount]

    /// How often there are values of one type.
    public struct TypeCount: Sendable, Equatable {
        /// The type.
        public var type: AttributeType
        /// How many values.
        public var count: Int

        /// Makes a count from its parts.
        public init(type: AttributeType, count: Int) {
            self.type = type
            self.count = count
        }
    }

    /// Makes a count from its parts.
    public init(key: String, level: AttributeLevel, types: [TypeCount]) {
        self.key = key
        self.level = level
        self.types = types
    }

    /// How many values of any type.
    public var count: Int { types.reduce(0) { $0 + $1.count } }
}

/// A value of attributes of one key.
public struct AttributeValueCount: Sendable, Equatable {
    /// The value.
    public var value: AttributeValue
    /// How often it occurs.
    public var count: Int

    /// Makes a count from its parts.
    public init(value: AttributeValue, count: Int) {
        self.value = value
        self.count = count
    }
}
