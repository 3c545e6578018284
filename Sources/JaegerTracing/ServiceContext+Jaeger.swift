#if Tracing
import JaegerClient
import OpenTracing
import Tracing

extension ServiceContext {
    /// The span of this process in whose closure the context is; below it the next span stands.
    private enum SpanKey: ServiceContextKey {
        typealias Value = JaegerSpan
        static var nameOverride: String? { "jaeger-span" }
    }

    /// The span of another process, as it was read from a request.
    private enum RemoteKey: ServiceContextKey {
        typealias Value = JaegerSpanContext
        static var nameOverride: String? { "jaeger-remote-context" }
    }

    /// A span of another tracer than ours, which OpenTracing's closures made active.
    private enum ForeignKey: ServiceContextKey {
        typealias Value = ForeignSpan
    }

    /// Items that were set on the context rather than on a span.
    private enum BaggageKey: ServiceContextKey {
        typealias Value = [String: String]
        static var nameOverride: String? { "jaeger-baggage" }
    }

    /// Holds a span of another tracer.
    final class ForeignSpan: Sendable {
        let active: TaskLocalScopeManager.ActiveSpan

        init(_ active: TaskLocalScopeManager.ActiveSpan) { self.active = active }
    }

    /// The innermost span of this process.
    var span: JaegerSpan? {
        get { self[SpanKey.self] }
        set {
            self[SpanKey.self] = newValue
            // What was innermost before is so no longer. Hardly any context has these: to look is cheaper.
            if count > 1 {
                if self[RemoteKey.self] != nil { self[RemoteKey.self] = nil }
                if self[ForeignKey.self] != nil { self[ForeignKey.self] = nil }
                if self[BaggageKey.self] != nil { self[BaggageKey.self] = nil }
            }
        }
    }

    var foreign: ForeignSpan? {
        get { self[ForeignKey.self] }
        set { self[ForeignKey.self] = newValue }
    }

    var carriedBaggage: [String: String]? { self[BaggageKey.self] }

    /// What identifies the span that spans started in this context are children of: that of the innermost closure, or
    /// the one that came with a request; nil when there is neither.
    ///
    /// Setting it makes the next span a child of that one.
    public var jaegerContext: JaegerSpanContext? {
        get {
            guard var context = span?.jaegerContext ?? self[RemoteKey.self] else { return nil }
            if let own = self[BaggageKey.self] { context.baggage.merge(own) { $1 } }
            return context
        }
        set {
            span = nil
            self[BaggageKey.self] = nil
            self[RemoteKey.self] = newValue
        }
    }

    /// The items that travel to every span below, in other processes too.
    ///
    /// They are those of the span, and those that were set on the context:
    ///
    ///     var context = ServiceContext.current ?? .topLevel
    ///     context.baggage["user"] = "7"
    ///     try await withSpan("checkout", context: context) { _ in … }
    public var baggage: [String: String] {
        get { jaegerContext?.baggage ?? self[BaggageKey.self] ?? [:] }
        set { self[BaggageKey.self] = newValue.isEmpty ? nil : newValue }
    }
}
#endif
