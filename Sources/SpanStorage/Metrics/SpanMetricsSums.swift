import TraceModel

/// The figures of a question as they come together, trace by trace.
public struct SpanMetricsSums: Sendable {
    /// The most series; spans of further ones are left out and counted.
    public static let seriesMax = 1000
    /// The most exemplars of one series in one step.
    static let exemplarsPerStep = 2

    /// The values of `by`, as texts and types tell them apart.
    struct Key: Hashable {
        var texts: [String]
    }

    /// What is known of one series in one step.
    struct Point {
        var count: UInt64 = 0
        var sum = 0.0
        var least = Double.infinity
        var greatest = -Double.infinity
        /// The values in billionths.
        var values = DurationHistogram()
        /// How many exemplars there are.
        var exemplars = 0
    }

    /// The spans that have the same values of `by`.
    struct Group {
        var texts: [String]
        var values: [AttributeValue?]
        var points: [Int: Point] = [:]
        var exemplars: [Exemplar] = []
    }

    /// A span that stands for many.
    struct Exemplar {
        var step: Int
        var time: UInt64
        /// What was measured of it, if anything is.
        var value: Double?
        var trace: TraceID
        var span: SpanID
    }

    let metrics: SpanMetrics
    /// The steps that spans are put into.
    public let steps: MetricSteps
    /// How many exemplars all series may have together.
    public let exemplarsMax: Int
    private(set) var groups: [Group] = []
    private var numbers: [Key: Int] = [:]
    private var exemplarCount = 0
    // By step: how many there are, of all series.
    private var stepExemplars: [Int: Int] = [:]
    private(set) var comparison: SelectionCounts?
    /// Spans that are in no series because there are too many.
    public private(set) var leftOut = 0

    /// No spans yet.
    public init(_ metrics: SpanMetrics, _ steps: MetricSteps, exemplarsMax: Int = 0) {
        self.metrics = metrics
        self.steps = steps
        self.exemplarsMax = exemplarsMax
        if case .compare(let selection) = metrics.function { comparison = SelectionCounts(selection, steps) }
    }

    /// Adds spans of a trace; those that began outside of all steps are passed over.
    ///
    /// With `onlyExemplars` they are counted already and only looked at as examples.
    public mutating func add(_ trace: borrowing SpanBatch, rows: some Sequence<Int>, onlyExemplars: Bool = false) {
        if comparison != nil {
            comparison?.add(trace, rows: rows)
            return
        }
        let facts = TraceFacts(of: trace)
        let fields = metrics.by.map { FieldValues($0, of: trace, facts) }
        let measured = metrics.function.field.map { FieldValues($0, of: trace, facts) }
        let isTime = metrics.function.field?.isDuration ?? false
        // Few values occur in one trace: texts are made of each only once.
        var known: [[FieldValues.Found?]: Int] = [:]
        for row in rows {
            guard let step = steps.number(of: trace.spans.starts[row]) else { continue }
            var value: Double?
            if let measured {
                guard let number = measured.number(row, in: trace) else { continue }
                value = isTime ? number / 1e9 : number
            }
            let found = fields.map { $0.find(row, in: trace) }
            let number = known[found] ?? group(of: found.map { $0?.value(in: trace) })
            known[found] = number
            guard number >= 0 else {
                leftOut += onlyExemplars ? 0 : 1
                continue
            }
            if !onlyExemplars { groups[number].points[step, default: Point()].add(value, metrics.function) }
            guard exemplarCount < exemplarsMax else { continue }
            let exemplar = Exemplar(
                step: step,
                time: trace.spans.starts[row],
                value: value,
                trace: trace.spans.traceID(row),
                span: SpanID(trace.spans.spanIDs[row])
            )
            add(exemplar, to: number)
        }
    }

    /// The number of the series with these values; -1 if there are too many others.
    mutating func group(of values: [AttributeValue?]) -> Int {
        let key = Key(texts: values.map { $0.map { "\($0)" } ?? "" })
        if let number = numbers[key] { return number }
        if groups.count >= Self.seriesMax { return -1 }
        numbers[key] = groups.count
        groups.append(Group(texts: key.texts, values: values))
        return groups.count - 1
    }

    /// Adds many spans at once, of which is known how long they took.
    mutating func add(_ durations: DurationHistogram, to group: Int, _ step: Int) {
        if group < 0 {
            leftOut += Int(clamping: durations.count)
            return
        }
        groups[group].points[step, default: Point()].add(durations, metrics.function)
    }

    private mutating func add(_ exemplar: Exemplar, to group: Int) {
        guard let point = groups[group].points[exemplar.step], point.exemplars < Self.exemplarsPerStep else { return }
        // Spans come newest first: without a share for each step the last ones would have all.
        let share = (exemplarsMax + max(1, steps.count) - 1) / max(1, steps.count)
        guard stepExemplars[exemplar.step, default: 0] < share else { return }
        stepExemplars[exemplar.step, default: 0] += 1
        groups[group].points[exemplar.step]?.exemplars += 1
        groups[group].exemplars.append(exemplar)
        exemplarCount += 1
    }
}

extension SpanMetricsSums.Point {
    mutating func add(_ value: Double?, _ function: SpanMetrics.Function) {
        count += 1
        guard let value else { return }
        sum += value
        least = min(least, value)
        greatest = max(greatest, value)
        switch function {
        case .quantiles, .histogram: values.add(UInt64(min(max(0, value * 1e9), 1.8e19)))
        default: break
        }
    }

    mutating func add(_ durations: DurationHistogram, _ function: SpanMetrics.Function) {
        if durations.isEmpty { return }
        count = count.addingWithoutWrap(durations.count)
        sum += Double(durations.sum) / 1e9
        least = min(least, Double(durations.min) / 1e9)
        greatest = max(greatest, Double(durations.max) / 1e9)
        switch function {
        case .quantiles, .histogram: values.merge(durations)
        default: break
        }
    }
}

extension SpanField {
    /// Whether its values are times in nanoseconds.
    var isDuration: Bool {
        if case .intrinsic(let intrinsic) = self { return intrinsic.type == .duration }
        return false
    }
}
