import TraceModel

/// What is set right in a trace before it is shown, and which spans are not as they were sent because of it.
///
/// Nothing stored is altered, and whoever wants the spans as they came asks for the raw trace.
public struct TraceAdjuster: Sendable {
    /// How far clocks may be set right, in nanoseconds; nil if they are left alone.
    public var skewMax: UInt64?

    /// Sets right what is wrong beyond doubt: ids that two spans share.
    public init(skewMax: UInt64? = nil) { self.skewMax = skewMax }

    /// What was done to a trace.
    public struct Notes: Sendable, Equatable {
        /// By row: what was done to the span, in words.
        public private(set) var texts: [Int: [String]] = [:]

        /// Nothing.
        public init() {}

        mutating func add(_ text: String, to row: Int) { texts[row, default: []].append(text) }
    }

    /// Adjusts a trace, of which `trace` holds all spans.
    public func adjust(_ trace: inout SpanBatch) -> Notes {
        var notes = Notes()
        separateSharedIDs(&trace, &notes)
        if let skewMax { ClockSkew(bound: skewMax).correct(&trace, &notes) }
        return notes
    }

    /// Zipkin's clients let the two sides of a call share one id: the server's side gets an id of its own and the
    /// client's side for its parent.
    ///
    /// The new id is the smallest that no span of the trace has, as in Jaeger. What was called by that id follows the
    /// server's side, unless it belongs to the client's service.
    private func separateSharedIDs(_ trace: inout SpanBatch, _ notes: inout Notes) {
        var clients: [UInt64: Int] = [:]
        for row in 0..<trace.count where trace.spans.kinds[row] == .client {
            if clients[trace.spans.spanIDs[row]] == nil { clients[trace.spans.spanIDs[row]] = row }
        }
        if clients.isEmpty { return }
        let shared = (0..<trace.count).filter { row in
            trace.spans.kinds[row] == .server && clients[trace.spans.spanIDs[row]] != nil
        }
        if shared.isEmpty { return }
        let used = Set(trace.spans.spanIDs)
        var next: UInt64 = 1
        var newIDs: [UInt64: (id: UInt64, row: Int)] = [:]
        var isServer = [Bool](repeating: false, count: trace.count)
        for row in shared {
            while used.contains(next) { next += 1 }
            let old = trace.spans.spanIDs[row]
            if newIDs[old] == nil { newIDs[old] = (next, row) }
            isServer[row] = true
            setParent(of: row, to: old, in: &trace)
            trace.spans.spanIDs[row] = next
            notes.add(
                "this span's id \(SpanID(old)) is also that of the client's side of the call, which is shown as its "
                    + "parent; here it is \(SpanID(next))",
                to: row
            )
            next += 1
        }
        for row in 0..<trace.count where !isServer[row] {
            let parent = trace.spans.parentSpanIDs[row]
            guard let new = newIDs[parent], let client = clients[parent], row != client else { continue }
            let service = trace.service(of: row)
            let isClients = service == trace.service(of: client) && service != trace.service(of: new.row)
            if !isClients { setParent(of: row, to: new.id, in: &trace) }
        }
    }

    /// Changes the parent, and the references that say the same.
    private func setParent(of row: Int, to parent: UInt64, in trace: inout SpanBatch) {
        let old = trace.spans.parentSpanIDs[row]
        let id = trace.spans.traceID(row)
        for link in trace.links.range(row) where old != 0 && trace.links.spanIDs[link] == old {
            if trace.links[link].traceID == id { trace.links.spanIDs[link] = parent }
        }
        trace.spans.parentSpanIDs[row] = parent
    }
}
