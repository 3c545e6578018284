import Hummingbird
import SpanStorage
import TraceModel

extension QueryRoutes {
    /// `GET /api/trace-summaries?…`: the same search as of traces, of which only summaries are returned.
    ///
    /// With `matches=true` or `attribute=…` traces are read whole, and what was asked of them is told beside.
    func traceSummaries(_ question: Question) async throws(QueryError) -> Response {
        let search = try TraceSearch(question.parameters, nowNanoseconds: now())
        let keys = try question.parameters.summaryAttributes()
        guard case .search(let query) = search.target else {
            throw .own("traceID", "summaries are of a search; a trace by its id is at /api/traces/{id}")
        }
        var rows: [SummaryRow] = []
        var outcome = SearchOutcome()
        if let query {
            do {
                if search.showsMatches || !keys.isEmpty {
                    let found = try await store.findTraces(query)
                    rows = zip(found.traces, found.spansets).map { SummaryRow($0, matching: $1, keys: keys) }
                    outcome = found.outcome
                } else {
                    let found = try await store.findTraceSummaries(query)
                    rows = found.summaries.map { SummaryRow(summary: $0) }
                    outcome = found.outcome
                }
            } catch {
                throw QueryError(error)
            }
        }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.beginArray()
        for row in rows { json.summary(row) }
        json.endArray()
        let errors = outcome.partial.map { [EnvelopeError(message: $0.description)] } ?? []
        json.endEnvelope(total: outcome.total.count, errors: errors, report: SearchReport(outcome: outcome))
        return .json(json)
    }
}

/// A trace summed up, and what else was asked of it.
struct SummaryRow: Sendable {
    /// What every summary has.
    var summary: TraceSummary
    /// The spans by which it matches, if that was looked at.
    var matches: Matches?
    /// The values of the attributes asked for, by key in the order asked.
    var values: [(key: String, texts: [String])] = []

    /// The spans by which a trace matches.
    struct Matches: Sendable {
        /// How many there are.
        var count: Int
        /// The one of them that began first.
        var first: SpanID?
    }

    /// How many values of one attribute are told.
    static let valuesMax = 8

    /// A summary alone.
    init(summary: TraceSummary) {
        self.summary = summary
    }

    /// Sums up a trace, all spans of which are in `trace` in the order of their start.
    ///
    /// Values are those of the root and of the matching spans, each once, in that order.
    init(_ trace: borrowing SpanBatch, matching spansets: [Spanset], keys: [String]) {
        summary = TraceSummary(of: trace)
        let rows = Set(spansets.flatMap(\.rows)).sorted()
        matches = Matches(count: rows.count, first: rows.first.map { SpanID(trace.spans.spanIDs[$0]) })
        let asked = (TraceFacts(of: trace).root.map { [$0] } ?? []) + rows
        for key in keys { values.append((key, Self.texts(of: key, in: trace, rows: asked))) }
    }

    private static func texts(of key: String, in trace: borrowing SpanBatch, rows: [Int]) -> [String] {
        guard let ref = trace.strings.firstRef(of: key) else { return [] }
        var seen: Set<Attribute> = []
        var texts: [String] = []
        for row in rows {
            guard texts.count < valuesMax else { break }
            var found = trace.spanAttributes.range(row).map { trace.spanAttributes[$0] }.filter { $0.key == ref }
            if found.isEmpty { found = trace.resource(of: row).attributes.filter { $0.key == ref } }
            for attribute in found where seen.insert(attribute).inserted {
                texts.append(text(trace.value(attribute)))
            }
        }
        return texts
    }

    private static func text(_ value: AttributeValue) -> String {
        if case .string(let text) = value { text } else { value.jsonText }
    }
}

extension JSONWriter {
    /// A row of summaries.
    fileprivate mutating func summary(_ row: SummaryRow) {
        summary(row.summary) { json in
            if let matches = row.matches {
                json.key("matchedSpanCount")
                json.int(matches.count)
                json.key("firstMatchedSpanId")
                if let first = matches.first { json.id(first) } else { json.null() }
            }
            guard !row.values.isEmpty else { return }
            json.key("attributes")
            json.beginArray()
            for (key, texts) in row.values {
                json.beginObject()
                json.key("key")
                json.string(key)
                json.key("values")
                json.beginArray()
                for text in texts { json.string(text) }
                json.endArray()
                json.endObject()
            }
            json.endArray()
        }
    }
}

extension QueryParameters {
    private static let summaryAttributesMax = 20

    /// The keys whose values summaries are to tell.
    fileprivate func summaryAttributes() throws(QueryError) -> [String] {
        var keys: [String] = []
        for key in all("attribute") where !key.isEmpty && !keys.contains(key) { keys.append(key) }
        guard keys.count <= Self.summaryAttributesMax else {
            throw .own("attribute", "summaries tell of at most \(Self.summaryAttributesMax) attributes")
        }
        return keys
    }
}
