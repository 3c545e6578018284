import TraceModel

/// A figure of the spans that a question finds, over time.
public struct SpanMetrics: Sendable, Equatable {
    /// The most fields that series may be told apart by.
    public static let fieldsMax = 8

    /// Which figure; fields are numbers, of which durations count in seconds.
    public enum Function: Sendable, Equatable {
        /// Spans a second.
        case rate
        /// Spans.
        case count
        case least(SpanField)
        case greatest(SpanField)
        case average(SpanField)
        case sum(SpanField)
        /// The values that these shares of the spans do not exceed.
        case quantiles(SpanField, [Double])
        /// How many spans have values up to each power of two.
        case histogram(SpanField)

        var field: SpanField? {
            switch self {
            case .rate, .count: nil
            case .least(let field), .greatest(let field), .average(let field), .sum(let field), .histogram(let field):
                field
            case .quantiles(let field, _): field
            }
        }
    }

    /// Which spans.
    public var expression: SpansetExpression
    /// Which figure of them.
    public var function: Function
    /// What tells one series from another.
    public var by: [SpanField]

    /// Makes a question from its parts.
    public init(expression: SpansetExpression, function: Function, by: [SpanField]) {
        self.expression = expression
        self.function = function
        self.by = by
    }
}

/// The figures of a question as they come together, trace by trace.
public struct SpanMetricsSums: Sendable {
    /// The most series; spans of further ones are left out and counted.
    public static let seriesMax = 1000

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
    }

    let metrics: SpanMetrics
    /// When the first step begins: nanoseconds since 1970.
    public let start: UInt64
    /// How long each step is, in nanoseconds.
    public let step: UInt64
    /// How many steps there are.
    public let steps: Int
    var labels: [Key: [AttributeValue?]] = [:]
    var points: [Key: [Int: Point]] = [:]
    /// Spans that are in no series because there are too many.
    public private(set) var leftOut = 0

    /// No spans yet.
    public init(_ metrics: SpanMetrics, start: UInt64, step: UInt64, steps: Int) {
        self.metrics = metrics
        self.start = start
        self.step = max(1, step)
        self.steps = steps
    }

    /// Adds spans of a trace; those that began outside of all steps are passed over.
    public mutating func add(_ trace: borrowing SpanBatch, rows: some Sequence<Int>) {
        let facts = TraceFacts(of: trace)
        let fields = metrics.by.map { FieldValues($0, of: trace, facts) }
        let measured = metrics.function.field.map { FieldValues($0, of: trace, facts) }
        let isTime = metrics.function.field?.isDuration ?? false
        for row in rows {
            let begin = trace.spans.starts[row]
            guard begin >= start, (begin - start) / step < UInt64(steps) else { continue }
            var value: Double?
            if let measured {
                guard let number = measured.number(row, in: trace) else { continue }
                value = isTime ? number / 1e9 : number
            }
            let found = fields.map { $0.find(row, in: trace)?.value(in: trace) }
            let key = Key(texts: found.map { $0.map { "\($0)" } ?? "" })
            if labels[key] == nil {
                if labels.count >= Self.seriesMax {
                    leftOut += 1
                    continue
                }
                labels[key] = found
            }
            add(value, to: key, Int((begin - start) / step))
        }
    }

    private mutating func add(_ value: Double?, to key: Key, _ step: Int) {
        var point = points[key, default: [:]][step] ?? Point()
        point.count += 1
        if let value {
            point.sum += value
            point.least = min(point.least, value)
            point.greatest = max(point.greatest, value)
            switch metrics.function {
            case .quantiles, .histogram: point.values.add(UInt64(min(max(0, value * 1e9), 1.8e19)))
            default: break
            }
        }
        points[key, default: [:]][step] = point
    }
}

extension SpanField {
    /// Whether its values are times in nanoseconds.
    var isDuration: Bool {
        if case .intrinsic(let intrinsic) = self { return intrinsic.type == .duration }
        return false
    }
}
