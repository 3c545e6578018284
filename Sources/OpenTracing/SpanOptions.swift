/// What may be said about a span when it starts.
public struct SpanOptions: Sendable {
    /// The span that waits for this one, when it is in this process.
    ///
    /// Kept apart from `references` because nearly every span has a parent and hardly any has another reference: this
    /// way a child costs no array.
    public var parentSpan: (any Span)?
    /// Further spans that led to this one; see ``Tracer/startSpan(_:options:)`` for which of them is the parent.
    public var references: [Reference]
    /// The span's first tags.
    public var tags: TagList
    /// When it began; nil for now.
    public var startTime: Timestamp?
    /// Whether a span without references begins a new trace even when another span is active.
    public var ignoringActiveSpan: Bool

    /// Makes options from their parts, each of which may be left out.
    public init(
        parentSpan: (any Span)? = nil,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false
    ) {
        self.parentSpan = parentSpan
        self.references = references
        self.tags = tags
        self.startTime = startTime
        self.ignoringActiveSpan = ignoringActiveSpan
    }

    /// All spans that led to this one: the parent that was named as such, then the references.
    public var allReferences: [Reference] {
        guard let parentSpan else { return references }
        return [.childOf(parentSpan)] + references
    }

    /// The context of the span or the reference that makes the parent; nil when there is neither.
    ///
    /// That is `parentSpan`; without one the first `childOf` reference; without one the first of another kind.
    public var referencedParent: (any SpanContext)? {
        if let parentSpan { return parentSpan.context }
        return (references.first { $0.kind == .childOf } ?? references.first)?.context
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
