import Synchronization

/// The stretch of code during which a span is the active one, as a value to hold and to close.
///
/// For callbacks and delegates, which begin something in one function and end it in another. Where a closure can
/// enclose the work, `withActiveSpan` is the safer way: it can't be left open, and child tasks inherit its span.
///
///     let scope = tracer.startActiveSpan("parse")
///     defer { scope.close() }
///
/// A scope belongs to the task that opened it, or, outside of tasks, to the thread. Close scopes in the reverse order
/// of their opening: one that is closed early does not touch those that were opened after it, and when it is the
/// active one, the span below it is active again. A scope that nobody holds any more closes by itself.
public final class Scope: Sendable {
    /// The span that is active.
    public let span: any Span
    private let finishOnClose: Bool
    private let isClosed = Atomic(false)
    private let onClose: @Sendable () -> Void

    /// Makes a scope; for those who write a ``ScopeManager``.
    ///
    /// - Parameters:
    ///   - span: The span that is active.
    ///   - finishOnClose: Whether closing finishes the span.
    ///   - onClose: Ends the span's being active; called once.
    public init(span: any Span, finishOnClose: Bool, onClose: @escaping @Sendable () -> Void) {
        self.span = span
        self.finishOnClose = finishOnClose
        self.onClose = onClose
    }

    deinit { close() }

    /// Ends the scope, and the span if that was asked for; only the first call does something.
    public func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        onClose()
        if finishOnClose { span.finish() }
    }
}
