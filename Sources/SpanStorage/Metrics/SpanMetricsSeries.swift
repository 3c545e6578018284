import TraceModel

/// A figure over time, of the spans that have the same values in the fields of `by`.
public struct SpanMetricsSeries: Sendable, Equatable {
    /// What makes it one of several series of the same spans.
    public enum Part: Sendable, Equatable {
        /// The share of a quantile.
        case quantile(Double)
        /// A bucket of a histogram: up to this value.
        case bucket(Double)
    }

    /// The values of the fields of `by`, in their order; nil where the spans have none.
    public var values: [AttributeValue?]
    public var part: Part?
    /// The figure by the number of the step, where there is one.
    public var samples: [(step: Int, value: Double)]

    public static func == (left: SpanMetricsSeries, right: SpanMetricsSeries) -> Bool {
        left.values == right.values && left.part == right.part && left.samples.elementsEqual(right.samples) { $0 == $1 }
    }
}

extension SpanMetricsSums {
    /// All series, in the order of their values.
    public var series: [SpanMetricsSeries] {
        labels.sorted { $0.key.texts.lexicographicallyPrecedes($1.key.texts) }.flatMap { key, values in
            series(values, points[key] ?? [:])
        }
    }

    private func series(_ values: [AttributeValue?], _ points: [Int: Point]) -> [SpanMetricsSeries] {
        let seconds = Double(step) / 1e9
        switch metrics.function {
        // Where there are no spans these are zero, and the others are nothing.
        case .rate: return [every(values, points) { Double($0.count) / seconds }]
        case .count: return [every(values, points) { Double($0.count) }]
        case .least: return [one(values, points) { $0.least }]
        case .greatest: return [one(values, points) { $0.greatest }]
        case .average: return [one(values, points) { $0.sum / Double($0.count) }]
        case .sum: return [one(values, points) { $0.sum }]
        case .quantiles(_, let shares):
            return shares.map { share in
                var series = one(values, points) { ($0.values.quantile(share) ?? 0) / 1e9 }
                series.part = .quantile(share)
                return series
            }
        case .histogram: return buckets(values, points)
        }
    }

    private func every(
        _ values: [AttributeValue?],
        _ points: [Int: Point],
        _ figure: (Point) -> Double
    ) -> SpanMetricsSeries {
        let samples = (0..<steps).map { (step: $0, value: figure(points[$0] ?? Point())) }
        return SpanMetricsSeries(values: values, part: nil, samples: samples)
    }

    private func one(
        _ values: [AttributeValue?],
        _ points: [Int: Point],
        _ figure: (Point) -> Double
    ) -> SpanMetricsSeries {
        let samples = points.sorted { $0.key < $1.key }.map { (step: $0.key, value: figure($0.value)) }
        return SpanMetricsSeries(values: values, part: nil, samples: samples)
    }

    /// For each power of two that occurs how many values are up to it and above the one before.
    private func buckets(_ values: [AttributeValue?], _ points: [Int: Point]) -> [SpanMetricsSeries] {
        var counts: [Double: [Int: UInt64]] = [:]
        for (step, point) in points {
            for bucket in point.values.buckets {
                let last = DurationHistogram.range(ofBucket: Int(bucket.number)).upperBound
                let power = 64 - (last == 0 ? 0 : last - 1).leadingZeroBitCount
                let bound = (power >= 64 ? 18_446_744_073_709_551_616 : Double(UInt64(1) << UInt64(power))) / 1e9
                counts[bound, default: [:]][step, default: 0] += bucket.count
            }
        }
        return counts.sorted { $0.key < $1.key }.map { bound, counts in
            let samples = counts.sorted { $0.key < $1.key }.map { (step: $0.key, value: Double($0.value)) }
            return SpanMetricsSeries(values: values, part: .bucket(bound), samples: samples)
        }
    }
}

extension SpanBatch {
    /// The first value that a span of this trace has of a field, for whoever shows it; the batch holds the whole trace.
    public func firstValue(of field: SpanField, row: Int) -> AttributeValue? {
        FieldValues(field, of: self, TraceFacts(of: self)).find(row, in: self)?.value(in: self)
    }
}
