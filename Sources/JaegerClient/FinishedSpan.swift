import OpenTracing

/// A span that has ended, as reporters get it: it does not change any more.
public struct FinishedSpan: Sendable, Hashable {
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

    /// A span that led to this one, besides the parent.
    public struct Link: Sendable, Hashable {
        /// How the two are related.
        public var kind: Reference.Kind
        /// Upper half of the other span's trace identifier.
        public var traceIDHigh: UInt64
        /// Lower half of the other span's trace identifier.
        public var traceIDLow: UInt64
        /// The other span's identifier.
        public var spanID: UInt64

        /// Makes a link from its parts.
        public init(kind: Reference.Kind, traceIDHigh: UInt64, traceIDLow: UInt64, spanID: UInt64) {
            self.kind = kind
            self.traceIDHigh = traceIDHigh
            self.traceIDLow = traceIDLow
            self.spanID = spanID
        }
    }

    /// What identifies the span.
    public var context: JaegerSpanContext
    /// What the span did.
    public var operationName: String
    /// The spans that led to this one; empty when that is the parent alone.
    public var links: [Link]
    /// When it began.
    public var startTime: Timestamp
    /// How long it took, in nanoseconds; never negative.
    public var durationNanoseconds: Int64
    /// Its tags, in the order in which they were set.
    public var tags: TagList
    /// Its logs, in the order in which they were added.
    public var logs: [Log]

    /// Makes a span from its parts.
    public init(
        context: JaegerSpanContext,
        operationName: String,
        links: [Link] = [],
        startTime: Timestamp,
        durationNanoseconds: Int64,
        tags: TagList = [:],
        logs: [Log] = []
    ) {
        self.context = context
        self.operationName = operationName
        self.links = links
        self.startTime = startTime
        self.durationNanoseconds = durationNanoseconds
        self.tags = tags
        self.logs = logs
    }
}
