import Hummingbird
import SpanStorage
import TraceModel

extension QueryRoutes {
    private static let tempoLimitDefault = 20
    private static let tempoLimitMax = 1000
    private static let tempoSpansDefault = 3
    private static let tempoSpansMax = 1000

    /// `GET /tempo/api/search?q=…&limit=…&spss=…&start=…&end=…`: traces, and the spans by which they match.
    func tempoSearch(_ question: Question) async throws(QueryError) -> Response {
        let parameters = question.parameters
        let expression = try tempoExpression(parameters)
        let limit = try parameters.number("limit", default: Self.tempoLimitDefault, in: 1...Self.tempoLimitMax)
        let spans = try parameters.number("spss", default: Self.tempoSpansDefault, in: 0...Self.tempoSpansMax)
        let found: FoundTraces
        do {
            found = try await store.findTraces(
                TraceQuery(expression, start: try parameters.tempoWindow(), limit: limit)
            )
        } catch let error as SpanStoreError {
            throw QueryError(error)
        } catch let error as QueryError {
            throw error
        } catch {
            throw QueryError(reading: error)
        }
        var json = JSONWriter(isIndented: parameters.isIndented)
        json.beginObject()
        json.key("traces")
        json.beginArray()
        for (trace, sets) in zip(found.traces, found.spansets) {
            // What is to be shown of each set, at most; no limit is said by 0.
            let most = spans == 0 ? Int.max : spans
            json.tempoTrace(trace, sets, fields: expression.selectedFields, spansMax: most)
        }
        json.endArray()
        json.key("metrics")
        json.beginObject()
        json.tempoOutcome(found.outcome)
        json.endObject()
        if let partial = found.outcome.partial {
            json.key("message")
            json.string(partial.description)
        }
        json.endObject()
        return .json(json)
    }

    /// `q`, or the older `tags`, `minDuration` and `maxDuration`.
    private func tempoExpression(_ parameters: QueryParameters) throws(QueryError) -> SpansetExpression {
        var filters: [SpanFilter] = []
        for (key, value) in try parameters.logfmt("tags") {
            switch key {
            case "service.name": filters.append(.service(value))
            case "name": filters.append(.name(value))
            default: filters.append(.tag(TagCondition(key: key, text: value)))
            }
        }
        let least = try parameters.duration("minDuration")
        let most = try parameters.duration("maxDuration")
        let field = SpanField.intrinsic(.traceDuration)
        if least > 0 { filters.append(.field(field, .compare(.greaterOrEqual, .duration(least)))) }
        if most > 0 { filters.append(.field(field, .compare(.lessOrEqual, .duration(most)))) }
        return try parameters.traceQL(and: .all(filters))
    }
}

extension TraceID {
    /// Without zeros in front, as Tempo names traces.
    var shortHex: String { String(hex.drop { $0 == "0" }) }
}

extension JSONWriter {
    /// What a search cost, as fields.
    mutating func tempoOutcome(_ outcome: SearchOutcome) {
        key("inspectedTraces")
        int(outcome.total.count)
        key("inspectedBytes")
        quotedInt(outcome.readBytes)
        key("inspectedSpans")
        quotedInt(outcome.scannedSpans)
    }

    /// A trace of a search.
    fileprivate mutating func tempoTrace(
        _ trace: SpanBatch,
        _ sets: [Spanset],
        fields: [SpanField],
        spansMax: Int
    ) {
        let summary = TraceSummary(of: trace)
        beginObject()
        key("traceID")
        plainString(summary.id.shortHex)
        key("rootServiceName")
        string(summary.root?.service ?? "<root span not yet received>")
        key("rootTraceName")
        string(summary.root?.name ?? "")
        key("startTimeUnixNano")
        quotedInt(summary.measure.start)
        key("durationMs")
        int(max(0, summary.measure.duration) / 1_000_000)
        if let first = sets.first {
            key("spanSet")
            tempoSet(first, of: trace, fields, spansMax)
        }
        key("spanSets")
        beginArray()
        for set in sets { tempoSet(set, of: trace, fields, spansMax) }
        endArray()
        key("serviceStats")
        beginObject()
        for service in summary.services {
            textKey(service.name)
            beginObject()
            key("spanCount")
            int(service.spans)
            if service.errors > 0 {
                key("errorCount")
                int(service.errors)
            }
            endObject()
        }
        endObject()
        endObject()
    }

    private mutating func tempoSet(_ set: Spanset, of trace: SpanBatch, _ fields: [SpanField], _ spansMax: Int) {
        beginObject()
        key("spans")
        beginArray()
        let shown = [SpanField.service] + fields.filter { $0 != .service }
        let rows = set.rows.prefix(spansMax)
        for (row, values) in zip(rows, trace.firstValues(of: shown, rows: rows)) {
            beginObject()
            key("spanID")
            id(SpanID(trace.spans.spanIDs[row]))
            key("name")
            string(trace.strings.bytes(trace.spans.names[row]))
            key("startTimeUnixNano")
            quotedInt(trace.spans.starts[row])
            key("durationNanos")
            quotedInt(max(0, trace.spans.durations[row]))
            key("attributes")
            beginArray()
            for (field, value) in zip(shown, values) { if let value { tempoLabel(field.shortName, value) } }
            endArray()
            endObject()
        }
        endArray()
        key("matched")
        int(set.rows.count)
        if !set.groups.isEmpty {
            key("attributes")
            beginArray()
            for group in set.groups { tempoLabel("by(\(group.field.traceQL))", group.value ?? .empty) }
            endArray()
        }
        endObject()
    }

    /// `{"key":…,"value":{"stringValue":…}}`.
    mutating func tempoLabel(_ name: String, _ value: AttributeValue) {
        beginObject()
        key("key")
        string(name)
        key("value")
        otlp(value)
        endObject()
    }
}

extension SpanField {
    /// The name without its level, as Tempo shows attributes of spans.
    fileprivate var shortName: String {
        switch self {
        case .attribute(_, let key): key
        case .intrinsic: traceQL
        }
    }
}

extension QueryParameters {
    /// Pairs as logfmt writes them: `service.name=shop http.url="/a b"`.
    func logfmt(_ name: String) throws(QueryError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        var rest = self[name][...]
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { return pairs }
            let key = rest.prefix { $0 != "=" && $0 != " " }
            rest = rest.dropFirst(key.count)
            guard !key.isEmpty, rest.first == "=" else { throw .wrong(name, self[name], .logfmt) }
            rest = rest.dropFirst()
            if rest.first == "\"" {
                let value = rest.dropFirst().prefix { $0 != "\"" }
                rest = rest.dropFirst(value.count + 1)
                guard rest.first == "\"" else {
                    throw .own(name, "a quote is never closed; it is \(ParameterKind.logfmt.allowed)")
                }
                rest = rest.dropFirst()
                pairs.append((String(key), String(value)))
            } else {
                let value = rest.prefix { $0 != " " }
                rest = rest.dropFirst(value.count)
                pairs.append((String(key), String(value)))
            }
        }
    }
}
