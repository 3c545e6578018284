/// How many spans took how long: a histogram whose buckets are as wide as a thirty-second of the power of two below
/// them.
///
/// It holds durations from 0 to 2^64 - 1 ns. Histograms of parts merge into the histogram of the whole, exactly and in
/// any order: every count is kept, only where in its bucket a duration lay is forgotten. Below 64 ns nothing is; above,
/// a quantile is off by less than 1.6 % of itself. Count, sum, minimum and maximum are exact.
public struct DurationHistogram: Sendable, Equatable {
    /// So many buckets there are, numbered from 0.
    public static let bucketMax = 1_920

    /// Durations that lie close together.
    public struct Bucket: Sendable, Equatable {
        /// The bucket's number, 0 to `bucketMax` - 1.
        public var number: UInt16
        /// How many durations lie in it, at least 1.
        public var count: UInt64

        /// Makes a bucket from its parts.
        public init(number: UInt16, count: UInt64) {
            self.number = number
            self.count = count
        }
    }

    /// The buckets that have anything, in the order of their durations.
    public private(set) var buckets: [Bucket] = []
    /// How many durations there are.
    public private(set) var count: UInt64 = 0
    /// The durations' sum, in nanoseconds.
    public private(set) var sum: UInt128 = 0
    /// The shortest, in nanoseconds; 0 if there is none.
    public private(set) var min: UInt64 = 0
    /// The longest, in nanoseconds; 0 if there is none.
    public private(set) var max: UInt64 = 0

    /// A histogram of nothing.
    public init() {}

    /// A histogram whose parts are known to fit together: the buckets in order, none of them empty.
    public init(buckets: [Bucket], sum: UInt128, min: UInt64, max: UInt64) {
        self.buckets = buckets
        self.sum = sum
        self.min = min
        self.max = max
        count = buckets.reduce(0) { $0.addingWithoutWrap($1.count) }
    }

    /// Whether there are no durations.
    public var isEmpty: Bool { count == 0 }

    /// Adds a duration, in nanoseconds; a negative one counts as 0.
    public mutating func add(_ nanoseconds: Int64) { add(UInt64(Swift.max(0, nanoseconds))) }

    /// Adds a duration, in nanoseconds.
    public mutating func add(_ nanoseconds: UInt64) {
        min = isEmpty ? nanoseconds : Swift.min(min, nanoseconds)
        max = Swift.max(max, nanoseconds)
        count = count.addingWithoutWrap(1)
        let (total, overflow) = sum.addingReportingOverflow(UInt128(nanoseconds))
        sum = overflow ? .max : total
        let number = UInt16(Self.bucket(of: nanoseconds))
        // The first bucket that is not before it.
        var low = 0
        var high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle].number < number { low = middle + 1 } else { high = middle }
        }
        if low < buckets.count, buckets[low].number == number {
            buckets[low].count = buckets[low].count.addingWithoutWrap(1)
        } else {
            buckets.insert(Bucket(number: number, count: 1), at: low)
        }
    }

    /// Adds all durations of another histogram.
    public mutating func merge(_ other: DurationHistogram) {
        if other.isEmpty { return }
        if isEmpty {
            self = other
            return
        }
        min = Swift.min(min, other.min)
        max = Swift.max(max, other.max)
        count = count.addingWithoutWrap(other.count)
        let (total, overflow) = sum.addingReportingOverflow(other.sum)
        sum = overflow ? .max : total
        mergeBuckets(other.buckets)
    }

    private mutating func mergeBuckets(_ others: [Bucket]) {
        var merged: [Bucket] = []
        merged.reserveCapacity(Swift.max(buckets.count, others.count))
        var own = 0
        var other = 0
        while own < buckets.count, other < others.count {
            if buckets[own].number < others[other].number {
                merged.append(buckets[own])
                own += 1
            } else if buckets[own].number > others[other].number {
                merged.append(others[other])
                other += 1
            } else {
                let count = buckets[own].count.addingWithoutWrap(others[other].count)
                merged.append(Bucket(number: buckets[own].number, count: count))
                own += 1
                other += 1
            }
        }
        merged.append(contentsOf: buckets[own...])
        merged.append(contentsOf: others[other...])
        buckets = merged
    }
}

extension DurationHistogram {
    /// The number of the bucket that a duration belongs to.
    @inlinable
    public static func bucket(of nanoseconds: UInt64) -> Int {
        if nanoseconds < 32 { return Int(nanoseconds) }
        let shift = 58 - nanoseconds.leadingZeroBitCount
        return (shift + 1) << 5 | Int(nanoseconds >> UInt64(shift)) & 31
    }

    /// The durations that a bucket is for, in nanoseconds, both ends included.
    public static func range(ofBucket number: Int) -> ClosedRange<UInt64> {
        if number < 32 { return UInt64(number)...UInt64(number) }
        let shift = UInt64(number >> 5 - 1)
        let first = UInt64(32 | number & 31) << shift
        return first...(first + ((1 << shift) - 1))
    }

    /// The duration that stands for all of a bucket: none in it is further away than 1.6 % of itself.
    public static func middle(ofBucket number: Int) -> Double {
        let range = range(ofBucket: number)
        let low = Double(range.lowerBound)
        let high = Double(range.upperBound)
        return low == high ? low : 2 * low * high / (low + high)
    }

    /// The duration that a share of all durations does not exceed, in nanoseconds: of `count` in order the one at
    /// place ⌈share · count⌉, the first for 0 and the last for 1. Nil if there are none.
    public func quantile(_ share: Double) -> Double? {
        if isEmpty { return nil }
        // Not below 1 and not above `count`, whatever the share; NaN asks for the first.
        let place = share > 0 ? (share * Double(count)).rounded(.up) : 1
        let wanted = place >= Double(count) ? count : Swift.max(1, UInt64(place))
        if wanted == 1 { return Double(min) }
        if wanted == count { return Double(max) }
        var passed: UInt64 = 0
        for bucket in buckets {
            passed = passed.addingWithoutWrap(bucket.count)
            if passed >= wanted {
                return Swift.min(Swift.max(Self.middle(ofBucket: Int(bucket.number)), Double(min)), Double(max))
            }
        }
        return Double(max)
    }

    /// The durations' mean, in nanoseconds; nil if there are none.
    public var mean: Double? { isEmpty ? nil : Double(sum) / Double(count) }
}

extension UInt64 {
    /// The sum, or the greatest number if it is more than that: forged data must not stop the process.
    @inlinable
    package func addingWithoutWrap(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
