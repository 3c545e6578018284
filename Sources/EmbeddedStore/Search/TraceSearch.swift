import SpanStorage
import TraceModel

/// The search for the newest traces over several sources, exact whatever is spread over them.
///
/// A trace's start is that of its earliest span in any source, so no trace with a match in a part can start later than
/// the part's latest span. Sources, and then their parts, are asked newest first, and what is left is let alone once
/// the traces found are newer than anything it could hold.
struct TraceSearch {
    private let sources: [any SpanSource]
    private let query: TraceQuery
    // One more than was asked for, to know whether there are more.
    private let wanted: Int

    private var found: [(id: TraceID, start: UInt64)] = []
    private var seen: Set<TraceID> = []
    private var scannedSpans = 0

    init(_ query: TraceQuery, in sources: [any SpanSource]) {
        self.query = query
        self.wanted = query.limit + 1
        self.sources = sources
    }

    /// Runs the search.
    mutating func run() throws(SpanStoreError) -> FoundTraces {
        // Newest last, so that the next one is taken from the end.
        var waiting = sources.sorted { $0.latestStart < $1.latestStart }
        var parts: [any SearchPart] = []
        while let latest = latest(waiting, parts) {
            if let bound = lowestStart, min(latest, query.start.upperBound) < bound { break }
            if let source = waiting.last, source.latestStart >= parts.last?.latestStart ?? 0 {
                waiting.removeLast()
                parts += try source.parts(for: query)
                parts.sort { $0.latestStart < $1.latestStart }
            } else {
                try take(parts.removeLast())
            }
        }
        let isTruncated = found.count > query.limit
        if isTruncated { found.removeLast(found.count - query.limit) }
        var collection = TraceCollection(found.map(\.id))
        for source in sources { try source.collect(into: &collection) }
        let traces = found.compactMap { collection.trace($0.id) }
        return FoundTraces(traces: traces, isTruncated: isTruncated, scannedSpans: scannedSpans)
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
        found.count < wanted ? nil : found.last?.start
    }

    private mutating func take(_ part: any SearchPart) throws(SpanStoreError) {
        let matches = try part.search()
        scannedSpans += matches.scannedSpans
        var candidates = matches.traces.filter { !seen.contains($0.id) }
        candidates.sort(by: Self.newerFirst)
        // What a part knows as a trace's start can only be too late: the order here is a bound, not the answer.
        var next = 0
        while next < candidates.count {
            if let bound = lowestStart, candidates[next].start < bound { break }
            // Whole traces are compared with an expression: few at a time, for they are held in memory meanwhile.
            let end = min(next + (query.expression == nil ? wanted : min(wanted, 100)), candidates.count)
            try add(Array(candidates[next..<end]))
            next = end
        }
    }

    private mutating func add(_ candidates: [(id: TraceID, start: UInt64)]) throws(SpanStoreError) {
        var starts: [TraceID: UInt64] = [:]
        for candidate in candidates {
            starts[candidate.id] = candidate.start
            seen.insert(candidate.id)
        }
        for source in sources { try source.lowerStarts(&starts) }
        if query.expression != nil {
            var collection = TraceCollection(starts.keys)
            for source in sources { try source.collect(into: &collection) }
            starts = starts.filter { id, _ in collection.trace(id).map { query.matches($0) } ?? false }
        }
        for (id, start) in starts { found.append((id, start)) }
        found.sort(by: Self.newerFirst)
        if found.count > wanted { found.removeLast(found.count - wanted) }
    }

    private static func newerFirst(
        _ left: (id: TraceID, start: UInt64),
        _ right: (id: TraceID, start: UInt64)
    ) -> Bool {
        left.start == right.start ? left.id < right.id : left.start > right.start
    }
}
