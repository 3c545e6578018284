/// Knows which span is the active one, and makes one active for a while.
///
/// Spans that start while another is active are its children without being told so. Tracers share
/// ``TaskLocalScopeManager`` unless they have reason to keep the active span elsewhere.
public protocol ScopeManager: Sendable {
    /// The span that is active in the current task, or, outside of tasks, on the current thread; nil when none is.
    var activeSpan: (any Span)? { get }

    /// Makes a span the active one while `body` runs.
    ///
    /// - Parameters:
    ///   - span: The span; it is not finished at the end.
    ///   - body: What runs meanwhile.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    func withActive<Value>(_ span: any Span, _ body: () throws -> Value) rethrows -> Value

    /// Makes a span the active one while `body` and the child tasks that it starts run.
    ///
    /// - Parameters:
    ///   - span: The span; it is not finished at the end.
    ///   - isolation: The actor that the caller runs on, so that `body` stays there.
    ///   - body: What runs meanwhile.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    func withActive<Value>(
        _ span: any Span,
        isolation: isolated (any Actor)?,
        _ body: () async throws -> Value
    ) async rethrows -> Value

    /// Makes a span the active one until the scope is closed, for code that no closure can enclose.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - finishOnClose: Whether closing the scope finishes the span.
    /// - Returns: The scope; it closes when nobody holds it any more.
    func activate(_ span: any Span, finishOnClose: Bool) -> Scope
}
