import SpanStorage
import TraceModel

// Figures over time: from those kept of every span where they know enough, otherwise from the traces.
extension QueryRoutes {
    private static let tracesPerPage = 500
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

    /// Goes through all traces that match, page by page.
    private func addTraces(_ metrics: SpanMetrics, to measured: inout Measured) async throws(QueryError) {
        let window = measured.steps.start...(measured.steps.end - 1)
        var query = TraceQuery(metrics.expression, start: window, limit: Self.tracesPerPage)
        let deadline = ContinuousClock.now.advanced(by: .seconds(Int64(Self.secondsMax)))
        while true {
            let found: FoundTraces
            do { found = try await store.findTraces(query) } catch { throw QueryError(error) }
            measured.add(found)
            measured.outcome.total.count += found.traces.count
            measured.outcome.scannedSpans += found.outcome.scannedSpans
            measured.outcome.readBytes += found.outcome.readBytes
            if let partial = found.outcome.partial, found.traces.isEmpty || partial.reason != .heldBytes {
                measured.partial = partial.description
                return
            }
            guard let next = found.outcome.next else { return }
            query.after = next
            if ContinuousClock.now > deadline {
                measured.partial = "the time for one question was over: narrow its range or its filter"
                return
            }
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
            var query = TraceQuery(metrics.expression, start: begin...(end - 1), limit: limit)
            query.budget = Self.examples
            do {
                measured.add(try await store.findTraces(query), onlyExemplars: true)
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
    fileprivate mutating func add(_ found: FoundTraces, onlyExemplars: Bool = false) {
        for (trace, sets) in zip(found.traces, found.spansets) {
            let rows = sets.count == 1 ? sets[0].rows : Set(sets.flatMap(\.rows)).sorted()
            sums.add(trace, rows: rows, onlyExemplars: onlyExemplars)
        }
    }
}
