import SpanStorage
import TraceModel

/// What a request to `/api/traces` asks for.
struct TraceSearch: Sendable {
    /// Whether to leave out what views set right.
    var isRaw: Bool
    /// Whether the answer tells how many traces match, where the next page is and what the search cost: whoever asks in
    /// Jaeger's words alone gets Jaeger's envelope.
    var isExtended: Bool
    /// Whether the answer tells by which spans each trace matches.
    var showsMatches: Bool
    /// Whole traces by id, or a search.
    var target: Target

    enum Target: Sendable {
        case traces([TraceID])
        /// Nil when nothing can match: the interval ends before it begins.
        case search(TraceQuery?)
    }

    /// How far back a search goes when nothing says so.
    private static let lookbackMicroseconds: Int64 = 2 * 24 * 3600 * 1_000_000
    private static let limitDefault = 100
    /// The parameters that Jaeger does not have.
    private static let ownParameters = [
        "q", "sort", "cursor", "minTraceDuration", "maxTraceDuration", "total", "matches",
    ]

    /// Reads the parameters, in the order in which Jaeger does: with several at fault, the same one is named.
    init(_ parameters: QueryParameters, nowNanoseconds: UInt64) throws(QueryError) {
        let interval = try Self.interval(parameters, nowNanoseconds: nowNanoseconds)
        let tags = try parameters.tags()
        let limit = try Self.limit(parameters)
        let least = try parameters.duration("minDuration")
        let most = try parameters.duration("maxDuration")
        isRaw = try parameters.bool("raw")
        var ids: [TraceID] = []
        for text in parameters.all("traceID") {
            do {
                ids.append(try parseTraceID(text))
            } catch {
                throw .badRequest("cannot parse traceID param: \(error); it is \(ParameterKind.traceID.allowed)")
            }
        }
        let services = parameters.all("service").filter { !$0.isEmpty }
        isExtended = services.count != 1 || Self.ownParameters.contains { !parameters[$0].isEmpty }
        showsMatches = try parameters.bool("matches")
        if least != 0, most != 0, most < least {
            throw .badRequest("'maxDuration' should be greater than 'minDuration'")
        }
        if !ids.isEmpty {
            target = .traces(ids)
            return
        }
        var filters: [SpanFilter] = services.isEmpty ? [] : [.any(services.map { .service($0) })]
        let operation = parameters["operation"]
        if !operation.isEmpty { filters.append(.name(operation)) }
        if least != 0 { filters.append(.durationAtLeast(least)) }
        if most != 0 { filters.append(.durationAtMost(most)) }
        filters += tags.map { .tag($0) }
        filters += try parameters.traceDurations()
        let expression = try parameters.traceQL(and: .all(filters))
        let order = try parameters.order()
        let cursor = try parameters.cursor(order)
        let countsAll = try parameters.countsAll()
        guard let interval else {
            target = .search(nil)
            return
        }
        var query = TraceQuery(expression, start: interval, limit: limit)
        query.order = order
        query.after = cursor
        query.countsAll = countsAll
        target = .search(query)
    }

    /// When the spans must begin.
    ///
    /// Both ends count, the last microsecond as a whole: answers show no smaller unit.
    static func interval(
        _ parameters: QueryParameters,
        nowNanoseconds: UInt64
    ) throws(QueryError) -> ClosedRange<UInt64>? {
        let start = try parameters.microseconds("start")
        let end = try parameters.microseconds("end") ?? Int64(clamping: nowNanoseconds / 1000)
        // `lookback` is what people chose in Jaeger's page, sent beside the start that was computed from it.
        let lookback = try lookback(parameters["lookback"])
        let first = nanoseconds(start ?? end.subtractingSaturating(lookback))
        let (last, overflow) = nanoseconds(end).addingReportingOverflow(end < 0 ? 0 : 999)
        if let start, start > end { return nil }
        return end < 0 || first > last && !overflow ? nil : first...(overflow ? .max : last)
    }

    private static func nanoseconds(_ microseconds: Int64) -> UInt64 {
        let (product, overflow) = UInt64(max(0, microseconds)).multipliedReportingOverflow(by: 1000)
        return overflow ? .max : product
    }

    /// `2d`, `1w` or one of Go's durations; `custom`, as Jaeger's page has it, says nothing.
    private static func lookback(_ text: String) throws(QueryError) -> Int64 {
        if text.isEmpty || text == "custom" { return lookbackMicroseconds }
        let days: Int64? =
            switch text.last {
            case "d": 1
            case "w": 7
            default: nil
            }
        if let days, let count = Int64(text.dropLast()), (0...100_000).contains(count) {
            return count * days * 24 * 3600 * 1_000_000
        }
        guard let duration = try? GoText.duration(text), duration > 0 else {
            throw .wrong("lookback", text, .lookback)
        }
        return duration / 1000
    }

    /// How many traces.
    ///
    /// Jaeger's stores do not agree on zero and less; here they ask for as many as can be had.
    private static func limit(_ parameters: QueryParameters) throws(QueryError) -> Int {
        let text = parameters["limit"]
        if text.isEmpty { return limitDefault }
        let limit: Int32
        do { limit = try GoText.int32(text) } catch { throw .parameter("limit", error, .traceLimit) }
        if limit > TraceQuery.limitMax { throw .wrong("limit", text, .traceLimit) }
        return limit <= 0 ? TraceQuery.limitMax : Int(limit)
    }
}

extension Int64 {
    /// The difference, or the nearest number there is.
    fileprivate func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
