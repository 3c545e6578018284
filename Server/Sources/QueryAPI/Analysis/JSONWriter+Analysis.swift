import SpanStorage
import TraceAnalysis
import TraceModel

extension JSONWriter {
    /// A duration in microseconds, with up to three decimals.
    mutating func microseconds(_ nanoseconds: UInt64) { double(Double(nanoseconds) / 1_000) }

    /// A duration in microseconds that may be less than zero.
    mutating func microseconds(_ nanoseconds: Double) { double((nanoseconds).rounded() / 1_000) }

    /// A field that is a duration.
    mutating func duration(_ name: String, _ nanoseconds: UInt64) {
        key(name)
        microseconds(nanoseconds)
    }

    /// A field that is a share, with four decimals.
    mutating func share(_ name: String, _ share: Double) {
        key(name)
        double((share * 10_000).rounded() / 10_000)
    }

    /// A field that is a number.
    mutating func count(_ name: String, _ number: some BinaryInteger) {
        key(name)
        int(number)
    }

    /// Which trace it is and when it was.
    mutating func traceTimes(_ trace: borrowing SpanBatch) {
        key("traceID")
        id(trace.spans.traceID(0))
        let extent = trace.extent
        count("startTime", extent.lowerBound / 1_000)
        duration("duration", extent.upperBound - extent.lowerBound)
    }

    /// A trace in a few words, as a value.
    mutating func traceHead(_ trace: borrowing SpanBatch, _ name: String) {
        key(name)
        beginObject()
        traceTimes(trace)
        let root = TraceTree(of: trace).root ?? 0
        key("rootService")
        string(trace.strings.bytes(trace.resource(of: root).service))
        key("rootOperation")
        string(trace.strings.bytes(trace.spans.names[root]))
        count("spanCount", trace.count)
        count("errorCount", trace.spans.statuses.reduce(0) { $0 + ($1 == .error ? 1 : 0) })
        endObject()
    }

    /// Which span it is: its id and what it did.
    mutating func spanNames(_ row: Int, of trace: borrowing SpanBatch) {
        key("spanID")
        id(SpanID(trace.spans.spanIDs[row]))
        key("service")
        string(trace.strings.bytes(trace.resource(of: row).service))
        key("operation")
        string(trace.strings.bytes(trace.spans.names[row]))
    }

    /// A node of a tree of calls: where it stands and what is done there.
    ///
    /// `places` says under which number each node is written.
    mutating func node(_ number: Int, of tree: borrowing CallTree, places: [Int]) {
        let node = tree.nodes[number]
        count("id", places[number])
        key("parent")
        if node.parent < 0 { null() } else { int(places[node.parent]) }
        count("depth", node.depth)
        label(node.label)
        key("kind")
        plainString(node.label.kind.tagValue)
    }

    /// A service and an operation.
    mutating func label(_ label: CallLabel) {
        key("service")
        string(label.service)
        key("operation")
        string(label.operation)
    }

    /// What one trace has at a node, as a value; null if nothing.
    mutating func side(_ name: String, _ side: TraceComparison.Side, of trace: borrowing SpanBatch) {
        key(name)
        if side.count == 0 { return null() }
        beginObject()
        count("count", side.count)
        count("errors", side.errors)
        duration("total", side.total)
        duration("self", side.own)
        key("spanIDs")
        beginArray()
        for row in side.rows { id(SpanID(trace.spans.spanIDs[row])) }
        endArray()
        endObject()
    }

    /// Quantiles, as a value.
    mutating func quantiles(_ name: String, _ sample: DurationSample) {
        key(name)
        beginObject()
        quantileFields(sample)
        endObject()
    }

    /// Quantiles, as fields.
    mutating func quantileFields(_ sample: DurationSample) {
        duration("p50", sample.quantile(0.5))
        duration("p95", sample.quantile(0.95))
        duration("max", sample.quantile(1))
    }
}

/// Under which number each node of an order is written.
func places(of order: [Int]) -> [Int] {
    var places = [Int](repeating: -1, count: order.count)
    for (place, number) in order.enumerated() { places[number] = place }
    return places
}
