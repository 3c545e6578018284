import Synchronization

/// Keeps the active span in a task-local value: child tasks inherit it, and a closure can't leave it behind.
public struct TaskLocalScopeManager: ScopeManager {
    /// A span that is active, with a number that tells this time from any other.
    package struct ActiveSpan: Sendable {
        package var span: any Span
        package var number: UInt64

        package init(span: any Span, number: UInt64) {
            self.span = span
            self.number = number
        }
    }

    @TaskLocal package static var current: ActiveSpan?

    /// Where the active span is kept instead once another tracing API shares it.
    private static let shared = AtomicLazyReference<SharedActiveSpan>()
    /// Whether there is such a place: looked at for every span, and quicker to look at.
    private static let isShared = Atomic(false)

    /// Whether a closure has ever made a span active in our own value.
    private static let isOwnUsed = Atomic(false)

    private static let lastNumber = Atomic<UInt64>(0)

    /// Makes a scope manager; all of them are the same.
    public init() {}

    /// The span that is active in the current task or on the current thread, without a tracer at hand.
    public static var activeSpan: (any Span)? {
        let active = enclosing
        return OpenScopes.newest(above: active?.number ?? 0) ?? active?.span
    }

    /// The span that the nearest closure made active.
    private static var enclosing: ActiveSpan? {
        if isShared.load(ordering: .acquiring), let shared = shared.load() {
            return shared.place.active ?? activeBesideShared
        }
        return current
    }

    /// What was made active here before the first use of the other place: only `share` leaves such a closure behind.
    package static var activeBesideShared: ActiveSpan? {
        isOwnUsed.load(ordering: .relaxed) ? current : nil
    }

    /// The span of the newest scope that was opened by handle inside the closure `number`, if there is one.
    package static func opened(above number: UInt64) -> (any Span)? { OpenScopes.newest(above: number) }

    /// Keeps the active span in `place` from now on; the first place that asks for it gets it.
    package static func share(with place: any ActiveSpanPlace) {
        _ = shared.storeIfNil(SharedActiveSpan(place))
        isShared.store(true, ordering: .releasing)
    }

    /// A number that was never used before; never 0.
    package static func nextNumber() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

    /// The span that is active in the current task or on the current thread.
    public var activeSpan: (any Span)? { Self.activeSpan }

    /// Makes a span the active one while `body` runs.
    public func withActive<Value>(_ span: any Span, _ body: () throws -> Value) rethrows -> Value {
        let active = ActiveSpan(span: span, number: Self.nextNumber())
        if let shared = Self.shared.load() { return try shared.place.withActive(active, body) }
        Self.noteOwnUse()
        return try Self.$current.withValue(active, operation: body)
    }

    /// Makes a span the active one while `body` and the child tasks that it starts run.
    public func withActive<Value>(
        _ span: any Span,
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let active = ActiveSpan(span: span, number: Self.nextNumber())
        if let shared = Self.shared.load() {
            return try await shared.place.withActive(active, isolation: isolation, body)
        }
        Self.noteOwnUse()
        return try await Self.$current.withValue(active, operation: body)
    }

    /// Looked at before it is written: all threads look at it.
    private static func noteOwnUse() {
        if !isOwnUsed.load(ordering: .relaxed) { isOwnUsed.store(true, ordering: .relaxed) }
    }

    /// Makes a span the active one of this task or thread until the scope is closed.
    public func activate(_ span: any Span, finishOnClose: Bool) -> Scope {
        OpenScopes.open(span, above: Self.enclosing?.number ?? 0, finishOnClose: finishOnClose)
    }
}

/// Another task-local value that holds the active span: that of a tracing API beside this one.
///
/// While both are used, one of them has to be the truth about which span is the innermost. It is the other one: its
/// closures know nothing of ours, and ours ask here.
package protocol ActiveSpanPlace: Sendable {
    /// The span that is active there.
    var active: TaskLocalScopeManager.ActiveSpan? { get }

    /// Makes a span the active one there while `body` runs.
    func withActive<Value>(
        _ active: TaskLocalScopeManager.ActiveSpan,
        _ body: () throws -> Value
    ) rethrows -> Value

    /// Makes a span the active one there while `body` runs.
    func withActive<Value>(
        _ active: TaskLocalScopeManager.ActiveSpan,
        isolation: isolated (any Actor)?,
        _ body: () async throws -> Value
    ) async rethrows -> Value
}

/// Holds the place that is shared, so that one atomic load finds it.
package final class SharedActiveSpan: Sendable {
    package let place: any ActiveSpanPlace

    package init(_ place: any ActiveSpanPlace) { self.place = place }
}
