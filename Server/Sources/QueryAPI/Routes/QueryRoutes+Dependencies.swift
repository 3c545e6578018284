import HTTPTypes
import Hummingbird
import SpanStorage

extension QueryRoutes {
    private static let day: Int64 = 86_400_000

    /// `GET /api/dependencies?endTs=…&lookback=…`: which services call which, and how often.
    ///
    /// With `statistics=true` each edge also tells how many calls failed and how long they took.
    func dependencies(_ question: Question) async throws(QueryError) -> Response {
        let parameters = question.parameters
        let end = try parameters.milliseconds("endTs", default: nil).map(nanoseconds) ?? now()
        let lookback = try parameters.milliseconds("lookback", default: Self.day, .millisecondsBack) ?? Self.day
        let hasStatistics = try parameters.bool("statistics")
        let service = parameters["service"]
        let start = end > nanoseconds(lookback) ? end - nanoseconds(lookback) : 0
        let edges: [ServiceEdge]
        // A window that ends before it begins has nothing in it, as with a search.
        do {
            edges = lookback <= 0 ? [] : try await store.dependencies(in: start..<end)
        } catch {
            throw QueryError(error)
        }
        var json = JSONWriter(isIndented: parameters.isIndented)
        json.beginEnvelope()
        json.beginArray()
        for edge in edges where service.isEmpty || edge.caller == service || edge.callee == service {
            json.beginObject()
            json.key("parent")
            json.string(edge.caller)
            json.key("child")
            json.string(edge.callee)
            json.key("callCount")
            json.int(edge.calls)
            if hasStatistics { writeStatistics(edge, to: &json) }
            json.endObject()
        }
        json.endArray()
        json.endEnvelope(total: 0)
        return .json(json)
    }

    private func writeStatistics(_ edge: ServiceEdge, to json: inout JSONWriter) {
        json.key("errorCount")
        json.int(edge.errors)
        json.key("latencyMilliseconds")
        json.beginObject()
        for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1)] {
            json.key(name)
            json.double((edge.durations.quantile(share) ?? 0) / 1e6)
        }
        json.endObject()
    }
}
