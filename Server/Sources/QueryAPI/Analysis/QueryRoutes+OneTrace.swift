import Hummingbird
import SpanStorage
import TraceAnalysis
import TraceModel

extension QueryRoutes {
    /// `GET /api/traces/{id}/critical-path`: which spans decided how long the trace took.
    func criticalPath(_ question: Question) async throws(QueryError) -> Response {
        let trace = try await namedTrace(question)
        let path = CriticalPath(of: trace, TraceTree(of: trace))
        let start = trace.extent.lowerBound
        var times: [Int: UInt64] = [:]
        for segment in path.segments {
            times[segment.row, default: 0] += segment.interval.upperBound - segment.interval.lowerBound
        }
        let rows = times.keys.sorted { left, right in
            let (one, other) = (times[left] ?? 0, times[right] ?? 0)
            return one == other ? left < right : one > other
        }
        return answer(question, nil) { json in
            json.beginObject()
            json.traceTimes(trace)
            json.key("rootSpanID")
            if let root = path.root { json.id(SpanID(trace.spans.spanIDs[root])) } else { json.null() }
            json.duration("pathDuration", path.duration)
            json.key("segments")
            json.beginArray()
            for segment in path.segments {
                json.beginObject()
                json.spanNames(segment.row, of: trace)
                json.duration("offset", segment.interval.lowerBound - start)
                json.duration("duration", segment.interval.upperBound - segment.interval.lowerBound)
                json.endObject()
            }
            json.endArray()
            json.key("spans")
            json.beginArray()
            for row in rows {
                json.beginObject()
                json.spanNames(row, of: trace)
                json.duration("time", times[row] ?? 0)
                json.share("share", Double(times[row] ?? 0) / Double(max(1, path.duration)))
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }

    /// `GET /api/traces/{id}/self-times`: how much of its time each span was at its own work, the busiest first.
    func selfTimes(_ question: Question) async throws(QueryError) -> Response {
        let limit = try question.parameters.number("limit", default: 1_000, in: 1...100_000)
        let trace = try await namedTrace(question)
        let times = SelfTimes(of: trace, TraceTree(of: trace))
        let rows = (0..<trace.count).sorted { left, right in
            times.own[left] == times.own[right] ? left < right : times.own[left] > times.own[right]
        }
        return answer(question, nil) { json in
            json.beginObject()
            json.traceTimes(trace)
            json.count("spanCount", trace.count)
            json.key("truncated")
            json.bool(rows.count > limit)
            json.key("spans")
            json.beginArray()
            for row in rows.prefix(limit) {
                json.beginObject()
                json.spanNames(row, of: trace)
                let interval = trace.spans.interval(row)
                json.duration("duration", interval.upperBound - interval.lowerBound)
                json.duration("self", times.own[row])
                json.key("wall")
                json.microseconds(times.wall[row])
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }

    /// `GET /api/traces/{id}/statistics?by=…`: figures by service, operation or any other field.
    func statistics(_ question: Question) async throws(QueryError) -> Response {
        let by = question.parameters.all("by").filter { !$0.isEmpty }
        if by.count > 2 { throw .own("by", "there may be two at the most, and there are \(by.count)") }
        let names = by.isEmpty ? ["service"] : by
        var fields: [SpanField] = []
        for name in names { fields.append(try SpanField(parameter: "by", name)) }
        let trace = try await namedTrace(question)
        let times = SelfTimes(of: trace, TraceTree(of: trace))
        let groups = FieldGroups(fields, of: trace)
        let statistics = TraceStatistics(
            of: trace,
            times,
            numbers: groups.numbers,
            groupCount: groups.values.count
        )
        let wall = statistics.groups.reduce(0) { $0 + $1.wall }
        let order = statistics.groups.indices.sorted { left, right in
            let (one, other) = (statistics.groups[left].wall, statistics.groups[right].wall)
            return one == other ? left < right : one > other
        }
        return answer(question, nil) { json in
            json.beginObject()
            json.traceTimes(trace)
            json.count("spanCount", trace.count)
            json.key("by")
            json.beginArray()
            for name in names { json.string(name) }
            json.endArray()
            json.key("groups")
            json.beginArray()
            for number in order {
                json.beginObject()
                json.key("values")
                json.beginArray()
                for value in groups.values[number] {
                    if let value { json.attribute(value) } else { json.null() }
                }
                json.endArray()
                json.figures(statistics.groups[number], allWall: wall, of: trace)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }

    /// `GET /api/compare?a=…&b=…`: two traces, one over the other.
    func compare(_ question: Question) async throws(QueryError) -> Response {
        let onlyChanges = try question.parameters.bool("changes")
        let first = try await parameterTrace("a", question.parameters)
        let second = try await parameterTrace("b", question.parameters)
        let comparison = TraceComparison(first, second)
        let order = comparison.order
        let places = places(of: order)
        let differences = Set(comparison.differences)
        return answer(question, nil) { json in
            json.beginObject()
            json.traceHead(first, "a")
            json.traceHead(second, "b")
            json.count("differences", differences.count)
            json.key("truncated")
            json.bool(comparison.tree.isTruncated)
            json.key("nodes")
            json.beginArray()
            for number in order where !onlyChanges || differences.contains(number) {
                let (one, other) = (comparison.first[number], comparison.second[number])
                json.beginObject()
                json.node(number, of: comparison.tree, places: places)
                json.key("change")
                json.plainString(comparison.change(number).rawValue)
                json.side("a", one, of: first)
                json.side("b", other, of: second)
                json.key("totalDelta")
                json.microseconds(Double(other.total) - Double(one.total))
                json.key("selfDelta")
                json.microseconds(Double(other.own) - Double(one.own))
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }

    /// `GET /api/traces/{id}/flame-graph`: the trace with repeated calls put together.
    func flameGraphOfTrace(_ question: Question) async throws(QueryError) -> Response {
        let trace = try await namedTrace(question)
        var graph = FlameGraph()
        graph.add(trace)
        return answer(question, nil) { $0.flameGraph(graph) }
    }
}

extension JSONWriter {
    /// The figures of a group.
    fileprivate mutating func figures(
        _ group: TraceStatistics.Group,
        allWall: Double,
        of trace: borrowing SpanBatch
    ) {
        count("count", group.count)
        count("errors", group.errors)
        duration("total", group.durations.sum)
        duration("self", group.own)
        key("wall")
        microseconds(group.wall)
        share("share", allWall == 0 ? 0 : group.wall / allWall)
        duration("min", group.durations.min)
        key("avg")
        microseconds(group.durations.mean)
        quantileFields(group.durations)
        key("longestSpanID")
        id(SpanID(trace.spans.spanIDs[group.longest]))
    }

    /// An aggregate of traces.
    mutating func flameGraph(_ graph: FlameGraph) {
        let order = graph.order
        let places = places(of: order)
        beginObject()
        count("traces", graph.traces)
        count("spans", graph.spans)
        key("truncated")
        bool(graph.tree.isTruncated)
        key("nodes")
        beginArray()
        for number in order {
            let figures = graph.figures[number]
            beginObject()
            node(number, of: graph.tree, places: places)
            count("traces", figures.traces)
            count("count", figures.count)
            count("errors", figures.errors)
            duration("total", figures.total)
            duration("self", figures.own)
            endObject()
        }
        endArray()
        endObject()
    }
}
