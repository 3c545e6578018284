/// What may be said about a span when it starts.
public struct SpanOptions: Sendable {
    /// The spans that led to this one; see ``Tracer/startSpan(_:options:)`` for which of them is the parent.
    public var references: [Reference]
    /// The span's first tags.
    public var tags: TagList
    /// When it began; nil for now.
    public var startTime: Timestamp?
    /// Whether a span without references begins a new trace even when another span is active.
    public var ignoringActiveSpan: Bool

    /// Makes options from their parts, each of which may be left out.
    public init(
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false
    ) {
        self.references = references
        self.tags = tags
        self.startTime = startTime
        self.ignoringActiveSpan = ignoringActiveSpan
    }

    /// The context to which the new span is a child or a successor; nil when it begins a new trace.
    ///
    /// Every tracer follows the same rule by asking here.
    public var parent: (any SpanContext)? {
        if let reference = references.first(where: { $0.kind == .childOf }) ?? references.first {
            return reference.context
        }
        return ignoringActiveSpan ? nil : Scope.active?.span.context
    }
}
