#if Tracing
import JaegerClient
import OpenTracing
import Tracing

/// The task-local `ServiceContext` as the one place that knows the active span, for both faces of the tracer.
///
/// `withSpan` of swift-distributed-tracing sets it, and can't be made to set anything else. So OpenTracing's closures
/// set it too, and both look here.
struct ActiveSpanInServiceContext: ActiveSpanPlace {
    private static let isShared: Void = TaskLocalScopeManager.share(with: ActiveSpanInServiceContext())

    /// Begins the sharing; only the first call does something.
    static func share() { isShared }

    var active: TaskLocalScopeManager.ActiveSpan? {
        guard let context = ServiceContext.current else { return nil }
        if let span = context.span { return TaskLocalScopeManager.ActiveSpan(span: span, number: span.spanNumber) }
        return context.foreign?.active
    }

    func withActive<Value>(
        _ active: TaskLocalScopeManager.ActiveSpan,
        _ body: () throws -> Value
    ) rethrows -> Value {
        try ServiceContext.$current.withValue(Self.context(with: active), operation: body)
    }

    func withActive<Value>(
        _ active: TaskLocalScopeManager.ActiveSpan,
        isolation: isolated (any Actor)?,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await ServiceContext.$current.withValue(Self.context(with: active), operation: body)
    }

    private static func context(with active: TaskLocalScopeManager.ActiveSpan) -> ServiceContext {
        var context = ServiceContext.current ?? .topLevel
        context.span = active.span as? JaegerSpan
        if context.span == nil { context.foreign = ServiceContext.ForeignSpan(active) }
        return context
    }
}

extension JaegerSpan {
    /// What tells the closure that made this span active from others.
    var spanNumber: UInt64 { jaegerContext.spanID }
}
#endif
