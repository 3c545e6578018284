import OpenTracing
import Synchronization

/// What identifies a span of ``MockTracer``.
public struct MockSpanContext: SpanContext, Hashable {
    /// The trace's number; 0 when the context only carries baggage.
    public var traceID: UInt64
    /// The span's number.
    public var spanID: UInt64
    /// The items that travel to every span below this one.
    public var baggage: [String: String]

    /// Makes a context from its parts.
    public init(traceID: UInt64, spanID: UInt64, baggage: [String: String] = [:]) {
        self.traceID = traceID
        self.spanID = spanID
        self.baggage = baggage
    }

    /// The trace's number in hexadecimal digits.
    public var traceIdentifier: String { String(traceID, radix: 16) }
    /// The span's number in hexadecimal digits.
    public var spanIdentifier: String { String(spanID, radix: 16) }
}

/// A span of ``MockTracer``, with all that was said about it.
public final class MockSpan: Span {
    /// Something that happened during the span.
    public struct Log: Sendable, Hashable {
        /// When it happened.
        public var time: Timestamp
        /// What happened.
        public var fields: TagList

        /// Makes a log from its parts.
        public init(time: Timestamp, fields: TagList) {
            self.time = time
            self.fields = fields
        }
    }

    private struct State {
        var context: MockSpanContext
        var operationName: String
        var tags: TagList
        var logs: [Log] = []
        var finishTime: Timestamp?
    }

    /// The tracer that started the span.
    public let mockTracer: MockTracer
    /// The parent's number; nil in the first span of a trace.
    public let parentID: UInt64?
    /// The spans that led to this one, as they were given at the start.
    public let references: [Reference]
    /// When it began.
    public let startTime: Timestamp
    private let state: Mutex<State>

    init(
        _ tracer: MockTracer,
        _ context: MockSpanContext,
        parentID: UInt64?,
        operationName: String,
        startTime: Timestamp,
        options: SpanOptions
    ) {
        mockTracer = tracer
        self.parentID = parentID
        references = options.references
        self.startTime = startTime
        state = Mutex(State(context: context, operationName: operationName, tags: options.tags))
    }

    /// The tracer that started the span.
    public var tracer: any Tracer { mockTracer }
    /// What identifies the span.
    public var context: any SpanContext { mockContext }
    /// What identifies the span, with its numbers.
    public var mockContext: MockSpanContext { state.withLock { $0.context } }
    /// What the span does.
    public var operationName: String { state.withLock { $0.operationName } }
    /// Its tags, in the order in which they were set.
    public var tags: TagList { state.withLock { $0.tags } }
    /// Its logs, in the order in which they were added.
    public var logs: [Log] { state.withLock { $0.logs } }
    /// When it ended; nil while it goes on.
    public var finishTime: Timestamp? { state.withLock { $0.finishTime } }
    /// Whether it has ended.
    public var isFinished: Bool { finishTime != nil }

    /// Gives the span another name.
    public func setOperationName(_ name: String) { change { $0.operationName = name } }

    /// Adds a tag, in place of one with the same key.
    public func setTag(_ key: String, to value: TagValue) { change { $0.tags[key] = value } }

    /// Adds a log.
    public func log(_ fields: TagList, at time: Timestamp?) {
        let log = Log(time: time ?? mockTracer.now(), fields: fields)
        change { $0.logs.append(log) }
    }

    /// Adds an item that travels to every span below this one.
    public func setBaggageItem(_ key: String, to value: String) { change { $0.context.baggage[key] = value } }

    /// The value of a baggage item, or nil.
    public func baggageItem(_ key: String) -> String? { mockContext.baggage[key] }

    /// Ends the span; only the first call counts.
    public func finish(at time: Timestamp?) {
        let time = time ?? mockTracer.now()
        let isFirst = state.withLock { state in
            guard state.finishTime == nil else { return false }
            state.finishTime = time
            return true
        }
        if isFirst { mockTracer.take(self) }
    }

    /// What has ended does not change any more.
    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            if state.finishTime == nil { body(&state) }
        }
    }
}

extension MockSpan: CustomStringConvertible {
    /// The span's name and its tags, as an assertion that failed shows them.
    public var description: String {
        let tags = tags.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return operationName + (tags.isEmpty ? "" : " [\(tags)]")
    }
}
