import Hummingbird
import SpanStorage
import TraceAnalysis
import TraceModel

extension QueryRoutes {
    /// `GET /api/heatmap?…`: how many traces or spans took how long, over time.
    func heatmap(_ question: Question) async throws(QueryError) -> Response {
        let answer = try await overTime(question)
        return self.answer(question, answer.outcome) { json in
            json.beginObject()
            json.timeline(answer)
            let cells = answer.map.cells
            let last = cells.map(\.row).max() ?? -1
            let first = cells.map(\.row).min() ?? 0
            json.key("rows")
            json.beginArray()
            for row in stride(from: first, through: last, by: 1) {
                let range = Heatmap.durations(ofRow: row)
                json.beginObject()
                json.duration("from", range.lowerBound)
                json.duration("to", range.upperBound)
                json.endObject()
            }
            json.endArray()
            json.key("cells")
            json.beginArray()
            for cell in cells {
                json.beginObject()
                json.count("column", cell.column)
                json.count("row", cell.row - first)
                json.count("count", cell.count)
                json.count("errors", cell.errors)
                json.key("example")
                if let example = cell.example { json.id(example) } else { json.null() }
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }

    /// `GET /api/histogram?…`: how many traces or spans there were over time, how many failed and how long they took.
    func histogram(_ question: Question) async throws(QueryError) -> Response {
        let answer = try await overTime(question)
        return self.answer(question, answer.outcome) { json in
            json.beginObject()
            json.timeline(answer)
            json.key("points")
            json.beginArray()
            for (number, column) in answer.map.columns.enumerated() {
                if let rates = answer.rates {
                    guard let point = rates[number] else { continue }
                    json.beginObject()
                    json.count("column", number)
                    json.count("count", point.count)
                    json.count("errors", point.errors)
                    for (name, share) in [("p50", 0.5), ("p95", 0.95), ("max", 1)] {
                        json.key(name)
                        json.microseconds(point.durations.quantile(share) ?? 0)
                    }
                    json.endObject()
                } else if column.count > 0 {
                    json.beginObject()
                    json.count("column", number)
                    json.count("count", column.count)
                    json.count("errors", column.errors)
                    json.quantileFields(column.durations)
                    json.endObject()
                }
            }
            json.endArray()
            json.endObject()
        }
    }

    /// What there is over time.
    struct OverTime {
        var map: Heatmap
        /// By column: the figures kept of every span, if those answer the question.
        var rates: [Int: RatePoint]?
        var countsSpans: Bool
        var counted: UInt64
        var outcome: SearchOutcome
    }

    /// Answers from the figures of every span where the question is for spans of services, operations and kinds, and
    /// otherwise by a search.
    private func overTime(_ question: Question) async throws(QueryError) -> OverTime {
        var parameters = question.parameters
        let columns = try parameters.number("columns", default: 60, in: 1...500)
        let countsSpans: Bool
        switch parameters["of"] {
        case "", "traces": countsSpans = false
        case "spans": countsSpans = true
        case let text: throw .wrong("of", text, .choice(["traces", "spans"]))
        }
        let interval = try TraceSearch.interval(parameters, nowNanoseconds: now())
        guard let interval else {
            let map = Heatmap(window: 0...0, columns: columns)
            return OverTime(map: map, countsSpans: countsSpans, counted: 0, outcome: SearchOutcome())
        }
        let conditions = ["q", "tag", "tags", "minDuration", "maxDuration", "minTraceDuration", "maxTraceDuration"]
        let isPlain = conditions.allSatisfy { parameters[$0].isEmpty } && parameters["traceID"].isEmpty
        if countsSpans, isPlain { return try await rates(parameters, interval, columns) }
        // As many as there may be: a picture of the newest hundred would be of no use.
        if parameters["limit"].isEmpty { parameters["limit"] = String(countsSpans ? 2_000 : TraceQuery.limitMax) }
        var map = Heatmap(window: interval, columns: columns)
        let outcome =
            countsSpans ? try await addSpans(parameters, to: &map) : try await addTraces(parameters, to: &map)
        map.sort()
        let counted = map.columns.reduce(0) { $0 + UInt64($1.count) }
        return OverTime(map: map, countsSpans: countsSpans, counted: counted, outcome: outcome)
    }

    private func addTraces(
        _ parameters: QueryParameters,
        to map: inout Heatmap
    ) async throws(QueryError) -> SearchOutcome {
        guard case .search(let query?) = try TraceSearch(parameters, nowNanoseconds: now()).target else {
            throw .own("traceID", "a picture over time is of a search; leave it out")
        }
        let found: FoundSummaries
        do { found = try await store.findTraceSummaries(query) } catch { throw QueryError(error) }
        for summary in found.summaries {
            map.add(
                .init(
                    start: summary.measure.start,
                    duration: UInt64(max(0, summary.measure.duration)),
                    isError: summary.measure.errors > 0,
                    trace: summary.id
                )
            )
        }
        return found.outcome
    }

    private func addSpans(
        _ parameters: QueryParameters,
        to map: inout Heatmap
    ) async throws(QueryError) -> SearchOutcome {
        let found = try await analysedTraces(parameters)
        for (trace, sets) in zip(found.traces, found.spansets) {
            for row in Set(sets.flatMap(\.rows)) {
                let interval = trace.spans.interval(row)
                map.add(
                    .init(
                        start: interval.lowerBound,
                        duration: interval.upperBound - interval.lowerBound,
                        isError: trace.spans.statuses[row] == .error,
                        trace: trace.spans.traceID(row)
                    )
                )
            }
        }
        return found.outcome
    }

    /// The figures that are kept of every span; columns are whole minutes.
    private func rates(
        _ parameters: QueryParameters,
        _ interval: ClosedRange<UInt64>,
        _ columns: Int
    ) async throws(QueryError) -> OverTime {
        let minute = RateQuery.stepMin
        let begin = interval.lowerBound / minute * minute
        let end = min(interval.upperBound, .max - 1) + 1
        let minutes = (end - begin + minute - 1) / minute
        let step = (minutes + UInt64(columns) - 1) / UInt64(columns) * minute
        var query = RateQuery(window: begin..<max(end, begin + 1), step: step, grouping: .status)
        let services = parameters.all("service").filter { !$0.isEmpty }
        if !services.isEmpty { query.services = Set(services) }
        if !parameters["operation"].isEmpty { query.operations = [parameters["operation"]] }
        let rates: SpanRates
        do { rates = try await store.spanRates(query) } catch { throw QueryError(error) }
        let last = rates.start + max(1, UInt64(rates.stepCount)) * rates.step - 1
        var map = Heatmap(window: rates.start...last, columns: rates.stepCount)
        var points: [Int: RatePoint] = [:]
        for series in rates.series {
            for (number, point) in series.points {
                points[number, default: RatePoint()].durations.merge(point.durations)
                points[number, default: RatePoint()].errors += point.errors
                let moment = rates.start + UInt64(number) * rates.step
                for bucket in point.durations.buckets {
                    let duration = UInt64(DurationHistogram.middle(ofBucket: Int(bucket.number)))
                    let errors = series.labels.status == .error ? bucket.count : 0
                    map.add(start: moment, duration: duration, count: bucket.count, errors: errors)
                }
            }
        }
        let counted = points.values.reduce(UInt64(0)) { $0 + $1.count }
        return OverTime(map: map, rates: points, countsSpans: true, counted: counted, outcome: SearchOutcome())
    }
}

extension JSONWriter {
    /// When the columns are, as fields.
    fileprivate mutating func timeline(_ answer: QueryRoutes.OverTime) {
        key("of")
        plainString(answer.countsSpans ? "spans" : "traces")
        count("startTime", answer.map.start / 1_000)
        duration("step", answer.map.step)
        count("columns", answer.map.columns.count)
        count("counted", answer.counted)
        key("source")
        plainString(answer.rates == nil ? "search" : "rollups")
    }
}
