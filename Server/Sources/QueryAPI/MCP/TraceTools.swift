import SpanStorage
import TraceAnalysis
import TraceModel

/// The tools by which a language model looks into traces: Jaeger's names and arguments, and what they return.
///
/// Each writes one JSON object. What is cut says so in `truncated`, with how much there is.
struct TraceTools: Sendable {
    private static let hour: UInt64 = 3_600_000_000_000

    let store: any SpanStore
    let now: @Sendable () -> UInt64

    /// Calls a tool; nil if there is none of that name.
    func call(_ name: String, _ arguments: ToolArguments) async throws(ToolError) -> [UInt8]? {
        guard let tool = ToolDescription.all.first(where: { $0.name == name }) else { return nil }
        try arguments.check(tool.arguments.map(\.name))
        var json = JSONWriter()
        json.beginObject()
        switch name {
        case "get_services": try await services(arguments, &json)
        case "get_span_names": try await spanNames(arguments, &json)
        case "search_traces": try await search(arguments, &json)
        case "get_trace_topology": try await topology(arguments, &json)
        case "get_span_details": try await details(arguments, &json)
        case "get_trace_errors": try await errors(arguments, &json)
        case "get_critical_path": try await criticalPath(arguments, &json)
        case "get_service_dependencies": try await dependencies(arguments, &json)
        default: try skill(arguments, &json)
        }
        json.endObject()
        return json.bytes
    }

    private func services(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let pattern = try arguments.pattern("pattern")
        let limit = try arguments.limit("limit", default: 100, max: 1_000)
        var names: [String]
        do { names = try await store.services() } catch { throw ToolError(error) }
        if let pattern { names = names.filter(pattern.matches) }
        json.key("services")
        json.beginArray()
        for name in names.prefix(limit) { json.string(name) }
        json.endArray()
        json.cut(names.count, limit)
    }

    private func spanNames(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let service = try arguments.required("service_name")
        let pattern = try arguments.pattern("pattern")
        let limit = try arguments.limit("limit", default: 100, max: 1_000)
        var kind: SpanKind?
        if let text = try arguments.string("span_kind") {
            guard let known = SpanKind(tagValue: text.lowercased()) else {
                throw ToolError(
                    "argument 'span_kind': there is no kind '\(text)'; there are server, client, producer, "
                        + "consumer and internal"
                )
            }
            kind = known
        }
        var operations: [Operation]
        do { operations = try await store.operations(of: service, kind: kind) } catch { throw ToolError(error) }
        if let pattern { operations = operations.filter { pattern.matches($0.name) } }
        json.key("span_names")
        json.beginArray()
        for operation in operations.prefix(limit) {
            json.beginObject()
            json.key("name")
            json.string(operation.name)
            json.key("span_kind")
            json.plainString(operation.kind.tagValue)
            json.endObject()
        }
        json.endArray()
        json.cut(operations.count, limit)
    }

    private func search(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let limit = try arguments.limit("search_depth", default: 10, max: 100)
        let moment = now()
        let first = try arguments.time("start_time_min", default: "-1h", now: moment)
        let last = try arguments.time("start_time_max", default: "now", now: moment)
        if first > last { throw ToolError("start_time_min is after start_time_max") }
        var query = TraceQuery(try expression(arguments), start: first...last, limit: limit)
        query.countsAll = true
        let found: FoundSummaries
        do { found = try await store.findTraceSummaries(query) } catch { throw ToolError(error) }
        json.key("traces")
        json.beginArray()
        for summary in found.summaries { json.toolSummary(summary) }
        json.endArray()
        json.count("total_count", found.outcome.total.count)
        json.key("total_is_exact")
        json.bool(found.outcome.total.isExact)
        json.key("truncated")
        json.bool(found.outcome.next != nil || found.outcome.partial != nil)
        if let partial = found.outcome.partial {
            json.key("note")
            json.string(partial.description)
        }
    }

    private func expression(_ arguments: ToolArguments) throws(ToolError) -> SpansetExpression {
        var filters: [SpanFilter] = []
        if let service = try arguments.string("service_name") { filters.append(.service(service)) }
        if let name = try arguments.string("span_name") { filters.append(.name(name)) }
        for (key, value) in try arguments.map("attributes") {
            filters.append(.tag(TagCondition(key: key, text: value)))
        }
        if try arguments.bool("with_errors") { filters.append(.status(.error)) }
        if let least = try arguments.duration("duration_min") { filters.append(.durationAtLeast(least)) }
        if let most = try arguments.duration("duration_max") { filters.append(.durationAtMost(most)) }
        let filter = SpanFilter.all(filters)
        guard let text = try arguments.string("query") else { return .filter(filter) }
        let expression: SpansetExpression
        do { expression = try SpansetExpression(traceQL: text) } catch {
            throw ToolError("argument 'query': \(error.description)")
        }
        return filters.isEmpty ? expression : .pipeline(expression, [.filter(.filter(filter))])
    }

    /// The trace that is meant, with shared ids set apart.
    private func trace(_ arguments: ToolArguments) async throws(ToolError) -> SpanBatch {
        let id = try arguments.traceID()
        let found: SpanBatch?
        do { found = try await store.trace(id) } catch { throw ToolError(error) }
        guard var trace = found else { throw ToolError("trace \(id) is not stored here, or not any more") }
        _ = TraceAdjuster().adjust(&trace)
        return trace
    }

    private func topology(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let limit = try arguments.limit("limit", default: 500, max: 2_000)
        let depth = try arguments.limit("depth", default: 1_000_000, max: 1_000_000)
        let trace = try await trace(arguments)
        let tree = TraceTree(of: trace)
        let rows = tree.preorder.lazy.map { Int($0) }.filter { Int(tree.depths[$0]) < depth }
        let start = trace.extent.lowerBound
        json.traceFacts(trace)
        json.key("spans")
        json.beginArray()
        for row in rows.prefix(limit) {
            json.beginObject()
            json.key("path")
            json.plainString(Self.path(to: row, tree, trace))
            json.toolSpan(row, of: trace, from: start)
            json.endObject()
        }
        json.endArray()
        json.cut(rows.count, limit)
    }

    /// The ids from the root to a span; of deep ones the nearest ancestors.
    private static func path(to row: Int, _ tree: TraceTree, _ trace: SpanBatch) -> String {
        var ids: [String] = []
        var next = row
        while next >= 0, ids.count < 64 {
            ids.append(SpanID(trace.spans.spanIDs[next]).hex)
            next = Int(tree.parents[next])
        }
        return (next >= 0 ? "…/" : "") + ids.reversed().joined(separator: "/")
    }

    private func details(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let texts = try arguments.strings("span_ids")
        if texts.isEmpty { throw ToolError("argument 'span_ids' is missing") }
        if texts.count > 20 { throw ToolError("argument 'span_ids': at most 20 at a time, not \(texts.count)") }
        let trace = try await trace(arguments)
        var missing: [String] = []
        var rows: [Int] = []
        for text in texts {
            let found = SpanID(hex: text).map { id in (0..<trace.count).filter { trace.spans.spanIDs[$0] == id.bits } }
            if let found, !found.isEmpty { rows += found } else { missing.append(text) }
        }
        let start = trace.extent.lowerBound
        json.traceFacts(trace)
        json.key("spans")
        json.beginArray()
        for row in rows { json.toolDetails(row, of: trace, from: start) }
        json.endArray()
        json.key("missing_span_ids")
        json.beginArray()
        for text in missing { json.string(text) }
        json.endArray()
    }

    private func errors(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let limit = try arguments.limit("limit", default: 20, max: 100)
        let trace = try await trace(arguments)
        let rows = (0..<trace.count).filter { trace.spans.statuses[$0] == .error }
        let start = trace.extent.lowerBound
        json.traceFacts(trace)
        json.key("spans")
        json.beginArray()
        for row in rows.prefix(limit) { json.toolDetails(row, of: trace, from: start) }
        json.endArray()
        json.cut(rows.count, limit)
    }

    private func criticalPath(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let limit = 500
        let trace = try await trace(arguments)
        let path = CriticalPath(of: trace, TraceTree(of: trace))
        let start = trace.extent.lowerBound
        json.traceFacts(trace)
        json.key("critical_path_duration_us")
        json.microseconds(path.duration)
        json.key("segments")
        json.beginArray()
        for segment in path.segments.prefix(limit) {
            json.beginObject()
            json.toolNames(segment.row, of: trace)
            json.key("self_time_us")
            json.microseconds(segment.interval.upperBound - segment.interval.lowerBound)
            json.key("start_offset_us")
            json.microseconds(segment.interval.lowerBound - start)
            json.key("end_offset_us")
            json.microseconds(segment.interval.upperBound - start)
            json.endObject()
        }
        json.endArray()
        json.cut(path.segments.count, limit)
    }

    private func dependencies(_ arguments: ToolArguments, _ json: inout JSONWriter) async throws(ToolError) {
        let limit = 1_000
        let moment = now()
        let first = try arguments.time("start_time", default: "-24h", now: moment)
        let last = try arguments.time("end_time", default: "now", now: moment)
        if first > last { throw ToolError("start_time is after end_time") }
        let service = try arguments.string("service_name")
        var edges: [ServiceEdge]
        do { edges = try await store.dependencies(in: first..<last) } catch { throw ToolError(error) }
        if let service { edges = edges.filter { $0.caller == service || $0.callee == service } }
        json.key("dependencies")
        json.beginArray()
        for edge in edges.prefix(limit) {
            json.beginObject()
            json.key("caller")
            json.string(edge.caller)
            json.key("callee")
            json.string(edge.callee)
            json.count("call_count", edge.calls)
            json.count("error_count", edge.errors)
            for (name, share) in [("p50_us", 0.5), ("p95_us", 0.95), ("max_us", 1)] {
                json.key(name)
                json.microseconds(edge.durations.quantile(share) ?? 0)
            }
            json.endObject()
        }
        json.endArray()
        json.cut(edges.count, limit)
    }

    private func skill(_ arguments: ToolArguments, _ json: inout JSONWriter) throws(ToolError) {
        guard let path = try arguments.string("path") else {
            json.key("skills")
            json.beginArray()
            for skill in Skills.all {
                json.beginObject()
                json.key("path")
                json.plainString(skill.path)
                json.key("description")
                json.string(skill.words)
                json.endObject()
            }
            json.endArray()
            return
        }
        guard let skill = Skills.all.first(where: { $0.path == path }) else {
            throw ToolError("there is no skill '\(path)'; there are \(Skills.all.map(\.path).joined(separator: ", "))")
        }
        json.key("path")
        json.plainString(skill.path)
        json.key("content")
        json.string(skill.text)
    }
}
