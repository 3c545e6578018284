import SpanStorage
import TraceModel

/// What `GET /api/metrics/…` asks for: figures of some services' spans at points in time.
struct MetricsQuery: Sendable {
    /// The most points of a series, as in Prometheus, which Jaeger has these figures from.
    static let pointsMax = 11_000
    /// The most additions that an answer may take, over all of its points and series.
    static let additionsMax = 5_000_000

    private static let hour: Int64 = 3_600_000

    let services: Set<String>
    /// Whether the operations of a service are told apart.
    let isByOperation: Bool
    let kinds: Set<SpanKind>
    /// The first point and the last one are in this range: nanoseconds since 1970.
    let range: ClosedRange<UInt64>
    /// Nanoseconds from point to point.
    let step: UInt64
    /// How many nanoseconds before it each point is about.
    let span: UInt64

    /// Reads the parameters; `now` is the time in nanoseconds since 1970.
    init(_ parameters: QueryParameters, now: UInt64) throws(QueryError) {
        // The page of Jaeger's UI joins several by commas.
        services = Set(parameters.all("service").flatMap { $0.split(separator: ",").map(String.init) })
        if services.isEmpty {
            throw .badRequest("unable to parse param 'service': please provide at least one service name")
        }
        isByOperation = try parameters.bool("groupByOperation")
        kinds = try Self.kinds(parameters.all("spanKind"))
        let end = try parameters.milliseconds("endTs", default: nil).map(nanoseconds) ?? now
        let lookback = nanoseconds(try Self.positive(parameters, "lookback", default: Self.hour))
        step = nanoseconds(try Self.positive(parameters, "step", default: 5_000))
        span = nanoseconds(try Self.positive(parameters, "ratePer", default: 600_000))
        range = (end > lookback ? end - lookback : 0)...end
        let points = (range.upperBound - range.lowerBound) / step
        if points > UInt64(Self.pointsMax) {
            throw .badRequest(
                "unable to parse param 'step': \(points) points from start to end are more than \(Self.pointsMax): "
                    + "choose a longer step or a shorter lookback"
            )
        }
    }

    private static func kinds(_ words: [String]) throws(QueryError) -> Set<SpanKind> {
        if words.isEmpty { return [.server] }
        var kinds: Set<SpanKind> = []
        for word in words {
            guard let kind = word == "unspecified" ? .unspecified : SpanKind(tagValue: word) else {
                let allowed = ParameterKind.choice(SpanKind.jaegerWords).allowed
                throw .badRequest(
                    "unable to parse param 'spanKind': unsupported span kind: '\(word)'; it is \(allowed)"
                )
            }
            kinds.insert(kind)
        }
        return kinds
    }

    private static func positive(
        _ parameters: QueryParameters,
        _ name: String,
        default standard: Int64
    ) throws(QueryError) -> Int64 {
        let kind = ParameterKind.millisecondsLong
        let value = try parameters.milliseconds(name, default: standard, kind) ?? standard
        if value <= 0 { throw .badRequest("unable to parse param '\(name)': '\(value)'; it is \(kind.allowed)") }
        return value
    }

    /// The points in time, nanoseconds since 1970.
    var points: [UInt64] { Array(stride(from: range.lowerBound, through: range.upperBound, by: Int(step))) }

    /// The question that the store is to answer.
    var storeQuery: RateQuery {
        let minute = RateQuery.stepMin
        let first = (range.lowerBound > span ? range.lowerBound - span : 0) / minute * minute
        // A window that is empty cannot be asked for.
        let end = max(range.upperBound, first + 1)
        var query = RateQuery(
            window: first..<end,
            step: minute,
            grouping: isByOperation ? [.service, .operation] : [.service]
        )
        query.services = services
        query.kinds = kinds
        return query
    }
}

extension QueryParameters {
    /// A number of milliseconds; the default if it is absent or empty.
    func milliseconds(
        _ name: String,
        default standard: Int64?,
        _ kind: ParameterKind = .milliseconds
    ) throws(QueryError) -> Int64? {
        let text = self[name]
        if text.isEmpty { return standard }
        do { return try GoText.int64(text) } catch { throw .parameter(name, error, kind) }
    }
}

/// Milliseconds as nanoseconds, within what 63 bits can count and not below 0.
func nanoseconds(_ milliseconds: Int64) -> UInt64 {
    let (product, overflow) = max(0, milliseconds).multipliedReportingOverflow(by: 1_000_000)
    return overflow ? UInt64(Int64.max) : UInt64(product)
}
