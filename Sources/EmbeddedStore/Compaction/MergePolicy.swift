/// Which segments are merged: only where it gains something, and so that no span is rewritten often.
///
/// Small segments are merged with others of about their size, so that a span climbs from size to size and is rewritten
/// at most once in each; a store has only a few of each size at any time. Full segments are merged if neighbours share
/// many traces, and that once. What is about to be put out is left alone, and so are segments whose ages differ so much
/// that retention would have to wait for the younger ones.
struct MergePolicy: Sendable {
    /// What is known of a segment.
    struct Candidate: Sendable, Equatable {
        var number: UInt64
        var spans: Int
        var bytes: Int
        var sealedAt: UInt64
        var merges: Int
        var isKept: Bool
        /// The share of the traces of the next segment that this one has spans of as well, 0 to 1.
        var sharedWithNext = 0.0
    }

    /// So many segments of a size are merged into one.
    var smallMin = 8
    /// A merge has no more inputs.
    var inputsMax = 32
    /// A segment is full at so many spans.
    var blockSpansMax = 49_152
    /// Neighbours are merged if they share this part of their traces ...
    var sharedMin = 0.25
    /// ... so many of them at once.
    var neighboursMax = 4
    /// For how long segments are kept, in nanoseconds; nil for good.
    var ageMax: UInt64?
    /// Bytes of the oldest segments that are about to be put out, as they are over or close to the bound.
    var leavingBytes = 0

    /// The segments to merge next, oldest first; none if nothing is to be gained.
    func choose(_ segments: [Candidate], now: UInt64) -> [UInt64] {
        let staying = staying(segments, now: now)
        for isKept in [false, true] {
            let some = staying.filter { $0.isKept == isKept }
            if let small = small(some) { return small }
        }
        return neighbours(staying) ?? []
    }

    /// Those that are not about to be put out, oldest first.
    private func staying(_ segments: [Candidate], now: UInt64) -> [Candidate] {
        let sorted = segments.sorted { ($0.sealedAt, $0.number) < ($1.sealedAt, $1.number) }
        var leaving = leavingBytes
        return sorted.filter { segment in
            if segment.isKept { return true }
            if leaving > 0 {
                leaving -= segment.bytes
                return false
            }
            guard let ageMax else { return true }
            // In the last eighth of their time the rewriting would not pay any more.
            return now < segment.sealedAt || now - segment.sealedAt < ageMax - ageMax / 8
        }
    }

    private func small(_ segments: [Candidate]) -> [UInt64]? {
        var sizes: [Int: [Candidate]] = [:]
        for segment in segments where segment.spans * 2 <= blockSpansMax {
            sizes[size(segment.spans), default: []].append(segment)
        }
        for (_, some) in sizes.sorted(by: { $0.key < $1.key }) where some.count >= smallMin {
            var chosen: [Candidate] = []
            for segment in some {
                if let first = chosen.first, !areNear(first, segment) {
                    if chosen.count >= smallMin { break }
                    chosen.removeAll { !areNear($0, segment) }
                }
                chosen.append(segment)
                let spans = chosen.reduce(0) { $0 + $1.spans }
                if chosen.count >= inputsMax || spans >= blockSpansMax { break }
            }
            let isFull = chosen.reduce(0) { $0 + $1.spans } >= blockSpansMax
            if chosen.count >= smallMin || (isFull && chosen.count > 1) { return chosen.map(\.number) }
        }
        return nil
    }

    /// Whether merging the two keeps neither long beyond its time.
    private func areNear(_ one: Candidate, _ two: Candidate) -> Bool {
        guard let ageMax else { return true }
        let distance = two.sealedAt > one.sealedAt ? two.sealedAt - one.sealedAt : one.sealedAt - two.sealedAt
        return distance <= ageMax / 8
    }

    /// The order of magnitude of a number of spans, in eights: a merge of as many gets into the next.
    private func size(_ spans: Int) -> Int {
        var size = 0
        var left = spans / smallMin
        while left > 0 {
            size += 1
            left /= smallMin
        }
        return size
    }

    private func neighbours(_ segments: [Candidate]) -> [UInt64]? {
        var run: [Candidate] = []
        for segment in segments {
            let isFresh = !segment.isKept && segment.merges == 0 && segment.spans * 2 > blockSpansMax
            let belongs = run.last.map { $0.sharedWithNext >= sharedMin && areNear(run[0], segment) } ?? true
            if !isFresh || !belongs {
                if run.count > 1 { break }
                run = isFresh ? [segment] : []
                continue
            }
            run.append(segment)
            if run.count == neighboursMax { break }
        }
        return run.count > 1 ? run.map(\.number) : nil
    }
}
