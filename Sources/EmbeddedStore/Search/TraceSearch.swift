import SpanStorage
import TraceModel

/// The search for the first traces of an order over several sources, exact whatever is spread over them.
///
/// A trace's start is that of its earliest span in any source, so no trace with a match in a part can start later than
/// the part's latest span. For the newest traces sources, and then their parts, are asked newest first, and what is
/// left is let alone once the traces found are newer than anything it could hold. All other orders take a look at every
/// part that can match, and at every trace that does.
struct TraceSearch {
    /// So many traces are compared with an expression at a time, for they are held in memory meanwhile.
    private static let expressionTraces = 100

    private let query: TraceQuery
    // One more than was asked for, to know whether there are more.
    private let wanted: Int
    private var assembly: TraceAssembly
    private var meter: QueryMeter
    private var stop: PartialAnswer.Reason?
    // Spans of all sources that reach into the time asked for.
    private var spans = 0
    // What nobody has looked at yet starts no later; nil when everything has been looked at.
    private var unseenStart: UInt64?

    /// The best places, in order, of traces that match and come after the cursor.
    private var ranking: [TracePosition] = []
    // Every trace that has a span which satisfies the filter.
    private var candidates: Set<TraceID> = []
    // How many of them have it only in a report of a span that has ended since.
    private var outdatedCandidates = 0
    // Those of them that were found to satisfy the expression.
    private var matchCount = 0
    private var isEveryCandidateDecided = true

    init(_ query: TraceQuery, in sources: [any SpanSource], meter: QueryMeter) {
        self.query = query
        self.meter = meter
        wanted = query.limit + 1
        assembly = TraceAssembly(query, sources)
    }

    /// Runs the search and puts the traces together.
    mutating func traces() throws(SpanStoreError) -> FoundTraces {
        try run()
        var found = FoundTraces()
        let end = try assembly.assemble(ranking.prefix(query.limit), meter: meter, into: &found)
        found.outcome = outcome(returned: end)
        return found
    }

    /// Runs the search and sums the traces up.
    mutating func summaries() throws(SpanStoreError) -> FoundSummaries {
        try run()
        var found = FoundSummaries()
        let positions = ranking.prefix(query.limit)
        let summaries = try assembly.summaries(of: positions.map(\.id))
        found.summaries = positions.compactMap { summaries.summary($0.id) }
        found.outcome = outcome(returned: positions.count)
        return found
    }

    private mutating func run() throws(SpanStoreError) {
        var sources: [any SpanSource] = []
        for source in assembly.sources where source.startRange?.overlaps(query.start) ?? false {
            sources.append(source)
            spans += source.spanCount
        }
        if query.order == .newest { try findNewest(sources) } else { try findAll(sources) }
    }

    /// What there is to say when so many of the ranking have been returned.
    private func outcome(returned end: Int) -> SearchOutcome {
        var outcome = SearchOutcome()
        outcome.scannedSpans = meter.scannedSpans
        outcome.readBytes = meter.readBytes
        let isWhole = stop == nil && assembly.damage.isEmpty
        // Where the ranking has gaps a next page would hide them.
        if isWhole, end < ranking.count, end > 0 {
            outcome.next = TraceCursor(order: query.order, position: ranking[end - 1])
        }
        outcome.total.count = query.expression == nil ? candidates.count - outdatedCandidates : matchCount
        outcome.total.isExact = isWhole && unseenStart == nil && isEveryCandidateDecided
        let reason = stop ?? assembly.stop ?? (assembly.damage.isEmpty ? nil : .damaged(assembly.damage))
        if let reason {
            var partial = PartialAnswer(reason: reason, scannedSpans: meter.scannedSpans, spans: spans)
            if query.order == .newest, stop != nil {
                partial.completeDownTo = unseenStart.map { $0 == .max ? .max : $0 + 1 }
            }
            outcome.partial = partial
        }
        return outcome
    }

    /// The newest traces: parts are asked newest first, up to the one that cannot hold a newer trace any more.
    private mutating func findNewest(_ sources: [any SpanSource]) throws(SpanStoreError) {
        // Newest last, so that the next one is taken from the end.
        var waiting = sources.sorted { $0.latestStart < $1.latestStart }
        var parts: [any SearchPart] = []
        while true {
            unseenStart = latest(waiting, parts).map { min($0, query.start.upperBound) }
            guard let latest = unseenStart else { return }
            if let bound = lowestStart, latest < bound, !query.countsAll { return }
            stop = exhaustion
            if stop != nil { return }
            if let source = waiting.last, source.latestStart >= parts.last?.latestStart ?? 0 {
                waiting.removeLast()
                parts += try self.parts(of: source)
                parts.sort { $0.latestStart < $1.latestStart }
            } else {
                try rank(newest: try matches(parts.removeLast()))
                if stop != nil { return }
            }
        }
    }

    /// The latest start that anything still unasked can have; nil when all is asked.
    private func latest(_ waiting: [any SpanSource], _ parts: [any SearchPart]) -> UInt64? {
        switch (waiting.last?.latestStart, parts.last?.latestStart) {
        case (let source?, let part?): max(source, part)
        case (let source, let part): source ?? part
        }
    }

    /// The start that a further trace must reach to be among the wanted; nil while there is room.
    private var lowestStart: UInt64? {
        ranking.count < wanted ? nil : ranking.last?.start
    }

    private mutating func parts(of source: any SpanSource) throws(SpanStoreError) -> [any SearchPart] {
        let query = self.query
        return try assembly.sparing { () throws(SpanStoreError) in try source.parts(for: query) } ?? []
    }

    /// Why the search must end now; nil while it need not.
    private var exhaustion: PartialAnswer.Reason? {
        candidates.count > query.budget.heldBytes / TraceAssembly.candidateBytes ? .heldBytes : meter.exhaustion
    }

    /// The traces with a match in a part that no part before had.
    private mutating func matches(_ part: any SearchPart) throws(SpanStoreError) -> [(id: TraceID, start: UInt64)] {
        guard let matches = try assembly.sparing({ () throws(SpanStoreError) in try part.search() }) else { return [] }
        meter.add(spans: matches.scannedSpans, bytes: matches.readBytes)
        let new = matches.traces.filter { candidates.insert($0.id).inserted }
        // An expression is compared with whole traces anyway.
        if query.expression != nil { return new }
        let outdated = try assembly.matchingOutdatedOnly(new.map(\.id))
        if outdated.isEmpty { return new }
        outdatedCandidates += outdated.count
        return new.filter { !outdated.contains($0.id) }
    }

    private mutating func rank(newest found: [(id: TraceID, start: UInt64)]) throws(SpanStoreError) {
        // What a part knows as a trace's start can only be too late: the order here is a bound, not the answer.
        let traces = found.sorted { $0.start == $1.start ? $0.id < $1.id : $0.start > $1.start }
        let step = query.expression == nil ? wanted : min(wanted, Self.expressionTraces)
        let countsEach = query.countsAll && query.expression != nil
        var next = 0
        while next < traces.count {
            if let bound = lowestStart, traces[next].start < bound, !countsEach {
                isEveryCandidateDecided = query.expression == nil
                return
            }
            stop = exhaustion
            if stop != nil { return }
            let end = min(next + step, traces.count)
            let starts = try assembly.starts(of: traces[next..<end])
            next = end
            let positions = starts.map { id, start in TracePosition(rank: ~start, start: start, id: id) }
            try rank(positions)
        }
    }

    /// All other orders: every trace that matches is measured, and then the first ones are taken.
    private mutating func findAll(_ sources: [any SpanSource]) throws(SpanStoreError) {
        var starts: [TraceID: UInt64] = [:]
        search: for source in sources {
            for part in try parts(of: source) {
                stop = exhaustion
                if stop != nil { break search }
                for (id, start) in try matches(part) { starts[id] = start }
            }
        }
        var positions = try assembly.positions(of: starts)
        positions.sort()
        if query.expression == nil { return try rank(positions) }
        var next = 0
        while next < positions.count {
            if ranking.count >= wanted, !query.countsAll {
                isEveryCandidateDecided = false
                return
            }
            stop = stop ?? meter.exhaustion
            if stop != nil { return }
            let end = min(next + min(wanted, Self.expressionTraces), positions.count)
            try rank(Array(positions[next..<end]))
            next = end
        }
    }

    /// Takes those of some traces that match, each of which is asked about but once.
    private mutating func rank(_ positions: [TracePosition]) throws(SpanStoreError) {
        var positions = positions
        if query.expression != nil {
            positions = try assembly.matching(positions)
            matchCount += positions.count
        }
        if let after = query.after?.position { positions.removeAll { $0 <= after } }
        ranking += positions
        ranking.sort()
        if ranking.count > wanted {
            assembly.forget(ranking[wanted...])
            ranking.removeLast(ranking.count - wanted)
        }
    }
}

extension SpanSource {
    /// The latest start of its spans.
    var latestStart: UInt64 { startRange?.upperBound ?? 0 }
}
