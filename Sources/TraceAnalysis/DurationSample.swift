/// How long some things took: every duration is kept, so that each quantile is exact.
public struct DurationSample: Sendable, Equatable {
    private var durations: [UInt64] = []
    private var isSorted = true

    /// Of nothing.
    public init() {}

    /// How many there are.
    public var count: Int { durations.count }

    /// Their sum in nanoseconds; the largest number if it is more than that.
    public private(set) var sum: UInt64 = 0

    /// Adds a duration in nanoseconds.
    public mutating func add(_ nanoseconds: UInt64) {
        if let last = durations.last, nanoseconds < last { isSorted = false }
        durations.append(nanoseconds)
        sum = sum.addingUpToMax(nanoseconds)
    }

    /// Adds all durations of another sample.
    public mutating func add(_ other: DurationSample) {
        for duration in other.durations { add(duration) }
    }

    /// Puts them in order, once and for all questions that follow.
    public mutating func sort() {
        if isSorted { return }
        durations.sort()
        isSorted = true
    }

    /// The duration that a share of them does not exceed: the one at place ⌈share · count⌉; 0 if there are none.
    public func quantile(_ share: Double) -> UInt64 {
        if durations.isEmpty { return 0 }
        let sorted = isSorted ? durations : durations.sorted()
        let place = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return sorted[Swift.min(Swift.max(place, 0), sorted.count - 1)]
    }

    /// Which share of them is below a duration; 0 if there are none.
    public func share(below nanoseconds: UInt64) -> Double {
        if durations.isEmpty { return 0 }
        return Double(durations.reduce(0) { $0 + ($1 < nanoseconds ? 1 : 0) }) / Double(durations.count)
    }

    /// The longest; 0 if there are none.
    public var max: UInt64 { durations.max() ?? 0 }

    /// The shortest; 0 if there are none.
    public var min: UInt64 { durations.min() ?? 0 }

    /// Their mean; 0 if there are none.
    public var mean: Double { durations.isEmpty ? 0 : Double(sum) / Double(durations.count) }
}

extension UInt64 {
    /// The sum, or the largest number if it is more than that: forged spans must not stop the process.
    func addingUpToMax(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
