import OpenTracing

/// A span that has ended, as reporters get it: it does not change any more.
///
/// A reference to the span itself: taking it, keeping it and handing it on copies nothing. The properties read what the
/// span stored, each time they are asked; a reporter that sends spans encodes them without going through these.
/// Who keeps spans for long keeps the tracer that made them too; ``detached`` gives one that stands alone.
public struct FinishedSpan: Sendable {
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

    /// A span that led to this one, besides the parent, or is related to it.
    public struct Link: Sendable, Hashable {
        /// How the two are related; nil when nothing is said but that they are.
        public var kind: Reference.Kind?
        /// Upper half of the other span's trace identifier.
        public var traceIDHigh: UInt64
        /// Lower half of the other span's trace identifier.
        public var traceIDLow: UInt64
        /// The other span's identifier.
        public var spanID: UInt64
        /// What is said about the relation.
        public var attributes: TagList

        /// Makes a link from its parts.
        public init(
            kind: Reference.Kind?,
            traceIDHigh: UInt64,
            traceIDLow: UInt64,
            spanID: UInt64,
            attributes: TagList = [:]
        ) {
            self.kind = kind
            self.traceIDHigh = traceIDHigh
            self.traceIDLow = traceIDLow
            self.spanID = spanID
            self.attributes = attributes
        }
    }

    let span: JaegerSpan

    init(_ span: JaegerSpan) { self.span = span }

    /// What identifies the span.
    public var context: JaegerSpanContext { span.jaegerContext }
    /// What the span did.
    public var operationName: String { span.withFinishedState { $0.operationName } }
    /// When it began.
    public var startTime: Timestamp {
        Timestamp(nanosecondsSinceEpoch: span.withFinishedState { $0.startNanoseconds })
    }
    /// How long it took, in nanoseconds; never negative.
    public var durationNanoseconds: Int64 { span.withFinishedState { $0.durationNanoseconds } }
    /// How the work ended, where somebody said.
    public var status: JaegerSpan.Status { span.withFinishedState { $0.status } }
    /// Which side of a call it was on, where somebody said; may be the tag `span.kind` instead.
    public var kind: SpanKind? { span.withFinishedState { $0.kind } }
    /// Whether the span goes on, and this is what is known of it so far.
    public var isPartial: Bool { span.withFinishedState { $0.isPartial } }

    /// Its tags, in the order in which they were set: those of the sampler first.
    public var tags: TagList {
        span.withFinishedState { state in
            var tags = state.decision?.tags ?? [:]
            state.content.forEachEntry { kind, entry in
                if kind == .tag { entry.forEachField { tags.append(Tag($0.text, $1.tagValue)) } }
            }
            return tags
        }
    }

    /// Its logs, in the order in which they were added.
    public var logs: [Log] {
        span.withFinishedState { state in
            var logs: [Log] = []
            state.content.forEachEntry { kind, entry in
                guard kind == .log else { return }
                logs.append(Log(time: Timestamp(nanosecondsSinceEpoch: entry.nanoseconds), fields: entry.tagList))
            }
            return logs
        }
    }

    /// The spans that led to this one or are related to it; empty when that is the parent alone.
    public var links: [Link] {
        span.withFinishedState { state in
            var links: [Link] = []
            state.content.forEachEntry { kind, entry in
                guard kind == .link else { return }
                links.append(
                    Link(
                        kind: entry.linkKind.reference,
                        traceIDHigh: entry.linkedTraceIDHigh,
                        traceIDLow: entry.linkedTraceIDLow,
                        spanID: entry.linkedSpanID,
                        attributes: entry.tagList
                    )
                )
            }
            return links
        }
    }

    /// How many tags, logs and links were left out because the span had too many; see ``SpanLimits``.
    public var droppedCounts: (tags: Int, logs: Int, links: Int) {
        span.withFinishedState { ($0.content.droppedTags, $0.content.droppedLogs, $0.content.droppedLinks) }
    }

    /// The same span without the tracer that made it: for who keeps spans.
    public var detached: FinishedSpan { FinishedSpan(span.copy(tracer: .detached)) }
}

extension SpanLinkKind {
    var reference: Reference.Kind? {
        switch self {
        case .childOf: .childOf
        case .followsFrom: .followsFrom
        case .link: nil
        }
    }
}

extension SpanEntry {
    /// The fields on their own.
    var tagList: TagList {
        var fields: TagList = [:]
        forEachField { fields.append(Tag($0.text, $1.tagValue)) }
        return fields
    }
}

extension FinishedSpan {
    /// Makes a span from its parts, for who feeds a reporter with spans that no tracer made.
    public init(
        context: JaegerSpanContext,
        operationName: String,
        links: [Link] = [],
        startTime: Timestamp,
        durationNanoseconds: Int64,
        tags: TagList = [:],
        logs: [Log] = [],
        status: JaegerSpan.Status = .unset,
        kind: SpanKind? = nil,
        limits: SpanLimits = SpanLimits()
    ) {
        var state = JaegerSpan.State()
        state.operationName = operationName
        state.items = context.items
        state.startNanoseconds = startTime.nanosecondsSinceEpoch
        state.durationNanoseconds = durationNanoseconds
        state.status = status
        state.kind = kind
        for tag in tags { state.content.setTag(tag.key, tag.value, limits) }
        for log in logs {
            state.content.addLog(at: log.time.nanosecondsSinceEpoch, name: nil, log.fields, limits)
        }
        for link in links {
            let other = JaegerSpanContext(
                traceIDHigh: link.traceIDHigh,
                traceIDLow: link.traceIDLow,
                spanID: link.spanID
            )
            let kind: SpanLinkKind =
                switch link.kind {
                case .childOf: .childOf
                case .followsFrom: .followsFrom
                case nil: .link
                }
            state.content.addLink(kind, to: other, link.attributes, limits)
        }
        self.init(JaegerSpan(finished: context, state, tracer: .detached))
    }
}
