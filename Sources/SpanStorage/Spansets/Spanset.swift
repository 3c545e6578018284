import TraceModel

/// Some spans of a trace that belong together in an answer.
public struct Spanset: Sendable, Equatable {
    /// By which values `by()` made the set, in the order of its stages; nil for spans that have no such field.
    public var groups: [Group]
    /// The rows of the spans, ascending.
    public var rows: [Int]

    /// What one `by()` knows of a set.
    public struct Group: Sendable, Equatable {
        /// What was grouped by.
        public var field: SpanField
        /// Its value in all spans of the set; nil where they have none.
        public var value: AttributeValue?

        /// Makes a group from its parts.
        public init(_ field: SpanField, _ value: AttributeValue?) {
            self.field = field
            self.value = value
        }
    }

    /// Makes a set from its parts.
    public init(groups: [Group] = [], rows: [Int]) {
        self.groups = groups
        self.rows = rows
    }
}
