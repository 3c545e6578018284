import OpenTracing
import Synchronization

/// A tracer for tests: keeps what was traced, so that a test can look at it.
///
///     let tracer = MockTracer()
///     handle(request, tracer: tracer)
///     #expect(tracer.finishedSpans.map(\.operationName) == ["query", "handle"])
///
/// Identifiers are numbered from 1, so that they are the same in each run.
public final class MockTracer: Tracer {
    private struct State {
        var lastID: UInt64 = 0
        var started: [MockSpan] = []
        var finished: [MockSpan] = []
        var propagators: [TextFormat: any MockPropagator] = [:]
    }

    /// Knows which span is the active one.
    public let scopeManager: any ScopeManager
    let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// Makes a tracer that has traced nothing yet.
    ///
    /// - Parameters:
    ///   - scopeManager: Knows which span is the active one.
    ///   - now: Where the time comes from; give a clock of your own to know all times beforehand.
    public init(
        scopeManager: any ScopeManager = TaskLocalScopeManager(),
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        self.scopeManager = scopeManager
        self.now = now
    }

    /// The spans that have finished, in the order in which they did.
    public var finishedSpans: [MockSpan] { state.withLock { $0.finished } }

    /// The spans that were started and have not finished, in the order of their start.
    public var unfinishedSpans: [MockSpan] { state.withLock { $0.started }.filter { !$0.isFinished } }

    /// Forgets all spans and numbers the next from 1; propagators stay.
    public func reset() {
        state.withLock { state in
            state.lastID = 0
            state.started = []
            state.finished = []
        }
    }

    /// Makes contexts travel as `propagator` writes them, in place of ``MockTextPropagator``.
    public func register(_ propagator: any MockPropagator, for format: TextFormat) {
        state.withLock { $0.propagators[format] = propagator }
    }

    /// Starts a span.
    ///
    /// A context of another tracer is no parent.
    public func startSpan(_ operationName: String, options: SpanOptions) -> any Span {
        let parent = parent(for: options) as? MockSpanContext
        let startTime = options.startTime ?? now()
        return state.withLock { state in
            func nextID() -> UInt64 {
                state.lastID += 1
                return state.lastID
            }
            // A context that carries baggage and nothing else begins a new trace.
            let isRoot = parent.map { $0.traceID == 0 } ?? true
            let context = MockSpanContext(
                traceID: isRoot ? nextID() : parent?.traceID ?? 0,
                spanID: nextID(),
                baggage: parent?.baggage ?? [:]
            )
            let span = MockSpan(
                self,
                context,
                parentID: isRoot ? nil : parent?.spanID,
                operationName: operationName,
                startTime: startTime,
                options: options
            )
            state.started.append(span)
            return span
        }
    }

    /// Writes a context; one of another tracer is ignored.
    public func inject(_ context: any SpanContext, into carrier: inout some TextMapWriter, format: TextFormat) {
        guard let context = context as? MockSpanContext else { return }
        for (key, value) in propagator(for: format).render(context) { carrier.set(key, to: value) }
    }

    /// Appends a context to bytes; one of another tracer is ignored.
    public func inject(_ context: any SpanContext, into carrier: inout [UInt8]) {
        guard let context = context as? MockSpanContext else { return }
        carrier += MockBinaryContext.render(context)
    }

    /// Reads a context, or nil when there is none.
    ///
    /// - Throws: When there is one that can't be read.
    public func extract(
        from carrier: some TextMapReader,
        format: TextFormat
    ) throws(PropagationError) -> (any SpanContext)? {
        var pairs: [String: String] = [:]
        carrier.forEachPair { key, value in pairs[key] = value }
        return try propagator(for: format).parse(pairs)
    }

    /// Reads a context from bytes, or nil when there are none.
    ///
    /// - Throws: When the bytes are not a context.
    public func extract(from carrier: [UInt8]) throws(PropagationError) -> (any SpanContext)? {
        carrier.isEmpty ? nil : try MockBinaryContext.parse(carrier)
    }

    func take(_ span: MockSpan) { state.withLock { $0.finished.append(span) } }

    private func propagator(for format: TextFormat) -> any MockPropagator {
        state.withLock { $0.propagators[format] } ?? MockTextPropagator(format)
    }
}
