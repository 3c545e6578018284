import TraceModel

/// A figure of the spans that a question finds, over time.
public struct SpanMetrics: Sendable, Equatable {
    /// The most fields that series may be told apart by.
    public static let fieldsMax = 8
    /// The most values of each attribute that a comparison may tell.
    public static let valuesMax = 1000

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
        /// How often each value of each attribute is among some of the spans, and among the others.
        case compare(SpanSelection)

        var field: SpanField? {
            switch self {
            case .rate, .count, .compare: nil
            case .least(let field), .greatest(let field), .average(let field), .sum(let field), .histogram(let field):
                field
            case .quantiles(let field, _): field
            }
        }

        /// The metric's name in TraceQL.
        public var name: String {
            switch self {
            case .rate: "rate"
            case .count: "count_over_time"
            case .least: "min_over_time"
            case .greatest: "max_over_time"
            case .average: "avg_over_time"
            case .sum: "sum_over_time"
            case .quantiles: "quantile_over_time"
            case .histogram: "histogram_over_time"
            case .compare: "compare"
            }
        }
    }

    /// What happens to the series.
    public enum Stage: Sendable, Equatable {
        /// Of each step the greatest values, so many.
        case top(Int)
        /// Of each step the smallest values, so many.
        case bottom(Int)
        /// Only values in this relation to a number.
        case keep(Comparison, Double)
    }

    /// Which spans.
    public var expression: SpansetExpression
    /// Which figure of them.
    public var function: Function
    /// What tells one series from another.
    public var by: [SpanField]
    /// What happens to the series, one after the other.
    public var stages: [Stage]
    /// How many exemplars the query itself asks for, if it does: `with (exemplars=20)`.
    public var exemplars: Int?

    /// Makes a question from its parts.
    public init(expression: SpansetExpression, function: Function, by: [SpanField], stages: [Stage] = []) {
        self.expression = expression
        self.function = function
        self.by = by
        self.stages = stages
    }
}

/// The spans that a comparison is about.
public struct SpanSelection: Sendable, Equatable {
    /// What they satisfy.
    public var filter: SpanFilter
    /// How many values of each attribute to tell, the most frequent ones.
    public var values: Int
    /// When they began, in nanoseconds since 1970, the start not included; nil for any time.
    public var window: ClosedRange<UInt64>?

    /// Makes a selection from its parts.
    public init(filter: SpanFilter, values: Int, window: ClosedRange<UInt64>?) {
        self.filter = filter
        self.values = values
        self.window = window
    }
}

/// The steps of a figure over time: all as long, one behind the other.
public struct MetricSteps: Sendable, Equatable {
    /// When the first one begins: nanoseconds since 1970.
    public var start: UInt64
    /// How long each is, in nanoseconds, at least 1.
    public var length: UInt64
    /// How many there are.
    public var count: Int

    /// Makes steps.
    public init(start: UInt64, length: UInt64, count: Int) {
        self.start = start
        self.length = max(1, length)
        self.count = count
    }

    /// When the last one ends.
    public var end: UInt64 { start + length * UInt64(count) }

    /// The step of a moment; nil if it is in none of them.
    func number(of time: UInt64) -> Int? {
        guard time >= start, (time - start) / length < UInt64(count) else { return nil }
        return Int((time - start) / length)
    }
}
