/// A tracer that records nothing and costs next to nothing: what runs where no other tracer was chosen.
public struct NoopTracer: Tracer {
    /// Makes a tracer that does nothing.
    public init() {}

    /// The same span each time.
    public func startSpan(_ operationName: String, options: SpanOptions) -> any Span { NoopSpan.shared }

    /// Writes nothing.
    public func inject(_ context: any SpanContext, into carrier: inout some TextMapWriter, format: TextFormat) {}

    /// Appends nothing.
    public func inject(_ context: any SpanContext, into carrier: inout [UInt8]) {}

    /// An empty context.
    public func extract(
        from carrier: some TextMapReader,
        format: TextFormat
    ) throws(PropagationError) -> (any SpanContext)? { NoopSpanContext() }

    /// An empty context.
    public func extract(from carrier: [UInt8]) throws(PropagationError) -> (any SpanContext)? { NoopSpanContext() }
}

/// The span of ``NoopTracer``: there is only this one.
final class NoopSpan: Span {
    static let shared = NoopSpan()

    var context: any SpanContext { NoopSpanContext() }
    var tracer: any Tracer { NoopTracer() }

    func setOperationName(_ name: String) {}
    func setTag(_ key: String, to value: TagValue) {}
    func log(_ fields: TagList, at time: Timestamp?) {}
    func setBaggageItem(_ key: String, to value: String) {}
    func baggageItem(_ key: String) -> String? { nil }
    func finish(at time: Timestamp?) {}
}

/// The context of ``NoopTracer``'s span: it identifies nothing.
struct NoopSpanContext: SpanContext {
    var traceIdentifier: String { "" }
    var spanIdentifier: String { "" }
    var baggage: [String: String] { [:] }
}
