import TraceModel

/// What was decided on traces, as long as it is remembered: spans that come late follow it.
struct DecidedTraces: Sendable {
    /// So many are remembered at the least, and twice as many at the most.
    static let tracesMin = 500_000

    private var young: [TraceID: Bool] = [:]
    private var old: [TraceID: Bool] = [:]

    mutating func note(_ id: TraceID, isKept: Bool) {
        if young.count >= Self.tracesMin {
            old = young
            young = [:]
        }
        young[id] = isKept
    }

    /// Whether a trace was kept; nil if nothing is known of it.
    func isKept(_ id: TraceID) -> Bool? { young[id] ?? old[id] }
}
