import SpanStorage
import Testing
import TraceModel

@Suite struct DurationHistogramTests {
    /// Durations of the kinds that histograms are bad at: constant, two far apart, powers, edges, all magnitudes.
    private static func durations(_ random: inout SplitMix) -> [UInt64] {
        let count = Int.random(in: 1...300, using: &random)
        let bits = UInt64.random(in: 0...63, using: &random)
        let kind = Int.random(in: 0...6, using: &random)
        return (0..<count).map { index in
            switch kind {
            case 0: UInt64(1) << bits
            case 1: index % 97 == 0 ? UInt64(1) << 62 : 17
            case 2: UInt64(1) << UInt64(index % 64)
            case 3: (UInt64(1) << bits) &- 1 &+ UInt64(index % 3)
            case 4: UInt64.random(in: .min ... .max, using: &random) >> UInt64.random(in: 0...63, using: &random)
            case 5: UInt64(index)
            default: 1_000_000 + UInt64.random(in: 0...50_000_000, using: &random)
            }
        }
    }

    private static func histogram(_ durations: [UInt64]) -> DurationHistogram {
        var histogram = DurationHistogram()
        for duration in durations { histogram.add(duration) }
        return histogram
    }

    @Test func `a quantile is never off by two percent, and count, sum and ends are exact`() {
        for seed in 0..<300 {
            var random = SplitMix(state: UInt64(seed))
            let durations = Self.durations(&random).sorted()
            let histogram = Self.histogram(durations)
            #expect(histogram.count == UInt64(durations.count))
            #expect(histogram.sum == durations.reduce(UInt128(0)) { $0 + UInt128($1) })
            #expect(histogram.min == durations.first && histogram.max == durations.last)
            for share in [0, 0.001, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1] {
                let place = max(1, Int((share * Double(durations.count)).rounded(.up)))
                let exact = Double(durations[place - 1])
                let answer = histogram.quantile(share) ?? -1
                #expect(abs(answer - exact) <= exact * 0.016, "seed \(seed), \(share): \(answer) for \(exact)")
            }
        }
    }

    @Test func `every bucket holds just the durations that belong to it`() {
        var next: UInt64 = 0
        for number in 0..<DurationHistogram.bucketMax {
            let range = DurationHistogram.range(ofBucket: number)
            #expect(range.lowerBound == next)
            #expect(DurationHistogram.bucket(of: range.lowerBound) == number)
            #expect(DurationHistogram.bucket(of: range.upperBound) == number)
            next = range.upperBound &+ 1
        }
        #expect(next == 0, "the last bucket ends with the greatest number")
    }

    @Test func `parts merge into the whole in any order`() {
        for seed in 0..<100 {
            var random = SplitMix(state: UInt64(seed))
            let parts = (0..<3).map { _ in Self.durations(&random) }
            let whole = Self.histogram(parts.flatMap { $0 })
            for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
                var merged = DurationHistogram()
                for part in order { merged.merge(Self.histogram(parts[part])) }
                #expect(merged == whole, "seed \(seed)")
            }
            var right = Self.histogram(parts[1])
            right.merge(Self.histogram(parts[2]))
            var left = Self.histogram(parts[0])
            left.merge(right)
            #expect(left == whole, "seed \(seed)")
        }
    }

    @Test func `negative durations count as none`() {
        var histogram = DurationHistogram()
        histogram.add(Int64(-5))
        histogram.add(Int64.max)
        #expect(histogram.min == 0 && histogram.max == UInt64(Int64.max) && histogram.count == 2)
        #expect(DurationHistogram().quantile(0.5) == nil)
        #expect(histogram.quantile(.nan) == 0)
    }

    @Test func `what was written is read, and anything else is refused or harmless`() throws {
        for seed in 0..<200 {
            var random = SplitMix(state: UInt64(seed))
            let histogram = Self.histogram(Self.durations(&random))
            var bytes: [UInt8] = []
            histogram.encode(into: &bytes)
            #expect(decoded(bytes) == histogram, "seed \(seed)")
            for count in 0..<bytes.count { #expect(decoded(Array(bytes[..<count])) == nil) }
            for _ in 0..<50 {
                var flipped = bytes
                let place = Int.random(in: 0..<bytes.count, using: &random)
                flipped[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
                if var other = decoded(flipped) {
                    other.merge(histogram)
                    #expect(other.quantile(0.5) != nil)
                }
                let noise = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
                if let other = decoded(noise) { #expect(other.isEmpty || other.quantile(0.9) != nil) }
            }
        }
        var empty: [UInt8] = []
        DurationHistogram().encode(into: &empty)
        #expect(decoded(empty) == DurationHistogram())
    }

    private func decoded(_ bytes: [UInt8]) -> DurationHistogram? {
        var reader = ByteReader(bytes.span.bytes)
        return (try? DurationHistogram.decode(&reader)) ?? nil
    }
}
