import Hummingbird
import SpanStorage
import TraceModel

extension QueryRoutes {
    private static let stepsMax = 11_000
    private static let tracesPerPage = 500
    private static let secondsMax: UInt64 = 30

    /// `GET /tempo/api/metrics/query_range?q=…&start=…&end=…&step=…`: figures of the spans that a query finds.
    func tempoMetrics(_ question: Question) async throws(QueryError) -> Response {
        let parameters = question.parameters
        let text = parameters["q"].isEmpty ? parameters["query"] : parameters["q"]
        let metrics: SpanMetrics
        do { metrics = try SpanMetrics(traceQL: text) } catch { throw .own("q", error.description) }
        let (window, step) = try range(parameters)
        let first = window.lowerBound / step * step
        let count = (window.upperBound - first) / step + 1
        guard count <= UInt64(Self.stepsMax) else {
            throw .own("step", "\(count) points are more than \(Self.stepsMax): choose a longer step")
        }
        var sums = SpanMetricsSums(metrics, start: first, step: step, steps: Int(count))
        let partial = try await collect(metrics, in: window, into: &sums)
        var json = JSONWriter(isIndented: parameters.isIndented)
        json.beginObject()
        json.key("series")
        json.beginArray()
        for series in sums.series { json.series(series, metrics, start: first, step: step) }
        json.endArray()
        json.key("metrics")
        json.beginObject()
        json.endObject()
        if let partial {
            json.key("status")
            json.plainString("PARTIAL")
            json.key("message")
            json.string(partial)
        } else if sums.leftOut > 0 {
            json.key("status")
            json.plainString("PARTIAL")
            json.key("message")
            json.string("more than \(SpanMetricsSums.seriesMax) series: \(sums.leftOut) spans are in none of them")
        }
        json.endObject()
        return .json(json)
    }

    /// The time asked for, and how long a step is: nanoseconds.
    private func range(_ parameters: QueryParameters) throws(QueryError) -> (ClosedRange<UInt64>, UInt64) {
        let end = try parameters.tempoTime("end") ?? now()
        var length: UInt64 = 3_600_000_000_000
        if !parameters["since"].isEmpty { length = UInt64(max(0, try parameters.duration("since"))) }
        let start = try parameters.tempoTime("start") ?? (end > length ? end - length : 0)
        guard start < end else { throw .own("start", "it is not before the end") }
        let text = parameters["step"]
        var step = max(1_000_000_000, (end - start) / 60 / 1_000_000_000 * 1_000_000_000)
        if let seconds = Double(text), seconds > 0, seconds < 1e9 {
            step = UInt64(seconds * 1e9)
        } else if !text.isEmpty {
            step = UInt64(max(0, try parameters.duration("step")))
        }
        if step < 1_000_000 { throw .own("step", "'\(text)' is shorter than 1ms") }
        // The end is not in it: what begins there belongs to the next window.
        return (start...(end - 1), step)
    }

    /// Goes through all traces that match, page by page; returns why not all of them, if so.
    private func collect(
        _ metrics: SpanMetrics,
        in window: ClosedRange<UInt64>,
        into sums: inout SpanMetricsSums
    ) async throws(QueryError) -> String? {
        var query = TraceQuery(metrics.expression, start: window, limit: Self.tracesPerPage)
        let deadline = ContinuousClock.now.advanced(by: .seconds(Int64(Self.secondsMax)))
        while true {
            let found: FoundTraces
            do { found = try await store.findTraces(query) } catch { throw QueryError(error) }
            for (trace, sets) in zip(found.traces, found.spansets) {
                let rows = Set(sets.flatMap(\.rows)).filter { window.contains(trace.spans.starts[$0]) }
                sums.add(trace, rows: rows.sorted())
            }
            if let partial = found.outcome.partial, found.traces.isEmpty || partial.reason != .heldBytes {
                return partial.description
            }
            guard let next = found.outcome.next else { return nil }
            query.after = next
            if ContinuousClock.now > deadline {
                return "the time for one question was over: narrow its range or its filter"
            }
        }
    }
}

extension JSONWriter {
    /// `TimeSeries` of Tempo's protocol: labels, samples and the labels as Prometheus writes them.
    fileprivate mutating func series(
        _ series: SpanMetricsSeries,
        _ metrics: SpanMetrics,
        start: UInt64,
        step: UInt64
    ) {
        var labels: [(name: String, value: AttributeValue)] = []
        for (field, value) in zip(metrics.by, series.values) {
            labels.append((field.traceQL, value ?? .string("nil")))
        }
        switch series.part {
        case .quantile(let share): labels.append(("p", .double(share)))
        case .bucket(let bound): labels.append(("__bucket", .double(bound)))
        case nil: if labels.isEmpty { labels.append(("__name__", .string(metrics.function.name))) }
        }
        beginObject()
        key("labels")
        beginArray()
        for label in labels { tempoLabel(label.name, label.value) }
        endArray()
        key("samples")
        beginArray()
        for sample in series.samples {
            beginObject()
            key("timestampMs")
            quotedInt((start + UInt64(sample.step) * step) / 1_000_000)
            key("value")
            double(sample.value)
            endObject()
        }
        endArray()
        key("promLabels")
        string("{" + labels.map { "\($0.name)=\(GoText.quoted($0.value.labelText))" }.joined(separator: ", ") + "}")
        key("exemplars")
        beginArray()
        endArray()
        endObject()
    }
}

extension AttributeValue {
    fileprivate var labelText: String {
        if case .string(let text) = self { text } else { jsonText }
    }
}

extension SpanMetrics.Function {
    /// The metric's name in TraceQL.
    fileprivate var name: String {
        switch self {
        case .rate: "rate"
        case .count: "count_over_time"
        case .least: "min_over_time"
        case .greatest: "max_over_time"
        case .average: "avg_over_time"
        case .sum: "sum_over_time"
        case .quantiles: "quantile_over_time"
        case .histogram: "histogram_over_time"
        }
    }
}
