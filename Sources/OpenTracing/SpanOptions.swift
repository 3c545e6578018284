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

    /// The context of the reference that makes the parent; nil when there are no references.
    ///
    /// That is the first `childOf` reference or, without one, the first of another kind.
    public var referencedParent: (any SpanContext)? {
        (references.first { $0.kind == .childOf } ?? references.first)?.context
    }
}

extension Tracer {
    /// The context to which a new span is a child or a successor; nil when it begins a new trace.
    ///
    /// Every tracer follows the same rule by asking here: a reference goes before the active span.
    public func parent(for options: SpanOptions) -> (any SpanContext)? {
        options.referencedParent ?? (options.ignoringActiveSpan ? nil : scopeManager.activeSpan?.context)
    }
}
