/// A span's own fields, as one value. It is how a row goes into `SpanColumns` and comes out in cold code.
public struct SpanRow: Sendable, Equatable {
    /// The trace that the span belongs to.
    public var traceID = TraceID(low: 0)
    /// The span.
    public var spanID = SpanID.none
    /// The span that caused it, or none for a root.
    public var parentSpanID = SpanID.none
    /// When it began: nanoseconds since 1970, as the client said.
    public var startNanoseconds: UInt64 = 0
    /// How long it took, in nanoseconds. Negative when the client sent an end before the start.
    ///
    /// The end is `startNanoseconds &+ UInt64(bitPattern: durationNanoseconds)`, exact for every end.
    public var durationNanoseconds: Int64 = 0
    /// Its name; Jaeger's operation.
    public var name: StringRef = 0
    /// The place of its resource (Jaeger's process) in the batch.
    public var resource: UInt32 = 0
    /// The place of its instrumentation scope in the batch, or `SpanBatch.noScope`.
    public var scope = SpanBatch.noScope
    /// Its role in a call.
    public var kind = SpanKind.unspecified
    /// How it ended.
    public var status = StatusCode.unset
    /// What the client said of the status.
    public var statusMessage: StringRef = 0
    /// The W3C `tracestate`, as it came.
    public var traceState: StringRef = 0
    /// OTLP's or Jaeger's flags, as they came (the resource's format says which).
    public var flags: UInt32 = 0
    /// Attributes that the client dropped.
    public var droppedAttributes: UInt32 = 0
    /// Events that the client dropped.
    public var droppedEvents: UInt32 = 0
    /// Links that the client dropped.
    public var droppedLinks: UInt32 = 0

    /// A row of zeros and empty strings.
    public init() {}
}

/// The spans of a batch as columns of one length.
public struct SpanColumns: Sendable {
    public var traceIDHigh: [UInt64] = []
    public var traceIDLow: [UInt64] = []
    public var spanIDs: [UInt64] = []
    public var parentSpanIDs: [UInt64] = []
    public var starts: [UInt64] = []
    public var durations: [Int64] = []
    public var names: [StringRef] = []
    public var resources: [UInt32] = []
    public var scopes: [UInt32] = []
    public var kinds: [SpanKind] = []
    public var statuses: [StatusCode] = []
    public var statusMessages: [StringRef] = []
    public var traceStates: [StringRef] = []
    public var flags: [UInt32] = []
    public var droppedAttributes: [UInt32] = []
    public var droppedEvents: [UInt32] = []
    public var droppedLinks: [UInt32] = []

    /// No spans.
    public init() {}

    /// How many spans there are.
    @inlinable
    public var count: Int { spanIDs.count }

    /// A span's trace.
    @inlinable
    public func traceID(_ index: Int) -> TraceID {
        TraceID(high: traceIDHigh[index], low: traceIDLow[index])
    }

    /// When a span ended: nanoseconds since 1970.
    @inlinable
    public func end(_ index: Int) -> UInt64 {
        starts[index] &+ UInt64(bitPattern: durations[index])
    }

    /// One span's fields.
    public subscript(index: Int) -> SpanRow {
        var row = SpanRow()
        row.traceID = traceID(index)
        row.spanID = SpanID(spanIDs[index])
        row.parentSpanID = SpanID(parentSpanIDs[index])
        row.startNanoseconds = starts[index]
        row.durationNanoseconds = durations[index]
        row.name = names[index]
        row.resource = resources[index]
        row.scope = scopes[index]
        row.kind = kinds[index]
        row.status = statuses[index]
        row.statusMessage = statusMessages[index]
        row.traceState = traceStates[index]
        row.flags = flags[index]
        row.droppedAttributes = droppedAttributes[index]
        row.droppedEvents = droppedEvents[index]
        row.droppedLinks = droppedLinks[index]
        return row
    }

    @inlinable
    mutating func append(_ row: SpanRow) {
        traceIDHigh.append(row.traceID.high)
        traceIDLow.append(row.traceID.low)
        spanIDs.append(row.spanID.bits)
        parentSpanIDs.append(row.parentSpanID.bits)
        starts.append(row.startNanoseconds)
        durations.append(row.durationNanoseconds)
        names.append(row.name)
        resources.append(row.resource)
        scopes.append(row.scope)
        kinds.append(row.kind)
        statuses.append(row.status)
        statusMessages.append(row.statusMessage)
        traceStates.append(row.traceState)
        flags.append(row.flags)
        droppedAttributes.append(row.droppedAttributes)
        droppedEvents.append(row.droppedEvents)
        droppedLinks.append(row.droppedLinks)
    }

    /// Bytes held.
    public var byteCount: Int { count * 78 }
}
