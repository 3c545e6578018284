#if Tracing
import JaegerClient
import OpenTracing
import Tracing

/// A span of Jaeger's as swift-distributed-tracing sees it.
///
/// Nothing but a view: what is set here is set on ``jaegerSpan``, and either face sees what the other one did.
///
/// | here | in OpenTracing and Jaeger |
/// |---|---|
/// | `attributes` | tags; a list is a list in OTLP and JSON text in Thrift |
/// | `addEvent` | a log whose field `event` is the name |
/// | `addLink` | a reference that follows from |
/// | `setStatus(.error)` | the tag `error`, and `otel.status_description` |
/// | `recordError` | a log with `event`, `error.kind` and `message` |
/// | kind | the tag `span.kind` |
public struct TracingSpan: Tracing.Span {
    /// The span itself, with OpenTracing's verbs.
    public let jaegerSpan: JaegerSpan
    private let outer: ServiceContext

    init(_ span: JaegerSpan, in context: ServiceContext) {
        jaegerSpan = span
        outer = context
    }

    /// The context in which the span started, with the span as its innermost.
    public var context: ServiceContext {
        var context = outer
        context.span = jaegerSpan
        return context
    }

    /// What the span does.
    public var operationName: String {
        get { jaegerSpan.operationName }
        nonmutating set { jaegerSpan.setOperationName(newValue) }
    }

    /// Says how the work ended.
    public func setStatus(_ status: SpanStatus) {
        let code: JaegerSpan.Status.Code = status.code == .ok ? .ok : .error
        jaegerSpan.status = JaegerSpan.Status(code, message: status.message)
    }

    /// Adds something that happened.
    public func addEvent(_ event: SpanEvent) {
        guard isRecording else { return }
        jaegerSpan.addEvent(
            event.name,
            attributes: event.attributes.tags,
            at: Timestamp(nanosecondsSinceEpoch: Int64(clamping: event.nanosecondsSinceEpoch))
        )
    }

    /// Adds a log of an error; it does not say that the span failed, as `setStatus` does.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        guard isRecording else { return }
        var fields: TagList = [
            LogFields.errorKind: .string(String(reflecting: type(of: error))),
            LogFields.message: .string(String(describing: error)),
        ]
        attributes.forEach { fields.append(Tag($0, $1.tagValue)) }
        jaegerSpan.addEvent("error", attributes: fields, at: Timestamp(instant()))
    }

    /// Whether what is set here is kept.
    public var isRecording: Bool { jaegerSpan.isRecording }

    /// Adds a link to a span that is related to this one; a context without a span of ours is ignored.
    public func addLink(_ link: SpanLink) {
        guard let context = link.context.jaegerContext else { return }
        jaegerSpan.addLink(to: context, attributes: link.attributes.tags)
    }

    /// Ends the span, and hands it over to be reported when it is sampled.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        jaegerSpan.finish(at: isRecording ? Timestamp(instant()) : nil)
    }
}

extension Timestamp {
    init(_ instant: some TracerInstant) {
        self.init(nanosecondsSinceEpoch: Int64(clamping: instant.nanosecondsSinceEpoch))
    }
}
#endif
