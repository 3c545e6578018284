/// One link of a span to another, without its attributes.
public struct LinkRow: Sendable, Equatable {
    /// What the link stands for.
    public var kind = LinkKind.link
    /// The other span's trace.
    public var traceID = TraceID(low: 0)
    /// The other span.
    public var spanID = SpanID.none
    /// The other span's W3C `tracestate`.
    public var traceState: StringRef = 0
    /// OTLP's flags.
    public var flags: UInt32 = 0
    /// Attributes that the client dropped.
    public var droppedAttributes: UInt32 = 0

    /// A row of zeros.
    public init() {}
}

/// The links (Jaeger's references) of a batch's spans, as columns; a span has a run of them, in order.
///
/// For a resource of format `jaeger` these are all the references that the client sent, its parent included if it
/// was among them; for the others they are links to further spans.
public struct LinkColumns: Sendable {
    public var kinds: [LinkKind] = []
    public var traceIDHigh: [UInt64] = []
    public var traceIDLow: [UInt64] = []
    public var spanIDs: [UInt64] = []
    public var traceStates: [StringRef] = []
    public var flags: [UInt32] = []
    public var droppedAttributes: [UInt32] = []
    /// The attributes of each; the owners are links.
    public var attributes = AttributeLists()
    /// Where each span's run of links ends.
    public var ends: [UInt32] = []

    /// No links.
    public init() {}

    /// How many links there are, of all spans.
    @inlinable
    public var count: Int { spanIDs.count }

    /// Adds a link to the span that is still open; its attributes are those appended to `attributes` before.
    @inlinable
    public mutating func append(_ row: LinkRow) {
        kinds.append(row.kind)
        traceIDHigh.append(row.traceID.high)
        traceIDLow.append(row.traceID.low)
        spanIDs.append(row.spanID.bits)
        traceStates.append(row.traceState)
        flags.append(row.flags)
        droppedAttributes.append(row.droppedAttributes)
        attributes.closeList()
    }

    /// The place of a span's links in the columns.
    @inlinable
    public func range(_ span: Int) -> Range<Int> {
        (span == 0 ? 0 : Int(ends[span - 1]))..<Int(ends[span])
    }

    /// One link by its place in the columns.
    public subscript(index: Int) -> LinkRow {
        var row = LinkRow()
        row.kind = kinds[index]
        row.traceID = TraceID(high: traceIDHigh[index], low: traceIDLow[index])
        row.spanID = SpanID(spanIDs[index])
        row.traceState = traceStates[index]
        row.flags = flags[index]
        row.droppedAttributes = droppedAttributes[index]
        return row
    }

    @inlinable
    mutating func closeSpan() {
        ends.append(UInt32(spanIDs.count))
    }

    mutating func discardOpenSpan() {
        let kept = Int(ends.last ?? 0)
        let extra = count - kept
        kinds.removeLast(extra)
        traceIDHigh.removeLast(extra)
        traceIDLow.removeLast(extra)
        spanIDs.removeLast(extra)
        traceStates.removeLast(extra)
        flags.removeLast(extra)
        droppedAttributes.removeLast(extra)
        attributes.truncate(owners: kept)
    }

    /// Bytes held.
    public var byteCount: Int { 37 * count + 4 * ends.count + attributes.byteCount }
}
