import TraceModel

/// Figures of the spans of a trace in groups: by service, by operation, by whatever tells them apart.
public struct TraceStatistics: Sendable {
    /// The figures of one group.
    public struct Group: Sendable, Equatable {
        /// How many spans are in it.
        public var count = 0
        /// How many of these have the status error.
        public var errors = 0
        /// How long they took.
        public var durations = DurationSample()
        /// What of it was their own work, in nanoseconds: see `SelfTimes.own`.
        public var own: UInt64 = 0
        /// The same with concurrent work shared: see `SelfTimes.wall`.
        public var wall = 0.0
        /// The row of the longest span, the first of several.
        public var longest = 0

        /// Of no spans.
        public init() {}
    }

    /// The groups, by their number.
    public private(set) var groups: [Group]

    /// Adds up a trace whose spans are in the groups `numbers`, by row, of which there are `groupCount`.
    public init(
        of trace: borrowing SpanBatch,
        _ times: borrowing SelfTimes,
        numbers: [Int],
        groupCount: Int
    ) {
        groups = [Group](repeating: Group(), count: groupCount)
        for row in 0..<trace.count {
            let number = numbers[row]
            let duration = trace.spans.interval(row).length
            let isLonger = duration > trace.spans.interval(groups[number].longest).length
            if groups[number].count == 0 || isLonger { groups[number].longest = row }
            groups[number].count += 1
            if trace.spans.statuses[row] == .error { groups[number].errors += 1 }
            groups[number].durations.add(duration)
            groups[number].own = groups[number].own.addingUpToMax(times.own[row])
            groups[number].wall += times.wall[row]
        }
        for index in groups.indices { groups[index].durations.sort() }
    }
}
