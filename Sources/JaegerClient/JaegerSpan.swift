import OpenTracing
import Synchronization

/// A span of Jaeger's.
///
/// One object with its lock inside: nothing else is allocated for a span but its tags and logs. A span that is not
/// sampled carries its context and baggage on, and ignores tags and logs.
public final class JaegerSpan: Span {
    private struct State {
        var context: JaegerSpanContext
        var operationName: String
        var tags: TagList
        var logs: [FinishedSpan.Log] = []
        var isFinished = false

        /// Whether tags and logs are worth keeping.
        var isRecording: Bool { !isFinished && context.isSampled }
    }

    /// The tracer that started the span.
    public let jaegerTracer: JaegerTracer
    private let links: [FinishedSpan.Link]
    private let startTime: Timestamp
    /// When it began by the clock that never goes back; nil when the time was given, and its end will be too.
    private let startNanoseconds: Int64?
    private let state: Mutex<State>

    init(
        tracer: JaegerTracer,
        context: JaegerSpanContext,
        operationName: String,
        links: [FinishedSpan.Link],
        startTime: Timestamp?,
        tags: TagList
    ) {
        jaegerTracer = tracer
        self.links = links
        self.startTime = startTime ?? tracer.clock.now
        startNanoseconds = startTime == nil ? tracer.clock.monotonicNanoseconds : nil
        state = Mutex(State(context: context, operationName: operationName, tags: tags))
    }

    /// The tracer that started the span.
    public var tracer: any Tracer { jaegerTracer }

    /// What identifies the span.
    public var context: any SpanContext { jaegerContext }

    /// What identifies the span, with its numbers.
    public var jaegerContext: JaegerSpanContext { state.withLock { $0.context } }

    /// Gives the span another name.
    public func setOperationName(_ name: String) {
        state.withLock { if !$0.isFinished { $0.operationName = name } }
    }

    /// Adds a tag, in place of one with the same key.
    ///
    /// `sampling.priority` decides whether the span, and those that start below it from then on, are recorded.
    public func setTag(_ key: String, to value: TagValue) {
        state.withLock { state in
            if key == Tags.samplingPriority { state.context.flags.setPriority(value) }
            if state.isRecording { state.tags[key] = value }
        }
    }

    /// Adds a log.
    public func log(_ fields: TagList, at time: Timestamp?) {
        let time = time ?? jaegerTracer.clock.now
        state.withLock { state in
            if state.isRecording { state.logs.append(FinishedSpan.Log(time: time, fields: fields)) }
        }
    }

    /// Adds an item that travels to every span below this one.
    public func setBaggageItem(_ key: String, to value: String) {
        state.withLock { if !$0.isFinished { $0.context.baggage[key] = value } }
    }

    /// The value of a baggage item, or nil.
    public func baggageItem(_ key: String) -> String? { state.withLock { $0.context.baggage[key] } }

    /// Ends the span and, when it is sampled, hands it to the tracer's reporter; only the first call counts.
    public func finish(at time: Timestamp?) {
        let duration = durationNanoseconds(until: time)
        let finished: FinishedSpan? = state.withLock { state in
            let isRecording = state.isRecording
            state.isFinished = true
            guard isRecording else { return nil }
            return FinishedSpan(
                context: state.context,
                operationName: state.operationName,
                links: links,
                startTime: startTime,
                durationNanoseconds: duration,
                tags: state.tags,
                logs: state.logs
            )
        }
        if let finished { jaegerTracer.reporter.report(finished) }
    }

    private func durationNanoseconds(until time: Timestamp?) -> Int64 {
        if time == nil, let startNanoseconds {
            return max(0, jaegerTracer.clock.monotonicNanoseconds - startNanoseconds)
        }
        let end = (time ?? jaegerTracer.clock.now).nanosecondsSinceEpoch
        let (duration, overflow) = end.subtractingReportingOverflow(startTime.nanosecondsSinceEpoch)
        return overflow ? 0 : max(0, duration)
    }
}

extension JaegerSpanContext.Flags {
    /// Follows the tag `sampling.priority`: above 0 forces a trace to be recorded, 0 forbids it.
    mutating func setPriority(_ value: TagValue) {
        let isWanted: Bool
        switch value {
        case .int(let priority): isWanted = priority > 0
        case .double(let priority): isWanted = priority > 0
        case .bool(let wanted): isWanted = wanted
        case .string(let text): isWanted = Int(text).map { $0 > 0 } ?? false
        case .binary: return
        }
        if isWanted { formUnion([.sampled, .debug]) } else { subtract([.sampled]) }
    }
}
