import Hummingbird
import SpanStorage
import TraceModel

// Parts of traces, and what an id may be of.
extension QueryRoutes {
    private static let spanIDsMax = 1000
    private static let lookupDigitsMin = 4
    private static let lookupDefault = 20
    private static let lookupMax = 100

    /// `GET /api/traces/{id}/spans?spanID=…&spanID=…`: some spans of a trace with all that they have, however large
    /// the trace is.
    func traceSpans(_ question: Question) async throws(QueryError) -> Response {
        let id = try question.traceID()
        let isRaw = try question.parameters.bool("raw")
        var ids: Set<SpanID> = []
        for text in question.parameters.all("spanID").flatMap({ $0.split(separator: ",") }) {
            guard let span = SpanID(hex: text), span.isValid else {
                throw .wrong("spanID", String(text), .spanID)
            }
            ids.insert(span)
        }
        guard (1...Self.spanIDsMax).contains(ids.count) else {
            throw .own("spanID", "1 to \(Self.spanIDsMax) ids are needed, not \(ids.count); it may be repeated")
        }
        let spans: SpanBatch?
        do { spans = try await store.spans(ids, of: id) } catch { throw QueryError(error) }
        guard let spans else { throw .traceNotFound }
        let writer = TraceListWriter(
            spans.isEmpty ? [] : [spans],
            isRaw: isRaw,
            isIndented: question.parameters.isIndented
        )
        return .traces(writer, isHead: question.isHead)
    }

    /// `GET /api/lookup/{digits}`: the traces whose id this is or begins with, and those with a span of such an id.
    func lookup(_ question: Question) async throws(QueryError) -> Response {
        let digits = question.pathPart("digits").lowercased()
        guard (Self.lookupDigitsMin...32).contains(digits.utf8.count), TraceID(hex: digits) != nil else {
            throw .wrong("digits", digits, .idDigits)
        }
        let limit = try question.parameters.number("limit", default: Self.lookupDefault, in: 1...Self.lookupMax)
        let traces = try await summaries(Self.traceFilter(digits), limit: limit)
        var spans: [(summary: TraceSummary, span: SpanID)] = []
        if digits.utf8.count == 16, let id = SpanID(hex: digits), traces.summaries.count < limit {
            let filter = SpanFilter.field(.intrinsic(.spanID), .compare(.equal, .string(digits)))
            let found = try await summaries(filter, limit: limit - traces.summaries.count)
            spans = found.summaries.map { ($0, id) }
        }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.beginArray()
        for summary in traces.summaries { json.found(summary, span: nil) }
        for (summary, span) in spans { json.found(summary, span: span) }
        json.endArray()
        let errors = traces.outcome.partial.map { [EnvelopeError(message: $0.description)] } ?? []
        json.endEnvelope(total: traces.summaries.count + spans.count, errors: errors)
        return .json(json)
    }

    private func summaries(_ filter: SpanFilter, limit: Int) async throws(QueryError) -> FoundSummaries {
        do {
            return try await store.findTraceSummaries(TraceQuery(filter: filter, start: 0...(.max), limit: limit))
        } catch {
            throw QueryError(error)
        }
    }

    /// Traces whose id is this number, or whose id as it is written, padded or not, begins with these digits.
    static func traceFilter(_ digits: String) -> SpanFilter {
        let field = SpanField.intrinsic(.traceID)
        var parts: [SpanFilter] = []
        if let id = TraceID(hex: digits) { parts.append(.field(field, .compare(.equal, .string(id.hex)))) }
        var patterns = [digits + ".*"]
        // Ids of 64 bits are written without the zeros in front.
        if digits.hasPrefix(String(repeating: "0", count: 16)) {
            let rest = String(repeating: "[0-9a-f]", count: 32 - digits.utf8.count)
            patterns.append(String(digits.dropFirst(16)) + rest)
        }
        for pattern in patterns {
            if let pattern = try? RegexPattern(pattern) { parts.append(.field(field, .matches(pattern))) }
        }
        return .any(parts)
    }
}

extension JSONWriter {
    /// A trace that was looked for by an id.
    fileprivate mutating func found(_ summary: TraceSummary, span: SpanID?) {
        beginObject()
        key("kind")
        plainString(span == nil ? "trace" : "span")
        key("traceID")
        id(summary.id)
        key("spanID")
        if let span { id(span) } else { null() }
        key("rootServiceName")
        string(summary.root?.service ?? "")
        key("rootOperationName")
        string(summary.root?.name ?? "")
        key("startTime")
        int(summary.measure.start / 1000)
        key("duration")
        int(summary.measure.duration / 1000)
        key("spanCount")
        int(summary.measure.spans)
        endObject()
    }
}
