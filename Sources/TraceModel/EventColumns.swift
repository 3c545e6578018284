/// The events (Jaeger's logs) of a batch's spans, as columns; a span has a run of them, in order.
public struct EventColumns: Sendable {
    /// When each happened: nanoseconds since 1970.
    public var times: [UInt64] = []
    /// The name of each. For Jaeger's logs it is the value of the string field `event`, which stays an attribute too.
    public var names: [StringRef] = []
    /// Attributes that the client dropped, of each.
    public var droppedAttributes: [UInt32] = []
    /// The attributes of each; the owners are events.
    public var attributes = AttributeLists()
    /// Where each span's run of events ends.
    public var ends: [UInt32] = []

    /// No events.
    public init() {}

    /// How many events there are, of all spans.
    @inlinable
    public var count: Int { times.count }

    /// Adds an event to the span that is still open; its attributes are those appended to `attributes` before.
    @inlinable
    public mutating func append(time: UInt64, name: StringRef, droppedAttributes dropped: UInt32 = 0) {
        times.append(time)
        names.append(name)
        droppedAttributes.append(dropped)
        attributes.closeList()
    }

    /// The place of a span's events in the columns.
    @inlinable
    public func range(_ span: Int) -> Range<Int> {
        (span == 0 ? 0 : Int(ends[span - 1]))..<Int(ends[span])
    }

    @inlinable
    mutating func closeSpan() {
        ends.append(UInt32(times.count))
    }

    mutating func discardOpenSpan() {
        let kept = Int(ends.last ?? 0)
        times.removeLast(times.count - kept)
        names.removeLast(names.count - kept)
        droppedAttributes.removeLast(droppedAttributes.count - kept)
        attributes.truncate(owners: kept)
    }

    /// Bytes held.
    public var byteCount: Int { 16 * count + 4 * ends.count + attributes.byteCount }
}
