import HTTPTypes
import Hummingbird
import SpanStorage

/// Jaeger's figures for its page Monitor, from the store's rollups: no Prometheus is needed.
extension QueryRoutes {
    /// `GET /api/metrics/latencies`: a quantile of the durations.
    func latencies(_ question: Question) async throws(QueryError) -> Response {
        let text = question.parameters["quantile"]
        guard let quantile = Double(text) else {
            let reason = "strconv.ParseFloat: parsing \(GoText.quoted(text)): invalid syntax"
            throw .parameter("quantile", GoText.Malformed(description: reason), .quantile)
        }
        guard quantile > 0, quantile <= 1 else { throw .wrong("quantile", text, .quantile) }
        return try await metrics(.latencies(quantile: quantile), question)
    }

    /// `GET /api/metrics/calls`: spans per second.
    func calls(_ question: Question) async throws(QueryError) -> Response { try await metrics(.calls, question) }

    /// `GET /api/metrics/errors`: which share of the spans failed.
    func errors(_ question: Question) async throws(QueryError) -> Response { try await metrics(.errors, question) }

    /// `GET /api/metrics/minstep`: the finest step at which the figures change, in milliseconds.
    func minimumStep(_ question: Question) async throws(QueryError) -> Response {
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.int(RateQuery.stepMin / 1_000_000)
        json.endEnvelope(total: 0)
        return .json(json)
    }

    private func metrics(_ figure: MetricFamily.Figure, _ question: Question) async throws(QueryError) -> Response {
        let query = try MetricsQuery(question.parameters, now: now())
        let rates: SpanRates
        do { rates = try await store.spanRates(query.storeQuery) } catch { throw QueryError(error) }
        // A sum for each minute's worth of points, over as many minutes as each is about.
        let sums = min(query.points.count, rates.stepCount) * max(1, rates.series.count)
        let minutes = Int(clamping: min(query.span / RateQuery.stepMin + 1, UInt64(rates.stepCount)))
        let (additions, isOverflow) = sums.multipliedReportingOverflow(by: minutes)
        if isOverflow || additions > MetricsQuery.additionsMax {
            throw .badRequest(
                "unable to parse param 'ratePer': \(rates.series.count) series of \(query.points.count) points over "
                    + "\(minutes) minutes each are too much for one answer: choose a shorter ratePer, a longer step or "
                    + "fewer services"
            )
        }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        MetricFamily(figure, query, rates, now: now()).write(to: &json)
        return .json(json)
    }
}
