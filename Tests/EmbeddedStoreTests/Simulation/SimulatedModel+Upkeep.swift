import SpanStorage
import TraceModel

/// What somebody has deleted.
enum SimulatedDeletion {
    case trace(TraceID)
    case filter(SpanFilter)

    var what: TraceDeletion {
        switch self {
        case .trace(let id): .traces([id])
        case .filter(let filter): .matches(.filter(filter), start: 0...UInt64.max)
        }
    }
}

// Deletions and pins.
extension SimulatedModel {
    /// The traces that a deletion takes for sure, by what is known before it.
    func doomed(by deletion: SimulatedDeletion) -> Set<TraceID> {
        switch deletion {
        case .trace(let id): [id]
        case .filter(let filter): matches(filter) { isSure($0, $1) }
        }
    }

    /// A deletion has ended, or its process.
    ///
    /// What was acknowledged before it began is gone, and what came while it was under way may be. `isClear` says that
    /// nothing can have been out of its sight.
    mutating func delete(
        _ doomed: Set<TraceID>,
        by deletion: SimulatedDeletion,
        isAcknowledged: Bool,
        isClear: Bool,
        before count: Int
    ) {
        hasDeleted = true
        var possible = doomed
        if case .filter(let filter) = deletion { possible.formUnion(matches(filter) { _, _ in true }) }
        var open: [UInt64] = []
        for (number, batch) in batches.enumerated() {
            for row in 0..<batch.spans.count where possible.contains(batch.spans.spans.traceID(row)) {
                let id = batch.spans.spans.spanIDs[row]
                if gone.contains(id) { continue }
                pinned.remove(id)
                // Nothing was deleted of what the disk refused, nor of what was not there.
                if batch.fate == .refused || batch.fate == .failed { continue }
                let isSure = number < count && isSure(number, row)
                if isAcknowledged, isSure, isClear, doomed.contains(batch.spans.spans.traceID(row)) {
                    gone.insert(id)
                    doubtful.remove(id)
                } else {
                    if isSure { open.append(id) }
                    doubtful.insert(id)
                }
            }
        }
        // So few spans are in so few segments that one transaction replaces them all.
        if case .trace = deletion, !isAcknowledged, isClear, (2...8).contains(open.count) { halves.append(open) }
    }

    /// The spans of a trace that are there for sure and that retention has not put out.
    func lastingSpans(of id: TraceID) -> [UInt64] {
        batches.indices.flatMap { number in
            (0..<batches[number].spans.count)
                .filter { batches[number].spans.spans.traceID($0) == id && isSure(number, $0) }
                .map { batches[number].spans.spans.spanIDs[$0] }
        }
    }

    mutating func pin(_ spans: [UInt64]) {
        pinned.formUnion(spans)
        hasPinned = true
    }

    /// Spans may have been lost with a log that was not on the disk: half of a trace, pinned or not.
    mutating func forgetPromises() {
        halves = []
        pinned = []
    }

    mutating func unpin(_ id: TraceID) { pinned.subtract(lastingSpans(of: id) + spans(of: id)) }

    /// What a store shows of traces that were deleted by half, or that retention has put out though they are pinned.
    func upkeepViolations(_ seen: Set<UInt64>) -> [String] {
        var violations: [String] = []
        for spans in halves where !isDamaged(spans) {
            let left = spans.count { seen.contains($0) }
            if left > 0, left < spans.count {
                violations.append("deleted by half: \(left) of \(spans.count) spans of a trace are left: \(spans)")
            }
        }
        let lost = pinned.filter { !seen.contains($0) }
        if !lost.isEmpty, !isDamaged(lost) { violations.append("lost though pinned: spans \(lost.sorted())") }
        return violations
    }

    /// What deletions have left undecided is as the store now shows it.
    mutating func settleDeletions(found: Set<UInt64>) {
        gone.formUnion(doubtful.subtracting(found))
        doubtful = []
        halves = []
        pinned.formIntersection(found)
    }

    private func matches(_ filter: SpanFilter, _ counts: (Int, Int) -> Bool) -> Set<TraceID> {
        var ids: Set<TraceID> = []
        for (number, batch) in batches.enumerated() {
            let filter = PreparedFilter(filter, for: batch.spans)
            for row in 0..<batch.spans.count where counts(number, row) && filter.matches(row, in: batch.spans) {
                ids.insert(batch.spans.spans.traceID(row))
            }
        }
        return ids
    }

    private func spans(of id: TraceID) -> [UInt64] {
        batches.flatMap { batch in
            (0..<batch.spans.count).filter { batch.spans.spans.traceID($0) == id }.map { batch.spans.spans.spanIDs[$0] }
        }
    }

    /// Whether a span is there for sure.
    private func isSure(_ number: Int, _ row: Int) -> Bool {
        guard batches[number].fate == .stored, !batches[number].isOld, !batches[number].isDamaged else { return false }
        let id = batches[number].spans.spans.spanIDs[row]
        return !gone.contains(id) && !doubtful.contains(id)
    }

    private func isDamaged(_ spans: some Sequence<UInt64>) -> Bool {
        batches.contains { batch in batch.isDamaged && !Set(batch.spans.spans.spanIDs).isDisjoint(with: spans) }
    }
}
