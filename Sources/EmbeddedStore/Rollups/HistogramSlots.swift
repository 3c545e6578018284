import SpanStorage

/// Histograms that are filled together, from spans in any order: a list of what lies in which bucket, sorted once at
/// the end, so that adding a span is a few instructions and thousands of histograms with little in each cost little.
struct HistogramSlots {
    private var sums: [UInt128] = []
    private var mins: [UInt64] = []
    private var maxs: [UInt64] = []
    // Slot and bucket of each duration.
    private var places: [UInt64] = []
    private static let bucketBits: UInt64 = 11

    init(expected: Int) { places.reserveCapacity(expected) }

    /// How many histograms there are.
    var count: Int { sums.count }

    /// Begins a further histogram and returns its slot.
    mutating func addSlot() -> Int {
        sums.append(0)
        mins.append(.max)
        maxs.append(0)
        return sums.count - 1
    }

    /// Adds a duration, a negative one as 0, to a histogram.
    mutating func add(_ nanoseconds: Int64, to slot: Int) {
        let duration = UInt64(max(0, nanoseconds))
        sums[slot] &+= UInt128(duration)
        mins[slot] = min(mins[slot], duration)
        maxs[slot] = max(maxs[slot], duration)
        places.append(UInt64(slot) << Self.bucketBits | UInt64(DurationHistogram.bucket(of: duration)))
    }

    /// The histograms, by slot.
    consuming func histograms() -> [DurationHistogram] {
        let sorted = Self.sorted(places, below: UInt64(count) << Self.bucketBits)
        var histograms = [DurationHistogram](repeating: DurationHistogram(), count: count)
        var next = 0
        var buckets: [DurationHistogram.Bucket] = []
        while next < sorted.count {
            let slot = Int(sorted[next] >> Self.bucketBits)
            buckets.removeAll(keepingCapacity: true)
            while next < sorted.count, Int(sorted[next] >> Self.bucketBits) == slot {
                let first = next
                while next < sorted.count, sorted[next] == sorted[first] { next += 1 }
                let number = UInt16(sorted[first] & (1 << Self.bucketBits - 1))
                buckets.append(DurationHistogram.Bucket(number: number, count: UInt64(next - first)))
            }
            histograms[slot] = DurationHistogram(
                buckets: buckets.map { $0 },
                sum: sums[slot],
                min: mins[slot],
                max: maxs[slot]
            )
        }
        return histograms
    }

    /// The numbers in order, by radix: eleven bits at a time, the lowest first.
    private static func sorted(_ numbers: [UInt64], below limit: UInt64) -> [UInt64] {
        if numbers.count < 64 { return numbers.sorted() }
        var from = numbers
        var to = [UInt64](repeating: 0, count: numbers.count)
        var ends = [Int](repeating: 0, count: 2_048)
        var shift: UInt64 = 0
        while shift < 64, limit >> shift > 0 {
            for index in ends.indices { ends[index] = 0 }
            for number in from { ends[Int(number >> shift & 2_047)] += 1 }
            var begin = 0
            for index in ends.indices {
                let count = ends[index]
                ends[index] = begin
                begin += count
            }
            for number in from {
                let digit = Int(number >> shift & 2_047)
                to[ends[digit]] = number
                ends[digit] += 1
            }
            swap(&from, &to)
            shift += 11
        }
        return from
    }
}
