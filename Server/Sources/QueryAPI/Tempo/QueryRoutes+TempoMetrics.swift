import Hummingbird
import SpanStorage
import TraceModel

extension QueryRoutes {
    private static let stepsMax = 11_000
    private static let exemplarsDefault = 100
    private static let exemplarsMax = 1_000
    /// Shorter windows of one figure are not widened to whole minutes.
    private static let wholeMinutesMin: UInt64 = 600_000_000_000

    /// `GET /tempo/api/metrics/query_range?q=…&start=…&end=…&step=…`: spans that a query finds, in figures over time.
    func tempoMetrics(_ question: Question) async throws(QueryError) -> Response {
        let parameters = question.parameters
        let metrics = try parameters.tempoMetrics()
        let exemplars = try parameters.number(
            "exemplars",
            default: metrics.exemplars ?? Self.exemplarsDefault,
            in: 0...Self.exemplarsMax
        )
        let measured = try await measure(metrics, try steps(parameters, metrics), exemplars: exemplars)
        return answer(question, measured) { json, series in json.range(series, measured.steps) }
    }

    /// `GET /tempo/api/metrics/query?q=…&start=…&end=…`: one figure of all of that time.
    func tempoInstant(_ question: Question) async throws(QueryError) -> Response {
        let parameters = question.parameters
        let metrics = try parameters.tempoMetrics()
        let window = try window(parameters)
        var steps = MetricSteps(start: window.lowerBound, length: window.upperBound - window.lowerBound, count: 1)
        if steps.length >= Self.wholeMinutesMin {
            let whole = MetricSteps(covering: window, of: RateQuery.stepMin)
            let one = MetricSteps(start: whole.start, length: whole.end - whole.start, count: 1)
            if metrics.rateQuery(one) != nil { steps = one }
        }
        let measured = try await measure(metrics, steps, exemplars: 0)
        return answer(question, measured) { json, series in json.instant(series) }
    }

    private func answer(
        _ question: Question,
        _ measured: Measured,
        _ write: (inout JSONWriter, SpanMetricsSeries) -> Void
    ) -> Response {
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("series")
        json.beginArray()
        for series in measured.sums.series { write(&json, series) }
        json.endArray()
        json.key("metrics")
        json.beginObject()
        if measured.outcome.scannedSpans > 0 {
            json.tempoOutcome(measured.outcome)
        }
        json.endObject()
        var message = measured.partial
        if message == nil, measured.sums.leftOut > 0 {
            let leftOut = measured.sums.leftOut
            message = "more than \(SpanMetricsSums.seriesMax) series: \(leftOut) spans are in none of them"
        }
        if let message {
            json.key("status")
            json.plainString("PARTIAL")
            json.key("message")
            json.string(message)
        }
        json.endObject()
        return .json(json)
    }

    /// The time asked for, in nanoseconds, the end not included.
    private func window(_ parameters: QueryParameters) throws(QueryError) -> Range<UInt64> {
        let end = try parameters.tempoTime("end") ?? now()
        var length: UInt64 = 3_600_000_000_000
        if !parameters["since"].isEmpty { length = UInt64(max(0, try parameters.duration("since"))) }
        let start = try parameters.tempoTime("start") ?? (end > length ? end - length : 0)
        guard start < end else { throw .own("start", "it is not before the end") }
        // Nobody asks for the end of time; this keeps sums below it.
        guard end < 1 << 63 else { throw .own("end", "it is after the year 2262") }
        return start..<end
    }

    /// The steps asked for: all that have part of the window, beginning at multiples of their length.
    ///
    /// Steps of a minute and more are rounded up to whole ones where the kept figures then answer.
    private func steps(_ parameters: QueryParameters, _ metrics: SpanMetrics) throws(QueryError) -> MetricSteps {
        let window = try window(parameters)
        let text = parameters["step"]
        var step = max(1_000_000_000, (window.upperBound - window.lowerBound) / 60 / 1_000_000_000 * 1_000_000_000)
        if let seconds = Double(text), seconds > 0, seconds < 1e9 {
            step = UInt64(seconds * 1e9)
        } else if !text.isEmpty {
            guard let duration = try? GoText.duration(text), duration >= 0 else {
                throw .wrong("step", text, .step)
            }
            step = UInt64(duration)
        }
        if step < 1_000_000 { throw .wrong("step", text, .step) }
        let minute = RateQuery.stepMin
        if step >= minute {
            let whole = MetricSteps(covering: window, of: (step + minute - 1) / minute * minute)
            if whole.count <= Self.stepsMax, metrics.rateQuery(whole) != nil { return whole }
        }
        let steps = MetricSteps(covering: window, of: step)
        guard steps.count <= Self.stepsMax else {
            throw .own("step", "\(steps.count) points are more than \(Self.stepsMax): choose a longer step")
        }
        return steps
    }
}

extension MetricSteps {
    /// The steps of a length, beginning at multiples of it, that have part of a window.
    fileprivate init(covering window: Range<UInt64>, of length: UInt64) {
        let first = window.lowerBound / length
        let last = (window.upperBound - 1) / length
        self.init(start: first * length, length: length, count: Int(clamping: last - first + 1))
    }
}

extension QueryParameters {
    /// `q`, or `query`: TraceQL whose last stage is a metric.
    fileprivate func tempoMetrics() throws(QueryError) -> SpanMetrics {
        let name = self["q"].isEmpty && !self["query"].isEmpty ? "query" : "q"
        do { return try SpanMetrics(traceQL: self[name]) } catch { throw .own(name, error.description) }
    }
}

extension JSONWriter {
    /// `TimeSeries` of Tempo's protocol: labels, samples at the ends of their steps, and the labels as Prometheus has
    /// them, by which older Grafanas name series.
    fileprivate mutating func range(_ series: SpanMetricsSeries, _ steps: MetricSteps) {
        beginObject()
        labels(series)
        key("samples")
        beginArray()
        for sample in series.samples {
            beginObject()
            key("timestampMs")
            quotedInt((steps.start + UInt64(sample.step + 1) * steps.length) / 1_000_000)
            key("value")
            double(sample.value)
            endObject()
        }
        endArray()
        key("promLabels")
        let texts = series.labels.map { "\($0.name)=\(GoText.quoted($0.value?.labelText ?? "nil"))" }
        string("{" + texts.joined(separator: ", ") + "}")
        key("exemplars")
        beginArray()
        for exemplar in series.exemplars {
            beginObject()
            key("labels")
            beginArray()
            tempoLabel("trace:id", .string(exemplar.trace.shortHex))
            tempoLabel("span:id", .string(exemplar.span.hex))
            endArray()
            key("value")
            double(exemplar.value)
            key("timestampMs")
            quotedInt(exemplar.time / 1_000_000)
            endObject()
        }
        endArray()
        endObject()
    }

    /// `InstantSeries`: no more than its labels and its value, for Grafana takes no other field.
    fileprivate mutating func instant(_ series: SpanMetricsSeries) {
        guard let sample = series.samples.first else { return }
        beginObject()
        labels(series)
        key("value")
        double(sample.value)
        endObject()
    }

    private mutating func labels(_ series: SpanMetricsSeries) {
        key("labels")
        beginArray()
        for label in series.labels { tempoLabel(label.name, label.value ?? .string("nil")) }
        endArray()
    }
}

extension AttributeValue {
    fileprivate var labelText: String {
        if case .string(let text) = self { text } else { jsonText }
    }
}
