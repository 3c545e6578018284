import SpanStorage
import TraceModel

/// A deletion that is under way, in steps of a segment each: first the segments are asked which traces match, then
/// those that have spans of them are written anew without them, a few files in one transaction.
///
/// Everything it is to delete is in segments: the store has sealed its head before. What comes later is not its
/// business.
struct Deletion: Sendable {
    /// So many traces are found before they are deleted; then it goes on.
    private static let tracesMax = 500_000
    /// So many segments are replaced at once: more than a trace ever has, but for few.
    private static let groupMax = 8

    private let query: TraceQuery?
    private let folder: SegmentFolder
    // The segments that may hold spans of it, as they are now.
    private var scope: [UInt64: Segment]
    // Those of them that are still to be asked which traces match, and to be written anew.
    private var unasked: [UInt64]
    private var unwritten: [UInt64] = []
    private var ids: Set<TraceID> = []
    private var group: [(old: Segment, new: Segment?)] = []
    // Traces that were looked at as a whole and do not match.
    private var spared: Set<TraceID> = []
    private var deleted: Set<TraceID> = []
    private(set) var result = DeletedTraces()

    /// Begins a deletion in some segments.
    init(_ deletion: TraceDeletion, in segments: [Segment], folder: SegmentFolder) {
        self.folder = folder
        var segments = segments
        if case .recentTraces(_, let since) = deletion { segments.removeAll { $0.origin.sealedAt < since } }
        scope = Dictionary(segments.map { ($0.number, $0) }) { first, _ in first }
        switch deletion {
        case .traces(let ids), .recentTraces(let ids, _):
            query = nil
            self.ids = ids
            unasked = []
            unwritten = segments.map(\.number)
        case .matches(let expression, let start):
            query = TraceQuery(expression, start: start, limit: TraceQuery.limitMax)
            unasked = segments.map(\.number)
        }
    }

    /// Does the next step; true when there is none left.
    mutating func step(_ change: SegmentChange) throws(SpanStoreError) -> Bool {
        if let number = unwritten.popLast() {
            try write(number)
            if unwritten.isEmpty || group.count >= Self.groupMax { try commit(change, isLast: unwritten.isEmpty) }
        } else if let number = unasked.last, ids.count < Self.tracesMax {
            try ask(number)
            unasked.removeLast()
            if unasked.isEmpty { beginWriting() }
        } else if !unasked.isEmpty {
            beginWriting()
        }
        return unasked.isEmpty && unwritten.isEmpty
    }

    /// Deletes the files that no transaction was to name yet.
    func abandon() { folder.remove(group.compactMap(\.new)) }

    private mutating func beginWriting() {
        unwritten = ids.isEmpty ? [] : scope.keys.sorted()
    }

    private mutating func ask(_ number: UInt64) throws(SpanStoreError) {
        guard let query, let segment = scope[number] else { return }
        var found: Set<TraceID> = []
        for part in segment.parts(for: query) {
            for trace in try part.search().traces { found.insert(trace.id) }
        }
        found.subtract(ids)
        // Where a report may be outdated only the whole trace tells.
        if query.expression == nil, !segment.holdsPartialReports {
            ids.formUnion(found)
            return
        }
        // Whole traces are held in memory to be compared with the expression: some at a time.
        var candidates = Array(found.subtracting(spared))
        while !candidates.isEmpty {
            let some = candidates.suffix(100)
            candidates.removeLast(some.count)
            var collection = TraceCollection(some)
            for segment in scope.values { try segment.collect(into: &collection) }
            for id in some {
                if collection.trace(id).map({ query.matches($0) }) ?? false {
                    ids.insert(id)
                } else {
                    spared.insert(id)
                }
            }
        }
        if spared.count > Self.tracesMax { spared = [] }
    }

    private mutating func write(_ number: UInt64) throws(SpanStoreError) {
        guard let segment = scope[number] else { return }
        let doomed = try segment.traces(among: ids)
        if doomed.isEmpty { return }
        let rest = try segment.spans { !doomed.contains($0) }
        let new = rest.isEmpty ? nil : try folder.write(rest, as: segment.origin)
        deleted.formUnion(doomed)
        group.append((segment, new))
    }

    private mutating func commit(_ change: SegmentChange, isLast: Bool) throws(SpanStoreError) {
        let group = self.group
        // From here on the files are the change's: it knows which of them may be deleted when it fails.
        self.group = []
        let old = group.map(\.old)
        let new = group.compactMap(\.new)
        let spans = old.reduce(0) { $0 + $1.spanCount } - new.reduce(0) { $0 + $1.spanCount }
        let unpinned = isLast ? change.pins.ids.intersection(ids) : []
        if !old.isEmpty || !unpinned.isEmpty {
            try change.replace(old, by: new, unpinning: unpinned) { $0.evicted.deleted += UInt64(spans) }
        }
        for (segment, rest) in group {
            scope[segment.number] = nil
            if let rest { scope[rest.number] = rest }
            if let place = unasked.firstIndex(of: segment.number) {
                if let rest { unasked[place] = rest.number } else { unasked.remove(at: place) }
            }
        }
        result.spans += spans
        result.segments += old.count
        result.bytes += old.reduce(0) { $0 + $1.byteCount } - new.reduce(0) { $0 + $1.byteCount }
        result.traces = deleted.count
        if isLast { ids = [] }
    }
}
