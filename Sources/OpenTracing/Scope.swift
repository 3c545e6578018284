/// The stretch of code during which a span is the active one.
///
/// A scope belongs to the task that runs the closure: child tasks inherit it, and it ends with the closure, however
/// that ends. So scopes always close in the right order, and none is left open.
public struct Scope: Sendable {
    /// The span that is active.
    public let span: any Span

    /// The scope of the current task, or nil when no span is active.
    @TaskLocal public static var active: Scope?
}

extension Tracer {
    /// Starts a span, makes it the active one while `body` runs, and finishes it.
    ///
    /// Spans that `body` starts are its children without being told so. An error that leaves `body` is recorded on the
    /// span and thrown on.
    ///
    ///     let total = tracer.withSpan("add-up") { span in
    ///         span.setTag("items", to: items.count)
    ///         return items.reduce(0, +)
    ///     }
    public func withSpan<Value>(
        _ operationName: String,
        childOf parent: (any SpanContext)? = nil,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false,
        _ body: (any Span) throws -> Value
    ) rethrows -> Value {
        let span = startSpan(
            operationName,
            childOf: parent,
            references: references,
            tags: tags,
            startTime: startTime,
            ignoringActiveSpan: ignoringActiveSpan
        )
        return try withActiveSpan(span, finishOnClose: true) { try body(span) }
    }

    /// Starts a span, makes it the active one while `body` runs, and finishes it.
    ///
    /// Spans that `body` and its child tasks start are its children without being told so. An error that leaves `body`
    /// is recorded on the span and thrown on.
    public func withSpan<Value>(
        _ operationName: String,
        childOf parent: (any SpanContext)? = nil,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (any Span) async throws -> Value
    ) async rethrows -> Value {
        let span = startSpan(
            operationName,
            childOf: parent,
            references: references,
            tags: tags,
            startTime: startTime,
            ignoringActiveSpan: ignoringActiveSpan
        )
        return try await withActiveSpan(span, finishOnClose: true) { try await body(span) }
    }

    /// Makes a span the active one while `body` runs.
    ///
    /// - Parameters:
    ///   - span: The span, started by this tracer.
    ///   - finishOnClose: Whether to finish the span at the end; otherwise it goes on.
    ///   - body: What the span is about. An error that leaves it is recorded on the span.
    /// - Returns: What `body` returns.
    public func withActiveSpan<Value>(
        _ span: any Span,
        finishOnClose: Bool = false,
        _ body: () throws -> Value
    ) rethrows -> Value {
        defer { if finishOnClose { span.finish() } }
        do {
            return try Scope.$active.withValue(Scope(span: span)) { try body() }
        } catch {
            span.recordError(error)
            throw error
        }
    }

    /// Makes a span the active one while `body` and the child tasks it starts run.
    ///
    /// - Parameters:
    ///   - span: The span, started by this tracer.
    ///   - finishOnClose: Whether to finish the span at the end; otherwise it goes on.
    ///   - isolation: The actor that the caller runs on, so that `body` stays there.
    ///   - body: What the span is about. An error that leaves it is recorded on the span.
    /// - Returns: What `body` returns.
    public func withActiveSpan<Value>(
        _ span: any Span,
        finishOnClose: Bool = false,
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        defer { if finishOnClose { span.finish() } }
        do {
            return try await Scope.$active.withValue(Scope(span: span)) { try await body() }
        } catch {
            span.recordError(error)
            throw error
        }
    }
}
