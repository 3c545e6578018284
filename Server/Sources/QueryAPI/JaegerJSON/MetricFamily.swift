import SpanStorage
import TraceModel

/// A figure of spans over time, in the shape of OpenMetrics that Jaeger's answers have.
struct MetricFamily {
    /// Which figure.
    enum Figure {
        /// The duration that a share of the spans does not exceed, in milliseconds.
        case latencies(quantile: Double)
        /// Spans per second.
        case calls
        /// The share of the spans that failed.
        case errors

        fileprivate var name: String {
            switch self {
            case .latencies: "latencies"
            case .calls: "call_rate"
            case .errors: "error_rate"
            }
        }

        fileprivate var help: String {
            switch self {
            case .latencies(let quantile): "\(twoDecimals(quantile))th quantile latency"
            case .calls: "calls/sec"
            case .errors: "error rate, computed as a fraction of errors/sec over calls/sec"
            }
        }
    }

    private let figure: Figure
    private let query: MetricsQuery
    private let rates: SpanRates
    private let now: UInt64

    init(_ figure: Figure, _ query: MetricsQuery, _ rates: SpanRates, now: UInt64) {
        self.figure = figure
        self.query = query
        self.rates = rates
        self.now = now
    }

    /// Writes the answer.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.plainString("service_\(query.isByOperation ? "operation_" : "")\(figure.name)")
        json.key("type")
        json.plainString("GAUGE")
        json.key("help")
        json.plainString("\(figure.help), grouped by service\(query.isByOperation ? " & operation" : "")")
        json.key("metrics")
        json.beginArray()
        for series in rates.series { write(series, to: &json) }
        json.endArray()
        json.endObject()
    }

    private func write(_ series: RateSeries, to json: inout JSONWriter) {
        json.beginObject()
        json.key("labels")
        json.beginArray()
        if query.isByOperation { write("operation", series.labels.operation ?? "", to: &json) }
        write("service_name", series.labels.service ?? "", to: &json)
        json.endArray()
        json.key("metricPoints")
        json.beginArray()
        var last: (first: Int, end: Int, sum: RatePoint)?
        for point in query.points {
            let minutes = minutes(before: point)
            if last?.first != minutes.lowerBound || last?.end != minutes.upperBound {
                last = (minutes.lowerBound, minutes.upperBound, series.sum(minutes))
            }
            json.beginObject()
            json.key("gaugeValue")
            json.beginObject()
            json.key("doubleValue")
            json.double(value(last?.sum ?? RatePoint(), seconds: seconds(minutes)))
            json.endObject()
            json.key("timestamp")
            json.plainString(UTCTime(nanoseconds: point).shortest)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private func write(_ name: String, _ value: String, to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.plainString(name)
        json.key("value")
        json.string(value)
        json.endObject()
    }

    private func value(_ sum: RatePoint, seconds: Double) -> Double {
        switch figure {
        case .latencies(let quantile): (sum.durations.quantile(quantile) ?? .nan) / 1e6
        case .calls: seconds > 0 ? Double(sum.count) / seconds : .nan
        case .errors: sum.count > 0 ? Double(sum.errors) / Double(sum.count) : .nan
        }
    }

    /// The minutes that a point is about, as steps of the store's answer: all that have part of the time before it.
    private func minutes(before point: UInt64) -> Range<Int> {
        let from = point > query.span ? point - query.span : 0
        let first = from > rates.start ? Int((from - rates.start) / rates.step) : 0
        let end = point > rates.start ? Int((point - rates.start - 1) / rates.step) + 1 : 0
        return first..<max(first, end)
    }

    /// How much time some minutes are; of the present one only what has passed.
    private func seconds(_ minutes: Range<Int>) -> Double {
        let from = rates.start + UInt64(minutes.lowerBound) * rates.step
        let end = min(rates.start + UInt64(minutes.upperBound) * rates.step, max(now, from))
        return Double(end - from) / 1e9
    }
}

extension RateSeries {
    /// The spans of some steps.
    fileprivate func sum(_ steps: Range<Int>) -> RatePoint {
        var sum = RatePoint()
        for step in steps {
            guard let point = points[step] else { continue }
            sum.durations.merge(point.durations)
            sum.errors += point.errors
        }
        return sum
    }
}

/// A share between 0 and 1 with two decimals, as Go's `%.2f`.
private func twoDecimals(_ share: Double) -> String {
    let hundredths = Int((share * 100).rounded(.toNearestOrEven))
    let digits = String(hundredths % 100)
    return "\(hundredths / 100).\(digits.utf8.count < 2 ? "0" : "")\(digits)"
}
