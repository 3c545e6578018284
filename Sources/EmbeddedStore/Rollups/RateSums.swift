import SpanStorage
import TraceModel

/// The steps of a question, in whole minutes.
struct RateSteps {
    /// The minutes since 1970 that are asked for.
    let minutes: ClosedRange<UInt32>
    /// Minutes of a step.
    let step: UInt32

    /// The steps of a question; throws if it cannot be answered as it stands.
    init(_ query: RateQuery) throws(SpanStoreError) {
        guard !query.window.isEmpty else {
            throw .query("the window of the question is empty: its end must be after its start")
        }
        minutes = Self.minutes(of: query.window)
        let step = query.step / RollupTable.minute + (query.step % RollupTable.minute == 0 ? 0 : 1)
        self.step = UInt32(clamping: max(1, step))
        guard count <= RateQuery.pointsMax else {
            throw .query(
                "\(count) steps are more than the \(RateQuery.pointsMax) points that an answer may have: choose a "
                    + "shorter window or a longer step"
            )
        }
    }

    /// The minutes that a window has part of, which must not be empty.
    static func minutes(of window: Range<UInt64>) -> ClosedRange<UInt32> {
        let first = UInt32(clamping: window.lowerBound / RollupTable.minute)
        return first...max(first, UInt32(clamping: (window.upperBound - 1) / RollupTable.minute))
    }

    /// How many steps there are.
    var count: Int { Int(number(of: minutes.upperBound)) + 1 }

    /// The number of the step that a minute is in.
    func number(of minute: UInt32) -> UInt32 { (minute - minutes.lowerBound) / step }

    /// Whether some minutes are all asked for and all in one step.
    func isOneStep(_ other: ClosedRange<UInt32>) -> Bool {
        minutes.contains(other.lowerBound) && minutes.contains(other.upperBound)
            && number(of: other.lowerBound) == number(of: other.upperBound)
    }
}

/// The figures of an answer while they are being added up.
struct RateSums {
    private let query: RateQuery
    private let steps: RateSteps
    private var series: [RateLabels: [Int: RatePoint]] = [:]
    private var pointCount = 0

    init(_ query: RateQuery, _ steps: RateSteps) {
        self.query = query
        self.steps = steps
    }

    /// Adds what a table has of the spans that are asked for.
    mutating func add(_ table: RollupTable) throws(SpanStoreError) {
        for (key, durations) in table.series where steps.minutes.contains(key.minute) {
            if let kinds = query.kinds, !kinds.contains(key.kind) { continue }
            if let statuses = query.statuses, !statuses.contains(key.status) { continue }
            let service = table.strings.text(key.service)
            if let services = query.services, !services.contains(service) { continue }
            let operation = table.strings.text(key.name)
            if let operations = query.operations, !operations.contains(operation) { continue }
            var labels = RateLabels()
            if query.grouping.contains(.service) { labels.service = service }
            if query.grouping.contains(.operation) { labels.operation = operation }
            if query.grouping.contains(.kind) { labels.kind = key.kind }
            if query.grouping.contains(.status) { labels.status = key.status }
            let step = Int(steps.number(of: key.minute))
            if series[labels]?[step] == nil {
                pointCount += 1
                guard pointCount <= RateQuery.pointsMax else {
                    throw .query(
                        "the answer has more than \(RateQuery.pointsMax) points: choose a shorter window, a longer "
                            + "step or fewer series"
                    )
                }
            }
            let errors = key.status == .error ? durations.count : 0
            series[labels, default: [:]][step, default: RatePoint()].add(durations, errors: errors)
        }
    }

    /// The sums so far.
    func answer() -> SpanRates {
        SpanRates(
            start: UInt64(steps.minutes.lowerBound) * RollupTable.minute,
            step: UInt64(steps.step) * RollupTable.minute,
            stepCount: steps.count,
            series: series.map { RateSeries(labels: $0.key, points: $0.value) }.sorted { $0.labels < $1.labels }
        )
    }
}

extension RatePoint {
    /// Adds spans, so many of which failed.
    fileprivate mutating func add(_ durations: DurationHistogram, errors: UInt64) {
        self.durations.merge(durations)
        self.errors = self.errors.addingWithoutWrap(errors)
    }
}

/// The edges of an answer while they are being added up.
struct EdgeSums {
    private struct Pair: Hashable {
        var caller: String
        var callee: String
    }

    private let minutes: ClosedRange<UInt32>
    private var edges: [Pair: RollupTable.Edge] = [:]

    init(_ minutes: ClosedRange<UInt32>) { self.minutes = minutes }

    /// Adds what a table has of calls in the minutes that are asked for.
    mutating func add(_ table: RollupTable) {
        for (key, edge) in table.edges where minutes.contains(key.minute) {
            let pair = Pair(caller: table.strings.text(key.caller), callee: table.strings.text(key.callee))
            edges[pair, default: RollupTable.Edge()].merge(edge)
        }
    }

    /// The edges so far, by the names of caller and callee.
    func answer() -> [ServiceEdge] {
        edges.map {
            ServiceEdge(
                caller: $0.key.caller,
                callee: $0.key.callee,
                durations: $0.value.durations,
                errors: $0.value.errors
            )
        }.sorted { $0.caller == $1.caller ? $0.callee < $1.callee : $0.caller < $1.caller }
    }
}
