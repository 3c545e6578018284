import SpanStorage
import TraceModel

@testable import EmbeddedStore

/// What a simulated store must hold, from what was sent to it and what it answered.
struct SimulatedModel {
    /// What became of a batch.
    enum Fate {
        /// Its sender has heard nothing, or will not know: it may be there, all of it or nothing.
        case unknown
        /// It must be there.
        case stored
        /// It must not be there.
        case refused
        /// It was refused because of the disk: readers do not see it, but a crash may bring it back.
        case failed
    }

    struct Batch {
        var spans: SpanBatch
        var fate = Fate.unknown
        /// The earliest that the clock has shown since it was acknowledged.
        var earliestTime = UInt64.max
        /// Retention may have put it out: the clock has shown a time that made it too old.
        var isOld = false
        /// Damage may have taken part of it.
        var isDamaged = false
        /// It may be in the log though its sender was told otherwise, or was told nothing.
        var mayBeInLog = true
        /// It was found after a crash though nobody was told that it is there: it may never have been synced.
        var isChance = false
    }

    private(set) var batches: [Batch] = []
    /// Which batch a span is of, and its row there.
    private var places: [UInt64: (batch: Int, row: Int)] = [:]
    /// The spans that were deleted and must not be there again.
    var gone: Set<UInt64> = []
    /// The spans of deletions that failed or whose answer was lost: they may be there.
    var doubtful: Set<UInt64> = []
    /// The few spans of one trace each whose deletion was not answered: all of them are there or none.
    var halves: [[UInt64]] = []
    /// The spans that retention must leave, as their traces are pinned.
    var pinned: Set<UInt64> = []
    /// Whether retention may ever have left part of a batch.
    var hasPinned = false
    /// Whether a deletion has been begun.
    var hasDeleted = false

    /// Notes a batch that is about to be sent; returns its number.
    mutating func send(_ batch: SpanBatch) -> Int {
        for row in 0..<batch.count { places[batch.spans.spanIDs[row]] = (batches.count, row) }
        batches.append(Batch(spans: batch))
        return batches.count - 1
    }

    mutating func set(_ batch: Int, _ fate: Fate) {
        batches[batch].fate = fate
        if fate == .refused { batches[batch].mayBeInLog = false }
    }

    /// The clock shows another time; spans may become so old.
    mutating func passTime(to now: UInt64, ageMax: UInt64) {
        if ageMax == .max { return }
        for index in batches.indices where batches[index].fate == .stored {
            batches[index].earliestTime = min(batches[index].earliestTime, now)
            if now - batches[index].earliestTime >= ageMax { batches[index].isOld = true }
        }
    }

    /// Marks the batches of some spans as damaged.
    mutating func damage(_ spans: some Sequence<UInt64>) {
        for span in spans {
            if let place = places[span] { batches[place.batch].isDamaged = true }
        }
    }

    /// The header of a log file is damaged: it may have told where the file before it ends, so that what was refused
    /// after that comes back.
    mutating func damageLogHeader() {
        for index in batches.indices where batches[index].fate == .refused && batches[index].mayBeInLog {
            batches[index].fate = .unknown
        }
    }

    /// What was not known for sure is what the store now shows; from here on it must stay so.
    mutating func settle(found: Set<UInt64>) {
        for index in batches.indices {
            let spans = batches[index].spans.spans.spanIDs
            if batches[index].isOld, hasPinned, spans.contains(where: found.contains) {
                gone.formUnion(spans.filter { !found.contains($0) })
            }
            let isThere = spans.allSatisfy {
                found.contains($0) || gone.contains($0) || doubtful.contains($0)
            }
            if isThere, batches[index].fate != .stored { batches[index].isChance = true }
            batches[index].fate = isThere ? .stored : .refused
            // What damage has left of it is nobody's to predict.
            if batches[index].isDamaged { batches[index].fate = .unknown }
        }
        settleDeletions(found: found)
    }

    /// A process ends, by a crash or a power cut: what was acknowledged too early is not sure any more.
    mutating func crash(keepsAcknowledged: Bool, hasRemains: Bool, powerCut: Bool) {
        let hasChances = powerCut && batches.contains { $0.isChance }
        if !keepsAcknowledged || hasChances { forgetPromises() }
        for index in batches.indices {
            switch batches[index].fate {
            case .stored where !keepsAcknowledged || powerCut && batches[index].isChance:
                batches[index].fate = .unknown
            case .failed: batches[index].fate = hasRemains ? .unknown : .refused
            default: break
            }
        }
    }

    /// Compares what a store shows with what it must show; in full, or by the spans' ids alone.
    ///
    /// Batches may be missing that are old, and any if the store `isBlind`.
    func violations(_ traces: [SpanBatch], inFull: Bool, isBlind: Bool) -> [String] {
        var violations: [String] = []
        var found = [Int](repeating: 0, count: batches.count)
        var seen: Set<UInt64> = []
        for trace in traces {
            for row in 0..<trace.count {
                let id = trace.spans.spanIDs[row]
                guard let place = places[id] else {
                    violations.append("made up: \(trace.describe(row))")
                    continue
                }
                if !seen.insert(id).inserted { violations.append("twice: span \(id) of batch \(place.batch)") }
                if gone.contains(id), !batches[place.batch].isDamaged {
                    violations.append("there though deleted: span \(id) of batch \(place.batch)")
                }
                // Those that may be there or not do not count.
                if !gone.contains(id), !doubtful.contains(id) { found[place.batch] += 1 }
                if inFull, trace.describe(row) != batches[place.batch].spans.describe(place.row) {
                    violations.append(
                        "altered: \(trace.describe(row)), sent \(batches[place.batch].spans.describe(place.row))"
                    )
                }
            }
        }
        for number in batches.indices {
            let count = found[number]
            let all = batches[number].spans.spans.spanIDs.count { !gone.contains($0) && !doubtful.contains($0) }
            let isOld = batches[number].isOld
            let mayBePart = isOld && hasPinned
            switch batches[number].fate {
            case _ where batches[number].isDamaged: break
            case .stored where count != all && !isBlind && !(isOld && (count == 0 || mayBePart)):
                violations.append("lost: \(all - count) of \(all) spans of batch \(number)")
            case .refused where count > 0, .failed where count > 0:
                violations.append("there though refused: \(count) spans of batch \(number)")
            case .unknown where count != 0 && count != all && !mayBePart:
                violations.append("in part: \(count) of \(all) spans of batch \(number)")
            default: break
            }
        }
        if !isBlind { violations += upkeepViolations(seen) }
        return violations
    }

    /// The batches whose spans are among those, for a search of everything.
    func bruteForce(found: Set<UInt64>) -> BruteForce {
        var force = BruteForce()
        for index in batches.indices {
            let ids = batches[index].spans.spans.spanIDs
            let rows = ids.indices.filter { found.contains(ids[$0]) }
            if rows.isEmpty { continue }
            force.append(rows.count == ids.count ? batches[index].spans : batches[index].spans.selecting(rows))
        }
        return force
    }
}
