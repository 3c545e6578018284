/// Starts spans, and carries their contexts from one process to the next.
///
/// Code that is traced talks to this protocol and to ``Span``; which system the spans go to is settled once, where the
/// tracer is made. Nothing here blocks, and nothing but `extract` throws: a failure to trace is never a failure of the
/// program that is traced.
public protocol Tracer: Sendable {
    /// Knows which span is the active one.
    var scopeManager: any ScopeManager { get }

    /// Starts a span; most callers use `startSpan(_:childOf:)` or `withSpan` instead.
    ///
    /// The parent is the one that `options` name as such; without one, the first `childOf` reference, or else the first
    /// reference of another kind; without any of these, the active span unless `options` tell to ignore it. A span
    /// without a parent begins a new trace.
    func startSpan(_ operationName: String, options: SpanOptions) -> any Span

    /// Starts a span about which nothing else is said: what most spans are, and what a tracer can do without an array
    /// and without a look at each option.
    ///
    /// - Parameters:
    ///   - operationName: What the span does.
    ///   - parent: The span that waits for this one; without it, the active span.
    func startSpan(_ operationName: String, childOf parent: (any Span)?) -> any Span

    /// Writes a span's context to what leaves this process, so that the receiver can continue the trace.
    func inject(_ context: any SpanContext, into carrier: inout some TextMapWriter, format: TextFormat)

    /// Appends a span's context to bytes that leave this process.
    func inject(_ context: any SpanContext, into carrier: inout [UInt8])

    /// Reads the context that another process wrote, or nil when it wrote none.
    ///
    /// Use `try?` where a damaged context is to be treated like a missing one.
    ///
    /// - Throws: When there is a context that can't be read.
    func extract(from carrier: some TextMapReader, format: TextFormat) throws(PropagationError) -> (any SpanContext)?

    /// Reads the context that another process appended to bytes, or nil when there are none.
    ///
    /// - Throws: When the bytes are not a context.
    func extract(from carrier: [UInt8]) throws(PropagationError) -> (any SpanContext)?

    /// Sends what has been finished so far, and returns when it is sent or given up.
    func flush() async

    /// Sends what has been finished, then stops; spans that finish later are lost.
    ///
    /// A program that ends soon after its last span awaits this, or loses the span.
    func close() async
}

extension Tracer {
    /// Starts a span below the active one, or the first one of a trace; finish it yourself.
    @inlinable
    public func startSpan(_ operationName: String) -> any Span {
        startSpan(operationName, childOf: (any Span)?.none)
    }

    /// Starts a span by its options.
    public func startSpan(_ operationName: String, childOf parent: (any Span)?) -> any Span {
        startSpan(operationName, options: SpanOptions(parentSpan: parent))
    }

    /// Keeps the active span in a task-local value, as all tracers do that don't say otherwise.
    public var scopeManager: any ScopeManager { TaskLocalScopeManager() }

    /// Starts a span; finish it yourself.
    ///
    ///     let span = tracer.startSpan("get-python-jobs")
    ///     defer { span.finish() }
    ///
    /// - Parameters:
    ///   - operationName: What the span does, in few words and few variants: `get-account`, not `get-account/792`.
    ///   - parent: The span that waits for this one. Without it and without references the active span is the parent.
    ///   - references: Further spans that led to this one.
    ///   - tags: The span's first tags. Samplers see them; tags that are set later they don't.
    ///   - startTime: When it began, if not now.
    ///   - ignoringActiveSpan: Whether to begin a new trace rather than take the active span as the parent.
    /// - Returns: The span, which has begun.
    public func startSpan(
        _ operationName: String,
        childOf parent: (any Span)? = nil,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false
    ) -> any Span {
        let options = SpanOptions(
            parentSpan: parent,
            references: references,
            tags: tags,
            startTime: startTime,
            ignoringActiveSpan: ignoringActiveSpan
        )
        return startSpan(operationName, options: options)
    }

    /// Starts a span below one of which only the context is known, such as one in another process.
    ///
    /// A context that is nil is no parent: what `extract` gave can be passed on as it is.
    public func startSpan(
        _ operationName: String,
        childOf parent: (any SpanContext)?,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false
    ) -> any Span {
        var all = references
        if let parent { all.insert(.childOf(parent), at: 0) }
        let options = SpanOptions(
            references: all,
            tags: tags,
            startTime: startTime,
            ignoringActiveSpan: ignoringActiveSpan
        )
        return startSpan(operationName, options: options)
    }

    /// Does nothing: a tracer that sends at once has nothing to flush.
    public func flush() async {}

    /// Does nothing: a tracer that holds nothing has nothing to close.
    public func close() async {}
}
