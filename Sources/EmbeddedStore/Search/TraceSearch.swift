import SpanStorage
import TraceModel

/// The search for the newest traces over several sources, exact whatever is spread over them.
///
/// A trace's start is that of its earliest span in any source. No trace with a match in a source can start later than
/// the source's latest span, so sources are asked newest first and the rest is left alone once the traces found are
/// newer than anything it could hold.
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
        self.sources = sources.filter { $0.startRange != nil }.sorted { Self.latest($0) > Self.latest($1) }
    }

    private static func latest(_ source: any SpanSource) -> UInt64 {
        source.startRange?.upperBound ?? 0
    }

    /// Runs the search.
    mutating func run() throws(SpanStoreError) -> FoundTraces {
        for source in sources {
            guard let range = source.startRange, range.overlaps(query.start) else { continue }
            if let bound = lowestStart, min(range.upperBound, query.start.upperBound) < bound { break }
            try take(source)
        }
        let isTruncated = found.count > query.limit
        if isTruncated { found.removeLast(found.count - query.limit) }
        var collection = TraceCollection(found.map(\.id))
        for source in sources { try source.collect(into: &collection) }
        let traces = found.compactMap { collection.trace($0.id) }
        return FoundTraces(traces: traces, isTruncated: isTruncated, scannedSpans: scannedSpans)
    }

    /// The start that a further trace must reach to be among the wanted; nil while there is room.
    private var lowestStart: UInt64? {
        found.count < wanted ? nil : found.last?.start
    }

    private mutating func take(_ source: any SpanSource) throws(SpanStoreError) {
        let matches = try source.search(query)
        scannedSpans += matches.scannedSpans
        var candidates = matches.traces.filter { !seen.contains($0.id) }
        candidates.sort(by: Self.newerFirst)
        // What a source knows as a trace's start can only be too late: the order here is a bound, not the answer.
        var next = 0
        while next < candidates.count {
            if let bound = lowestStart, candidates[next].start < bound { break }
            let end = min(next + wanted, candidates.count)
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
        for (id, start) in starts { found.append((id, start)) }
        found.sort(by: Self.newerFirst)
        if found.count > wanted { found.removeLast(found.count - wanted) }
    }

    private static func newerFirst(_ left: (id: TraceID, start: UInt64), _ right: (id: TraceID, start: UInt64)) -> Bool
    {
        left.start == right.start ? left.id < right.id : left.start > right.start
    }
}
