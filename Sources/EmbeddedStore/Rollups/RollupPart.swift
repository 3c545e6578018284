import SpanStorage
import TraceModel

/// What one source of spans contributes: its figures, the calls within it, and those whose caller it does not have.
struct RollupPart: Sendable {
    private(set) var table = RollupTable()
    /// Calls whose caller is elsewhere, or whose caller may yet turn out to be another; services are numbers of
    /// `index.services`.
    private(set) var openCalls: [OpenCall] = []
    let index: SpanIndex

    init(_ facts: SpanFacts) {
        index = SpanIndex(facts)
        SeriesCounts(facts).add(to: &table, facts)
        countCalls(facts)
    }

    private mutating func countCalls(_ facts: SpanFacts) {
        var refs: [StringRef] = []
        for service in facts.services { refs.append(table.intern(service)) }
        var edges = EdgeCounts()
        var lookup = SpanLookup()
        let bestFits = facts.series.map(OpenCall.bestFit)
        for trace in facts.traces {
            lookup.load(facts.spanIDs, rows: trace.rows)
            for row in trace.rows {
                let number = Int(facts.numbers[row])
                let parent = facts.parentIDs[row]
                if parent == 0, bestFits[number] != .otherSide { continue }
                // Most spans have their one parent in the same service.
                if bestFits[number] == .parent,
                    isWithinService(parent, facts.series[number].service, lookup, facts)
                {
                    continue
                }
                let call = call(row, trace.id, bestFits[number], lookup, facts)
                if !call.isSettled {
                    openCalls.append(call)
                } else if call.caller != call.callee {
                    let key = RollupTable.EdgeKey(
                        minute: call.minute,
                        caller: refs[Int(call.caller)],
                        callee: refs[Int(call.callee)]
                    )
                    edges.add(key, duration: call.duration, isError: call.isError)
                }
            }
        }
        edges.add(to: &table)
    }

    /// Whether the parent is there, and of the service itself.
    @inline(__always)
    private func isWithinService(
        _ parent: UInt64,
        _ service: UInt32,
        _ lookup: borrowing SpanLookup,
        _ facts: SpanFacts
    ) -> Bool {
        var found = 0
        var isWithin = true
        lookup.forEach(parent) { row in
            found += 1
            if facts.series[Int(facts.numbers[row])].service != service { isWithin = false }
        }
        return found > 0 && isWithin
    }

    private func call(
        _ row: Int,
        _ trace: TraceID,
        _ bestFit: CallerFit,
        _ lookup: borrowing SpanLookup,
        _ facts: SpanFacts
    ) -> OpenCall {
        let series = facts.series[Int(facts.numbers[row])]
        var call = OpenCall(
            trace: trace,
            span: facts.spanIDs[row],
            parent: facts.parentIDs[row],
            minute: UInt32(truncatingIfNeeded: facts.starts[row] / RollupTable.minute),
            duration: UInt64(max(0, facts.durations[row])),
            callee: series.service,
            bestFit: bestFit,
            isError: series.status == .error
        )
        lookup.forEach(call.parent) { call.consider($0, in: facts) }
        if bestFit == .otherSide, call.span != call.parent {
            lookup.forEach(call.span) { call.consider($0, in: facts) }
        }
        return call
    }
}

extension OpenCall {
    fileprivate mutating func consider(_ row: Int, in facts: SpanFacts) {
        let series = facts.series[Int(facts.numbers[row])]
        let fit = fit(id: facts.spanIDs[row], kind: series.kind)
        consider(series.service, fit: fit, names: facts.services)
    }
}
