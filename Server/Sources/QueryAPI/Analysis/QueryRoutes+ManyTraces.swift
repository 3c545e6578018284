import Hummingbird
import SpanStorage
import TraceAnalysis
import TraceModel

extension QueryRoutes {
    /// `GET /api/flame-graph?…`: all traces that a search finds, one over the other.
    func flameGraph(_ question: Question) async throws(QueryError) -> Response {
        let found = try await analysedTraces(question.parameters)
        var graph = FlameGraph()
        for trace in found.traces { graph.add(trace) }
        return answer(question, found.outcome) { $0.flameGraph(graph) }
    }

    /// `GET /api/traces/{id}/against?…`: a trace beside those that a search finds.
    ///
    /// A search that asks for nothing in particular is for traces like it, around its time.
    func against(_ question: Question) async throws(QueryError) -> Response {
        let trace = try await namedTrace(question)
        let parameters = question.parameters.completed(forTracesLike: trace)
        let found = try await analysedTraces(parameters)
        var baseline = TraceBaseline(of: trace)
        let id = trace.spans.traceID(0)
        for other in found.traces where other.spans.traceID(0) != id { baseline.add(other) }
        baseline.sort()
        return answer(question, found.outcome) { $0.baseline(baseline, of: trace) }
    }

    /// `GET /api/outliers?…`: what the spans that a search finds have that others have not.
    func outliers(_ question: Question) async throws(QueryError) -> Response {
        let limit = try question.parameters.number("attributes", default: 50, in: 1...1_000)
        let selection = try await analysedTraces(question.parameters)
        let baseline: FoundTraces
        do { baseline = try await analysedTraces(question.parameters.baseline()) } catch {
            // The selection's were understood: it is one of the baseline's own.
            throw error.naming(parametersBy: "baseline.")
        }
        var outliers = AttributeOutliers()
        var selected: [TraceID: Set<UInt64>] = [:]
        for (trace, sets) in zip(selection.traces, selection.spansets) {
            let rows = Set(sets.flatMap(\.rows)).sorted()
            outliers.add(trace, rows: rows, to: .selection)
            selected[trace.spans.traceID(0)] = Set(rows.map { trace.spans.spanIDs[$0] })
        }
        var baselineTraces = 0
        for (trace, sets) in zip(baseline.traces, baseline.spansets) {
            let own = selected[trace.spans.traceID(0)] ?? []
            let rows = Set(sets.flatMap(\.rows)).filter { !own.contains(trace.spans.spanIDs[$0]) }.sorted()
            if rows.isEmpty { continue }
            baselineTraces += 1
            outliers.add(trace, rows: rows, to: .baseline)
        }
        var outcome = selection.outcome
        outcome.partial = outcome.partial ?? baseline.outcome.partial
        outcome.scannedSpans += baseline.outcome.scannedSpans
        outcome.readBytes += baseline.outcome.readBytes
        return answer(question, outcome) { json in
            json.beginObject()
            for (name, traces, spans) in [
                ("selection", selection.traces.count, outliers.spans.selection),
                ("baseline", baselineTraces, outliers.spans.baseline),
            ] {
                json.key(name)
                json.beginObject()
                json.count("traces", traces)
                json.count("spans", spans)
                json.endObject()
            }
            json.key("attributes")
            json.beginArray()
            for attribute in outliers.attributes(limit: limit) { json.outlier(attribute, of: outliers.spans) }
            json.endArray()
            json.endObject()
        }
    }

    /// `GET /api/dependencies/paths?service=…`: how requests travel through more than one service.
    func dependencyPaths(_ question: Question) async throws(QueryError) -> Response {
        let service = question.parameters["service"]
        let found = try await dependencyTraces(question.parameters)
        var paths = DependencyPaths()
        for trace in found.traces { paths.add(trace) }
        return answer(question, found.outcome) { json in
            json.beginObject()
            json.key("service")
            if service.isEmpty { json.null() } else { json.string(service) }
            json.paths(paths, through: service.isEmpty ? nil : service)
            json.endObject()
        }
    }

    /// `GET /api/deep-dependencies?service=…` and `GET /analytics/v1/dependencies`: the same in the shape that Jaeger's
    /// page asks for.
    func deepDependencies(_ question: Question) async throws(QueryError) -> Response {
        let service = question.parameters["service"]
        let operation = question.parameters["operation"]
        let found = try await dependencyTraces(question.parameters)
        var paths = DependencyPaths()
        for trace in found.traces { paths.add(trace) }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("dependencies")
        json.beginArray()
        for end in paths.ends(through: service.isEmpty ? nil : service).prefix(Self.pathsMax) {
            let path = paths.path(to: end)
            let isWanted = path.contains { label in
                (service.isEmpty || label.service == service) && (operation.isEmpty || label.operation == operation)
            }
            if isWanted { json.deepPath(path, example: paths.figures[end].example) }
        }
        json.endArray()
        json.endObject()
        return .json(json)
    }

    /// How many paths are told.
    static let pathsMax = 1_000

    /// The traces of a window in which a service takes part: `endTs` and `lookback` in milliseconds, as the graph of
    /// pairs has them, or `start` and `end` as a search.
    private func dependencyTraces(_ parameters: QueryParameters) async throws(QueryError) -> FoundTraces {
        var search = parameters.keeping(["service", "operation", "start", "end", "limit", "raw", "clockSkew"])
        let end = try parameters.milliseconds("endTs", default: nil)
        let lookback = try parameters.milliseconds("lookback", default: 86_400_000, .millisecondsBack) ?? 86_400_000
        if search["start"].isEmpty {
            let named = try search.microseconds("end") ?? end.map { $0.multipliedSaturating(by: 1_000) }
            let last = named ?? Int64(clamping: now() / 1_000)
            let length = max(0, lookback).multipliedSaturating(by: 1_000)
            // Of an end before 1970 nothing can be left.
            search["start"] = String(max(0, max(0, last) - length))
            search["end"] = String(last)
        }
        if search["limit"].isEmpty { search["limit"] = "1000" }
        return try await analysedTraces(search)
    }
}

extension Int64 {
    /// The product, or the nearest number that there is.
    fileprivate func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? (self < 0 ? .min : .max) : product
    }
}

extension QueryError {
    /// The same about a parameter that the client knows by a longer name.
    fileprivate func naming(parametersBy prefix: String) -> QueryError {
        var error = self
        // How errors begin that name one: ours, and Jaeger's.
        let begins = ["parameter '", "unable to parse param '", "malformed '", "cannot parse ", "'"]
        if let begin = begins.first(where: message.hasPrefix) {
            error.message = "\(begin)\(prefix)\(message.dropFirst(begin.count))"
        }
        return error
    }
}
