import Hummingbird
import SpanStorage
import TraceAnalysis
import TraceModel

/// Jaeger's API, version 3, over HTTP: traces are OTLP in JSON.
extension QueryRoutes {
    private static let dayNanoseconds: UInt64 = 86_400_000_000_000
    private static let noTraces = QueryError(status: .notFound, message: "No traces found")

    /// `GET /api/v3/services`.
    func v3Services(_ question: Question) async throws(QueryError) -> Response {
        let services: [String]
        do { services = try await store.services() } catch { throw QueryError(error) }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("services")
        json.beginArray()
        for service in services { json.string(service) }
        json.endArray()
        json.endObject()
        return .json(json)
    }

    /// `GET /api/v3/operations?service=…&spanKind=…`.
    func v3Operations(_ question: Question) async throws(QueryError) -> Response {
        let parameters = V3Parameters(question.parameters)
        let service = parameters["service"].value
        if service.isEmpty { throw .malformed("service", "it is required") }
        let kind = try SpanKind(v3: parameters["spanKind"].value)
        let operations = try await v3Operations(of: service, kind: kind)
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("operations")
        json.beginArray()
        for operation in operations {
            json.beginObject()
            json.key("name")
            json.string(operation.name)
            json.key("spanKind")
            json.plainString(operation.kind.v3Name)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return .json(json)
    }

    /// The operations of a service; spans without a kind count as internal.
    func v3Operations(of service: String, kind: SpanKind?) async throws(QueryError) -> [Operation] {
        var operations: [Operation] = []
        do { operations = try await store.operations(of: service, kind: nil) } catch { throw QueryError(error) }
        var seen: Set<Operation> = []
        return operations.compactMap { operation in
            var operation = operation
            if operation.kind == .unspecified { operation.kind = .internal }
            if let kind, operation.kind != kind { return nil }
            return seen.insert(operation).inserted ? operation : nil
        }
    }

    /// `GET /api/v3/traces/{id}`.
    func v3Trace(_ question: Question) async throws(QueryError) -> Response {
        let id: TraceID
        do { id = try parseTraceID(question.pathPart("trace_id")) } catch {
            throw .malformed("trace_id", error, .traceID)
        }
        let parameters = V3Parameters(question.parameters)
        // Stores that are divided by time need these as a hint; here they are only checked.
        _ = try parameters.time(parameters["startTime"])
        _ = try parameters.time(parameters["endTime"])
        let isRaw = try parameters.bool(parameters["rawTraces"])
        let adjuster = try question.parameters.adjuster() ?? TraceAdjuster()
        let pages: TracePages?
        do { pages = try await TracePages(id, in: store, adjuster: isRaw ? nil : adjuster) } catch {
            throw QueryError(error)
        }
        guard let pages else { throw Self.noTraces }
        return try await otlp(pages, question)
    }

    /// `GET /api/v3/traces?query.…`.
    func v3Traces(_ question: Question) async throws(QueryError) -> Response {
        let search = try V3Parameters(question.parameters).search()
        let query = try search.query { "query.\($0)" }
        let adjuster = try question.parameters.adjuster() ?? TraceAdjuster()
        let found: FoundTraces
        do { found = try await store.findTraces(query) } catch { throw QueryError(error) }
        if found.traces.isEmpty { throw Self.noTraces }
        return try await otlp(TracePages(found.traces, adjuster: search.isRaw ? nil : adjuster), question)
    }

    private func otlp(_ pages: TracePages, _ question: Question) async throws(QueryError) -> Response {
        let writer = OTLPTraceWriter(pages, frame: .v3, isIndented: question.parameters.isIndented)
        return try await .pieces(writer, isHead: question.isHead)
    }

    /// `GET /api/v3/trace-summaries?query.…`.
    func v3Summaries(_ question: Question) async throws(QueryError) -> Response {
        let query = try V3Parameters(question.parameters).search().query { "query.\($0)" }
        let found: FoundSummaries
        do { found = try await store.findTraceSummaries(query) } catch { throw QueryError(error) }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("summaries")
        json.beginArray()
        for summary in found.summaries { json.summary(summary) }
        json.endArray()
        json.endObject()
        return .json(json)
    }

    /// `GET /api/v3/dependencies?startTime=…&endTime=…`, which Jaeger has over gRPC alone; `lookback=1h` instead of a
    /// start.
    func v3Dependencies(_ question: Question) async throws(QueryError) -> Response {
        let parameters = V3Parameters(question.parameters)
        let end = try parameters.time(parameters["endTime"]) ?? now()
        let lookback = UInt64(try parameters.duration(parameters["lookback"]))
        let length = lookback == 0 ? Self.dayNanoseconds : lookback
        let start = try parameters.time(parameters["startTime"]) ?? (end > length ? end - length : 0)
        if start > end { throw .badRequest("startTime must not be after endTime") }
        let edges: [ServiceEdge]
        do { edges = try await store.dependencies(in: start..<end) } catch { throw QueryError(error) }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        json.key("dependencies")
        json.beginArray()
        for edge in edges {
            json.beginObject()
            json.key("parent")
            json.string(edge.caller)
            json.key("child")
            json.string(edge.callee)
            json.key("callCount")
            json.quotedInt(edge.calls)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return .json(json)
    }
}

extension SpanKind {
    /// The kind that a client of api_v3 asks for, in words; nil for all.
    init?(v3 text: String) throws(QueryError) {
        if text.isEmpty { return nil }
        guard let kind = text == "unspecified" ? .internal : SpanKind(tagValue: text.lowercased()) else {
            throw .malformed(
                "spanKind",
                "'\(text)' is not understood; it is \(ParameterKind.choice(Self.jaegerWords).allowed)"
            )
        }
        self = kind
    }

    /// The word of api_v3, to which a span without a kind is an internal one.
    var v3Name: String { self == .unspecified ? "internal" : tagValue }
}
