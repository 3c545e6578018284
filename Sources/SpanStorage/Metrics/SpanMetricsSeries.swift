import TraceModel

/// A figure over time.
public struct SpanMetricsSeries: Sendable, Equatable {
    /// One of the values that tell a series from others; nil where the spans have none.
    public struct Label: Sendable, Equatable {
        public var name: String
        public var value: AttributeValue?
    }

    /// The figure of one step.
    public struct Sample: Sendable, Equatable {
        public var step: Int
        public var value: Double
    }

    /// A span that stands for many of the series.
    public struct Exemplar: Sendable, Equatable {
        /// When it began: nanoseconds since 1970.
        public var time: UInt64
        /// What was measured of it; where spans are counted, the series' figure then.
        public var value: Double
        public var trace: TraceID
        public var span: SpanID
    }

    /// In their order.
    public var labels: [Label]
    /// The steps that have a figure, in their order.
    public var samples: [Sample]
    /// By their time.
    public var exemplars: [Exemplar] = []
}

extension SpanMetricsSums {
    /// All series, in the order of their values, after all stages.
    public var series: [SpanMetricsSeries] {
        var series: [SpanMetricsSeries]
        if let comparison {
            series = comparison.series
        } else {
            series = groups.sorted { $0.texts.lexicographicallyPrecedes($1.texts) }.flatMap { self.series($0) }
        }
        for stage in metrics.stages { series = stage.applied(to: series, steps: steps.count) }
        return series
    }

    private func series(_ group: Group) -> [SpanMetricsSeries] {
        let seconds = Double(steps.length) / 1e9
        switch metrics.function {
        // Where there are no spans these are zero, and the others are nothing.
        case .rate: return [every(group) { Double($0.count) / seconds }]
        case .count: return [every(group) { Double($0.count) }]
        case .least: return [one(group) { $0.least }]
        case .greatest: return [one(group) { $0.greatest }]
        case .average: return [one(group) { $0.sum / Double($0.count) }]
        case .sum: return [one(group) { $0.sum }]
        case .quantiles(_, let shares): return quantiles(shares, group)
        case .histogram: return buckets(group)
        case .compare: return []
        }
    }

    private func labels(_ group: Group, _ part: SpanMetricsSeries.Label? = nil) -> [SpanMetricsSeries.Label] {
        var labels: [SpanMetricsSeries.Label] = []
        for (field, value) in zip(metrics.by, group.values) {
            labels.append(.init(name: field.traceQL, value: value))
        }
        if let part { labels.append(part) }
        return labels.isEmpty ? [.init(name: "__name__", value: .string(metrics.function.name))] : labels
    }

    private func every(_ group: Group, _ figure: (Point) -> Double) -> SpanMetricsSeries {
        let values = (0..<steps.count).map { figure(group.points[$0] ?? Point()) }
        return SpanMetricsSeries(
            labels: labels(group),
            samples: values.enumerated().map { .init(step: $0.offset, value: $0.element) },
            exemplars: exemplars(group) { $0.value ?? values[$0.step] }
        )
    }

    private func one(
        _ group: Group,
        _ part: SpanMetricsSeries.Label? = nil,
        _ figure: (Point) -> Double
    ) -> SpanMetricsSeries {
        SpanMetricsSeries(
            labels: labels(group, part),
            samples: group.points.sorted { $0.key < $1.key }.map { .init(step: $0.key, value: figure($0.value)) },
            exemplars: exemplars(group) { $0.value }
        )
    }

    private func exemplars(_ group: Group, _ value: (Exemplar) -> Double?) -> [SpanMetricsSeries.Exemplar] {
        group.exemplars.sorted { ($0.time, $0.span.bits) < ($1.time, $1.span.bits) }.compactMap { exemplar in
            value(exemplar).map {
                .init(time: exemplar.time, value: $0, trace: exemplar.trace, span: exemplar.span)
            }
        }
    }

    /// A series for each share; an exemplar is with the share whose figure is nearest to it in its step.
    private func quantiles(_ shares: [Double], _ group: Group) -> [SpanMetricsSeries] {
        func figure(_ point: Point, _ share: Double) -> Double { (point.values.quantile(share) ?? 0) / 1e9 }
        return shares.enumerated().map { number, share in
            var series = one(group, .init(name: "p", value: .double(share))) { figure($0, share) }
            series.exemplars = exemplars(group) { exemplar in
                guard let value = exemplar.value, let point = group.points[exemplar.step] else { return nil }
                let distances = shares.map { abs(figure(point, $0) - value) }
                return distances.firstIndex(of: distances.min() ?? 0) == number ? value : nil
            }
            return series
        }
    }

    /// For each power of two that occurs how many values are up to it and above the one before.
    private func buckets(_ group: Group) -> [SpanMetricsSeries] {
        var counts: [Double: [Int: UInt64]] = [:]
        for (step, point) in group.points {
            for bucket in point.values.buckets {
                let last = DurationHistogram.range(ofBucket: Int(bucket.number)).upperBound
                counts[Self.bound(last), default: [:]][step, default: 0] += bucket.count
            }
        }
        return counts.sorted { $0.key < $1.key }.map { bound, counts in
            SpanMetricsSeries(
                labels: labels(group, .init(name: "__bucket", value: .double(bound))),
                samples: counts.sorted { $0.key < $1.key }.map { .init(step: $0.key, value: Double($0.value)) },
                exemplars: exemplars(group) { exemplar in
                    exemplar.value.flatMap { Self.bound(UInt64(min(max(0, $0 * 1e9), 1.8e19))) == bound ? $0 : nil }
                }
            )
        }
    }

    /// The next power of two of so many billionths, in units.
    private static func bound(_ value: UInt64) -> Double {
        let power = 64 - (value == 0 ? 0 : value - 1).leadingZeroBitCount
        return (power >= 64 ? 18_446_744_073_709_551_616 : Double(UInt64(1) << UInt64(power))) / 1e9
    }
}

extension SpanMetrics.Stage {
    /// What is left of some series; those of which nothing is left are gone.
    func applied(to series: [SpanMetricsSeries], steps: Int) -> [SpanMetricsSeries] {
        var result = series
        switch self {
        case .keep(let comparison, let number):
            for index in result.indices {
                result[index].samples.removeAll { !comparison.holds(order($0.value, number)) }
                result[index].exemplars.removeAll { !comparison.holds(order($0.value, number)) }
            }
        case .top(let count), .bottom(let count):
            if series.count <= count { return series }
            var isTop = true
            if case .bottom = self { isTop = false }
            var byStep = [[(value: Double, series: Int)]](repeating: [], count: steps)
            for (number, one) in series.enumerated() {
                for sample in one.samples { byStep[sample.step].append((sample.value, number)) }
            }
            let kept = byStep.map { values in
                let sorted = values.sorted { left, right in
                    // Of equal values the first series' stays.
                    if left.value == right.value { return left.series < right.series }
                    return isTop ? left.value > right.value : left.value < right.value
                }
                return Set(sorted.prefix(count).map(\.series))
            }
            for index in result.indices { result[index].samples.removeAll { !kept[$0.step].contains(index) } }
        }
        return result.filter { !$0.samples.isEmpty }
    }
}

extension SpanBatch {
    /// The first values that spans of this trace have of some fields, for whoever shows them: by row, field by field.
    ///
    /// The batch holds the whole trace.
    public func firstValues(of fields: [SpanField], rows: some Sequence<Int>) -> [[AttributeValue?]] {
        let facts = TraceFacts(of: self)
        let readers = fields.map { FieldValues($0, of: self, facts) }
        return rows.map { row in readers.map { $0.find(row, in: self)?.value(in: self) } }
    }
}
