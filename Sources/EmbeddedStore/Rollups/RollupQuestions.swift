import SpanStorage
import TraceModel

/// Answers questions from the rollups: the catalogue's figures, and those of the spans that are in no segment yet.
struct RollupQuestions: Sendable {
    /// A merge may take a row away between the look at the list and the reading of it; then it is looked at again.
    private static let attemptsMax = 20

    let view: StoreView
    let catalogue: Catalogue
    /// The time, in nanoseconds since 1970.
    let now: @Sendable () -> UInt64
    /// How long calls wait for their caller.
    let waitNanoseconds: UInt64

    /// Figures of spans over time.
    func rates(_ query: RateQuery) throws(SpanStoreError) -> SpanRates {
        let steps = try RateSteps(query)
        return try consistently { isLast throws(SpanStoreError) in
            let (state, chunks, _) = view.rollupSnapshot()
            var rates = RateSums(query, steps)
            let services = query.services
            let isWanted = services.map { services in { (name: String) in services.contains(name) } }
            for row in state.rows where row.minutes.overlaps(steps.minutes) {
                let isOneStep = steps.isOneStep(row.minutes)
                guard let table = try read(row, totals: isOneStep, isLast, services: isWanted) else { return nil }
                try rates.add(table)
            }
            for chunk in chunks { try rates.add(chunk.rollupPart().table) }
            return rates.answer()
        }
    }

    /// Calls from service to service within a window; minutes are not divided.
    func dependencies(in window: Range<UInt64>) throws(SpanStoreError) -> [ServiceEdge] {
        guard !window.isEmpty else { return [] }
        let minutes = RateSteps.minutes(of: window)
        return try consistently { isLast throws(SpanStoreError) in
            let (state, chunks, segments) = view.rollupSnapshot()
            var sum = EdgeSums(minutes)
            for row in state.rows where row.minutes.overlaps(minutes) {
                let isWhole =
                    minutes.lowerBound <= row.minutes.lowerBound && row.minutes.upperBound <= minutes.upperBound
                guard let table = try read(row, totals: isWhole, isLast, services: { _ in false }) else { return nil }
                sum.add(table)
            }
            sum.add(openTable(state, chunks, segments))
            return sum.answer()
        }
    }

    /// The edges of the spans that are in no segment yet, and of calls whose caller may yet turn out to be another.
    private func openTable(_ state: RollupState, _ chunks: [HeadChunk], _ segments: [Segment]) -> RollupTable {
        let parts = chunks.map { $0.rollupPart() }
        var table = RollupTable()
        for part in parts { table.merge(part.table) }
        let indexes = parts.map(\.index)
        var resolution = CallResolution(state.pending)
        for index in indexes { resolution.resolvePending(among: index) }
        let older = OlderCallers(segments, since: now(), less: waitNanoseconds)
        for (place, part) in parts.enumerated() where !part.openCalls.isEmpty {
            let others = indexes.indices.filter { $0 != place }.map { indexes[$0] }
            resolution.resolve(part, among: others + state.recent.reversed()) { older.candidates($0, $1) }
        }
        resolution.finish(into: &table)
        return table
    }

    private func read(
        _ row: RollupRow,
        totals: Bool,
        _ isLast: Bool,
        services: ((String) -> Bool)?
    ) throws(SpanStoreError) -> RollupTable? {
        let bytes = try catalogue.rollup(row.number, totals: totals)
        // No merge has taken away a row that is listed all the time: the table does not hold together.
        let isUnfindable = bytes == nil && isLast && view.rollups().rows.contains { $0.number == row.number }
        guard let bytes = isUnfindable ? [] : bytes else { return nil }
        if let table = RollupTable.decode(bytes.span.bytes, services: services) { return table }
        // What is damaged is counted and left out; everything else is answered.
        view.noteDamage(ofRollup: row.number)
        return RollupTable()
    }

    /// Calls `body` until it sees the catalogue and the view at one moment, which it says by returning something.
    private func consistently<Answer>(
        _ body: (_ isLast: Bool) throws(SpanStoreError) -> Answer?
    ) throws(SpanStoreError) -> Answer {
        for attempt in 1...Self.attemptsMax {
            if let answer = try body(attempt == Self.attemptsMax) { return answer }
            view.awaitRollups()
        }
        throw .io("the catalogue's figures change faster than they can be read: try again")
    }
}
