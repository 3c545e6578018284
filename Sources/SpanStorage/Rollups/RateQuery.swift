import TraceModel

/// A question about how many spans there were, how many of them failed and how long they took, minute by minute.
///
/// It is answered from figures that are kept of every span, stored or not, and for longer than the spans.
public struct RateQuery: Sendable {
    /// What tells one series from another.
    public struct Grouping: OptionSet, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let service = Grouping(rawValue: 1)
        public static let operation = Grouping(rawValue: 2)
        public static let kind = Grouping(rawValue: 4)
        public static let status = Grouping(rawValue: 8)
    }

    /// The shortest step: figures are kept by the minute.
    public static let stepMin: UInt64 = 60_000_000_000
    /// The most points that all series of an answer may have together.
    public static let pointsMax = 200_000

    /// When the spans began, in nanoseconds since 1970, the end not included.
    ///
    /// Minutes are not divided: one that is partly in the window counts as a whole.
    public var window: Range<UInt64>
    /// How much time each point stands for, in nanoseconds; rounded up to whole minutes. The first step begins with
    /// the minute in which the window does.
    public var step: UInt64
    /// What tells one series from another; of the rest the sum is given.
    public var grouping: Grouping
    /// Only spans of these services; nil for all.
    public var services: Set<String>?
    /// Only spans of these names; nil for all.
    public var operations: Set<String>?
    /// Only spans of these kinds; nil for all.
    public var kinds: Set<SpanKind>?
    /// Only spans that ended so; nil for all.
    public var statuses: Set<StatusCode>?

    /// A question about all spans of a window.
    public init(window: Range<UInt64>, step: UInt64, grouping: Grouping) {
        self.window = window
        self.step = step
        self.grouping = grouping
    }
}

/// Figures of spans over time.
public struct SpanRates: Sendable {
    /// When the first step begins: nanoseconds since 1970, a whole minute.
    public var start: UInt64
    /// How long each step is, in nanoseconds.
    public var step: UInt64
    /// How many steps there are.
    public var stepCount: Int
    /// The series that have any span, in the order of their labels.
    public var series: [RateSeries]

    /// Makes an answer from its parts.
    public init(start: UInt64, step: UInt64, stepCount: Int, series: [RateSeries]) {
        self.start = start
        self.step = step
        self.stepCount = stepCount
        self.series = series
    }
}

/// What the spans of a series have in common; nil for what the question does not tell apart.
public struct RateLabels: Hashable, Sendable, Comparable {
    public var service: String?
    public var operation: String?
    public var kind: SpanKind?
    public var status: StatusCode?

    /// Labels of spans that have nothing in common.
    public init() {}

    public static func < (left: RateLabels, right: RateLabels) -> Bool {
        if left.service != right.service { return (left.service ?? "") < (right.service ?? "") }
        if left.operation != right.operation { return (left.operation ?? "") < (right.operation ?? "") }
        if left.kind != right.kind { return (left.kind?.rawValue ?? 0) < (right.kind?.rawValue ?? 0) }
        return (left.status?.rawValue ?? 0) < (right.status?.rawValue ?? 0)
    }
}

/// The figures of one series.
public struct RateSeries: Sendable {
    public var labels: RateLabels
    /// The steps that have any span, by their number from 0.
    public var points: [Int: RatePoint]

    /// Makes a series from its parts.
    public init(labels: RateLabels, points: [Int: RatePoint]) {
        self.labels = labels
        self.points = points
    }
}

/// The spans of one step.
public struct RatePoint: Sendable, Equatable {
    /// How long they took, and how many there are. Its buckets side by side over the steps are a heat map.
    public var durations = DurationHistogram()
    /// How many of them have the status error.
    public var errors: UInt64 = 0

    /// No spans.
    public init() {}

    /// How many spans there are.
    public var count: UInt64 { durations.count }

    /// Spans per second, over a step of so many nanoseconds.
    public func rate(step: UInt64) -> Double { step == 0 ? 0 : Double(count) / (Double(step) / 1e9) }
}

/// Calls from one service to another within a window.
public struct ServiceEdge: Sendable, Equatable {
    /// The service whose span is the parent.
    public var caller: String
    /// The service whose span is the child.
    public var callee: String
    /// How long the children took, and how many calls there are.
    public var durations: DurationHistogram
    /// How many of the children have the status error.
    public var errors: UInt64

    /// Makes an edge from its parts.
    public init(caller: String, callee: String, durations: DurationHistogram, errors: UInt64) {
        self.caller = caller
        self.callee = callee
        self.durations = durations
        self.errors = errors
    }

    /// How many calls there are.
    public var calls: UInt64 { durations.count }
}

/// What there is of figures, as far as an operator may want to know.
public struct RollupStatistics: Sendable {
    /// Bytes that they take on the disk.
    public var bytes: UInt64 = 0
    /// Rows that they are in.
    public var rows: UInt64 = 0
    /// Rows of these whose bytes do not hold together; answers do without them.
    public var damagedRows: UInt64 = 0
    /// Calls whose caller has not come.
    public var waitingCalls: UInt64 = 0
    /// Calls since the start whose caller did not come in time, or that had to make room: they make no edge.
    public var droppedCalls: UInt64 = 0

    /// All zero.
    public init() {}
}
