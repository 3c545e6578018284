import SpanStorage
import TraceModel

/// What a search knows of whole traces: it asks every source, whether a span of it matches or not.
struct TraceAssembly {
    /// Memory that an id takes which may be part of the answer.
    static let candidateBytes = 64
    /// So many traces are put together at a time; a budget that is used up is noticed between them.
    private static let step = 256

    let sources: [any SpanSource]
    /// What could not be read, each file once.
    private(set) var damage: [String] = []
    /// Why traces are missing from the answer.
    private(set) var stop: PartialAnswer.Reason?
    private let query: TraceQuery
    // Traces that were compared with the expression and may be returned, so that they are not read twice.
    private var kept: [TraceID: SpanBatch] = [:]
    private var keptBytes = 0
    // Those that have spans which were reported before they ended; hardly ever any.
    private let partialSources: [any SpanSource]

    init(_ query: TraceQuery, _ sources: [any SpanSource]) {
        self.query = query
        self.sources = sources
        partialSources = sources.filter(\.holdsPartialReports)
    }

    /// Does something with one source, and goes on without it if it is damaged.
    mutating func sparing<Result>(_ body: () throws(SpanStoreError) -> Result) throws(SpanStoreError) -> Result? {
        do {
            return try body()
        } catch {
            guard case .damaged(let text) = error else { throw error }
            if !damage.contains(text), damage.count < 100 { damage.append(text) }
            return nil
        }
    }

    /// The starts of some traces over all sources.
    mutating func starts(of traces: some Sequence<(id: TraceID, start: UInt64)>) throws(SpanStoreError)
        -> [TraceID: UInt64]
    {
        var starts: [TraceID: UInt64] = [:]
        for trace in traces { starts[trace.id] = trace.start }
        for source in sources {
            try sparing { () throws(SpanStoreError) in try source.lowerStarts(&starts) }
        }
        return starts
    }

    /// The places of some traces in the query's order.
    mutating func positions(of starts: [TraceID: UInt64]) throws(SpanStoreError) -> [TracePosition] {
        if query.order == .newest || query.order == .oldest {
            return try self.starts(of: starts.lazy.map { (id: $0.key, start: $0.value) }).map { id, start in
                TracePosition(query.order, id, TraceMeasure(start: start, end: start, spans: 1, errors: 0))
            }
        }
        var measures = TraceMeasures(starts.keys)
        for source in sources {
            try sparing { () throws(SpanStoreError) in try source.measure(&measures) }
        }
        for trace in try tracesWithPartialReports(among: Array(starts.keys)) {
            measures.replace(trace.id, by: TraceSummary(of: trace.spans).measure)
        }
        return measures.slots.map { id, slot in TracePosition(query.order, id, measures.measures[slot]) }
    }

    /// What the sources tell of some traces.
    mutating func summaries(of ids: [TraceID]) throws(SpanStoreError) -> TraceSummaries {
        var summaries = TraceSummaries(ids)
        for source in sources {
            try sparing { () throws(SpanStoreError) in try source.summarize(&summaries) }
        }
        for trace in try tracesWithPartialReports(among: ids) {
            summaries.replace(by: TraceSummary(of: trace.spans))
        }
        return summaries
    }

    /// Those of some traces that do not match: the reports of spans that matched are outdated.
    mutating func matchingOutdatedOnly(_ ids: [TraceID]) throws(SpanStoreError) -> Set<TraceID> {
        var outdated: Set<TraceID> = []
        for trace in try tracesWithPartialReports(among: ids) where !query.matches(trace.spans) {
            outdated.insert(trace.id)
        }
        return outdated
    }

    /// Those of some traces that have spans which were reported before they ended, whole; one that there is no memory
    /// for is left out.
    private mutating func tracesWithPartialReports(
        among ids: [TraceID]
    ) throws(SpanStoreError) -> [(id: TraceID, spans: SpanBatch)] {
        var found: Set<TraceID> = []
        for source in partialSources {
            found.formUnion(try sparing { () throws(SpanStoreError) in try source.partialReports(among: ids) } ?? [])
        }
        var traces: [(id: TraceID, spans: SpanBatch)] = []
        for id in found.sorted() {
            let collection = try collect([id], bytesMax: query.budget.heldBytes / 4)
            if let spans = collection?.trace(id) { traces.append((id: id, spans: spans)) }
        }
        return traces
    }

    /// Those of some traces that satisfy the query's expression: their summaries are asked first.
    mutating func matching(_ positions: [TracePosition]) throws(SpanStoreError) -> [TracePosition] {
        guard let expression = query.expression, expression.asksTrace else { return try reading(positions) }
        let summaries = try summaries(of: positions.map(\.id))
        var matching: [TracePosition] = []
        var open: [TracePosition] = []
        for position in positions {
            switch summaries.summary(position.id).map(expression.verdict) ?? .open {
            case .matches: matching.append(position)
            case .matchesNot: continue
            case .open: open.append(position)
            }
        }
        return open.isEmpty ? matching : matching + (try reading(open))
    }

    /// Those of some traces that satisfy the query's expression, which are read for it.
    private mutating func reading(_ positions: [TracePosition]) throws(SpanStoreError) -> [TracePosition] {
        let collection = try collect(positions.map(\.id), bytesMax: query.budget.heldBytes)
        guard let collection else {
            if positions.count == 1 {
                stop = .heldBytes
                return []
            }
            let half = positions.count / 2
            return try reading(Array(positions[..<half])) + reading(Array(positions[half...]))
        }
        return positions.filter { position in
            guard let trace = collection.trace(position.id), query.matches(trace) else { return false }
            keep(trace, position.id)
            return true
        }
    }

    private mutating func keep(_ trace: SpanBatch, _ id: TraceID) {
        guard keptBytes + trace.byteCount <= query.budget.heldBytes / 4 else { return }
        keptBytes += trace.byteCount
        kept[id] = trace
    }

    /// These traces will not be returned.
    mutating func forget(_ positions: ArraySlice<TracePosition>) {
        for position in positions {
            if let trace = kept.removeValue(forKey: position.id) { keptBytes -= trace.byteCount }
        }
    }

    /// Some traces from all sources; nil if they would take more bytes than they may.
    private mutating func collect(_ ids: [TraceID], bytesMax: Int) throws(SpanStoreError) -> TraceCollection? {
        var collection = TraceCollection(ids, bytesMax: bytesMax)
        for source in sources where !collection.isOverfull {
            try sparing { () throws(SpanStoreError) in try source.collect(into: &collection) }
        }
        return collection.isOverfull ? nil : collection
    }

    /// Puts the traces of the answer together, in order, and returns how many of the positions were dealt with.
    mutating func assemble(
        _ positions: ArraySlice<TracePosition>,
        meter: QueryMeter,
        into found: inout FoundTraces
    ) throws(SpanStoreError) -> Int {
        var bytes = 0
        var next = positions.startIndex
        while next < positions.endIndex {
            if next > positions.startIndex, let reason = meter.exhaustion {
                stop = stop ?? reason
                break
            }
            let end = min(next + Self.step, positions.endIndex)
            let done = try assemble(positions[next..<end], bytes: &bytes, into: &found)
            next += done
            if done == 0 { break }
        }
        return next
    }

    /// Puts some traces together, or as many of the first of them as there is memory for.
    private mutating func assemble(
        _ positions: ArraySlice<TracePosition>,
        bytes: inout Int,
        into found: inout FoundTraces
    ) throws(SpanStoreError) -> Int {
        let missing = positions.map(\.id).filter { kept[$0] == nil }
        guard let collection = try collect(missing, bytesMax: query.budget.heldBytes - bytes) else {
            if positions.count > 1 {
                let half = positions.startIndex + positions.count / 2
                let first = try assemble(positions[..<half], bytes: &bytes, into: &found)
                if first < half - positions.startIndex { return first }
                return try first + assemble(positions[half...], bytes: &bytes, into: &found)
            }
            // What fits on no page is left out; otherwise it is the first of the next.
            stop = .heldBytes
            return found.traces.isEmpty ? 1 : 0
        }
        bytes += collection.byteCount
        for position in positions {
            guard let trace = kept[position.id] ?? collection.trace(position.id) else { continue }
            found.spansets.append(query.spansets(of: trace))
            found.traces.append(trace)
        }
        return positions.count
    }
}
