import SpanStorage
import TraceModel

// Figures over time: from those kept of every span where they know enough, otherwise from the traces.
extension QueryRoutes {
    private static let tracesPerPage = 4_000
    /// How long the first slice of time is at the most, and how short one becomes.
    private static let sliceFirst: UInt64 = 10_000_000_000
    private static let sliceMin: UInt64 = 1_000_000
    private static let secondsMax: UInt64 = 30
    /// What looking for examples may cost.
    private static let examples = QueryBudget(nanoseconds: 500_000_000, scannedSpans: 1_000_000, heldBytes: 64 << 20)
    private static let exampleParts: UInt64 = 10

    /// What a question for figures came to.
    struct Measured {
        var sums: SpanMetricsSums
        var steps: MetricSteps
        var outcome = SearchOutcome()
        /// Why the figures are not of all spans, if so.
        var partial: String?
    }

    /// The figures of a question.
    func measure(
        _ metrics: SpanMetrics,
        _ steps: MetricSteps,
        exemplars: Int
    ) async throws(QueryError) -> Measured {
        var measured = Measured(sums: SpanMetricsSums(metrics, steps, exemplarsMax: exemplars), steps: steps)
        if let query = metrics.rateQuery(steps), let rates = try await rates(query) {
            measured.sums.add(rates)
            if exemplars > 0, !rates.series.isEmpty { try await addExamples(metrics, exemplars, to: &measured) }
        } else {
            try await addTraces(metrics, to: &measured)
        }
        return measured
    }

    /// The kept figures; nil if they would have more points than there may be.
    private func rates(_ query: RateQuery) async throws(QueryError) -> SpanRates? {
        do {
            return try await store.spanRates(query)
        } catch SpanStoreError.query {
            return nil
        } catch {
            throw QueryError(error)
        }
    }

    /// Goes through all traces that match, in slices of time, the newest first.
    ///
    /// Each span counts in the slice in which it began. Pages of one search through all of the time would each look at
    /// what the pages before have found.
    private func addTraces(_ metrics: SpanMetrics, to measured: inout Measured) async throws(QueryError) {
        let start = measured.steps.start
        let deadline = ContinuousClock.now.advanced(by: .seconds(Int64(Self.secondsMax)))
        var end = measured.steps.end - 1
        var length = min(measured.steps.length, Self.sliceFirst)
        while true {
            let begin = end - start < length ? start : end - length + 1
            let found = try await addSlice(metrics, begin...end, until: deadline, to: &measured)
            if let partial = found.partial {
                measured.partial = "\(partial); complete for spans that began after \(UTCTime(nanoseconds: end))"
                return
            }
            if begin == start { return }
            end = begin - 1
            // As long as it takes for about so many traces as one page has.
            if found.traces * 2 < Self.tracesPerPage { length = min(length, .max / 4) * 4 }
            if found.traces > Self.tracesPerPage { length = max(Self.sliceMin, length / 2) }
        }
    }

    /// Adds the spans of a slice of time, page by page; says of how many traces, and why not all, if so.
    private func addSlice(
        _ metrics: SpanMetrics,
        _ slice: ClosedRange<UInt64>,
        until deadline: ContinuousClock.Instant,
        to measured: inout Measured
    ) async throws(QueryError) -> (traces: Int, partial: String?) {
        var query = TraceQuery(metrics.expression, start: slice, limit: Self.tracesPerPage)
        var traces = 0
        while true {
            let found: FoundTraces
            do { found = try await store.findTraces(query) } catch { throw QueryError(error) }
            measured.add(found, of: slice)
            traces += found.traces.count
            measured.outcome.total.count += found.traces.count
            measured.outcome.scannedSpans += found.outcome.scannedSpans
            measured.outcome.readBytes += found.outcome.readBytes
            if let partial = found.outcome.partial, found.traces.isEmpty || partial.reason != .heldBytes {
                return (traces, partial.description)
            }
            if ContinuousClock.now > deadline {
                return (traces, "the time for one question was over: narrow its range or its filter")
            }
            guard let next = found.outcome.next else { return (traces, nil) }
            query.after = next
        }
    }

    /// Looks for spans that stand for those which are counted already: the newest of each tenth of the time.
    private func addExamples(
        _ metrics: SpanMetrics,
        _ most: Int,
        to measured: inout Measured
    ) async throws(QueryError) {
        let length = measured.steps.end - measured.steps.start
        for part in 0..<Self.exampleParts {
            let begin = measured.steps.start + length / Self.exampleParts * part
            let end = part + 1 == Self.exampleParts ? measured.steps.end : begin + length / Self.exampleParts
            if end <= begin { continue }
            let limit = max(1, most / Int(Self.exampleParts))
            let part = begin...(end - 1)
            var query = TraceQuery(metrics.expression, start: part, limit: limit)
            query.budget = Self.examples
            do {
                measured.add(try await store.findTraces(query), of: part, onlyExemplars: true)
            } catch .overloaded {
                // The figures are there; examples are not worth waiting for.
                return
            } catch {
                throw QueryError(error)
            }
        }
    }
}

extension QueryRoutes.Measured {
    /// Adds what of some traces matches and began in a slice of time.
    fileprivate mutating func add(_ found: FoundTraces, of slice: ClosedRange<UInt64>, onlyExemplars: Bool = false) {
        for (trace, sets) in zip(found.traces, found.spansets) {
            let rows = sets.count == 1 ? sets[0].rows : Set(sets.flatMap(\.rows)).sorted()
            let own = rows.filter { slice.contains(trace.spans.starts[$0]) }
            sums.add(trace, rows: own, onlyExemplars: onlyExemplars)
        }
    }
}
