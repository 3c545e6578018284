import Hummingbird
import SpanStorage
import TraceAnalysis
import TraceModel

// What traces tell beyond their spans: `docs/analysis-api.md`.
extension QueryRoutes {
    /// The trace that a question names in its path, set right unless it asks for the raw one.
    func namedTrace(_ question: Question) async throws(QueryError) -> SpanBatch {
        try await adjustedTrace(try question.traceID(), question.parameters)
    }

    /// A trace that a parameter names.
    func parameterTrace(_ name: String, _ parameters: QueryParameters) async throws(QueryError) -> SpanBatch {
        if parameters[name].isEmpty { throw .own(name, "it is missing; it is the id of a trace") }
        let id: TraceID
        do { id = try parseTraceID(parameters[name]) } catch {
            throw .wrong(name, parameters[name], .traceID)
        }
        do {
            return try await adjustedTrace(id, parameters)
        } catch  where error == .traceNotFound {
            throw QueryError(status: .notFound, message: "parameter '\(name)': trace \(id) not found")
        }
    }

    private func adjustedTrace(_ id: TraceID, _ parameters: QueryParameters) async throws(QueryError) -> SpanBatch {
        let adjuster = try parameters.adjuster()
        var found: SpanBatch?
        do { found = try await store.trace(id) } catch { throw QueryError(error) }
        guard var trace = found else { throw .traceNotFound }
        _ = adjuster?.adjust(&trace)
        return trace
    }

    /// The traces that a search finds; for ids the traces that there are.
    func analysedTraces(_ parameters: QueryParameters) async throws(QueryError) -> FoundTraces {
        let adjuster = try parameters.adjuster()
        let search = try TraceSearch(parameters, nowNanoseconds: now())
        var found = FoundTraces()
        switch search.target {
        case .traces(let ids):
            for id in ids {
                do {
                    guard let trace = try await store.trace(id) else { continue }
                    found.traces.append(trace)
                    found.spansets.append([Spanset(rows: Array(0..<trace.count))])
                } catch { throw QueryError(error) }
            }
            found.outcome.total.count = found.traces.count
        case .search(let query?):
            do { found = try await store.findTraces(query) } catch { throw QueryError(error) }
        case .search(nil): break
        }
        // Rows keep their places: adjusting changes ids and times, not which spans there are.
        if let adjuster {
            for index in found.traces.indices { _ = adjuster.adjust(&found.traces[index]) }
        }
        return found
    }

    /// Writes an answer about a search: its data, and what there is to say of the search.
    func answer(
        _ question: Question,
        _ outcome: SearchOutcome?,
        _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        write(&json)
        let errors = outcome?.partial.map { [EnvelopeError(message: $0.description)] } ?? []
        let report = outcome.map { SearchReport(outcome: $0) }
        json.endEnvelope(total: outcome?.total.count ?? 0, errors: errors, report: report)
        return .json(json)
    }
}

extension QueryParameters {
    /// `clockSkew` and `clockSkewMax`: what is set right in a trace; nil with `raw`.
    func adjuster() throws(QueryError) -> TraceAdjuster? {
        let isSkewed = try bool("clockSkew")
        let most = self["clockSkewMax"]
        var bound = UInt64.max
        if !most.isEmpty {
            guard let duration = try? GoText.duration(most), duration >= 0 else {
                throw .wrong("clockSkewMax", most, .length)
            }
            bound = UInt64(duration)
        }
        if try bool("raw") { return nil }
        return TraceAdjuster(skewMax: isSkewed ? bound : nil)
    }
}
