import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct StatisticsTests {
    @Test func `figures by group add up to the trace`() {
        let trace = TraceBuilder.order()
        let times = SelfTimes(of: trace, TraceTree(of: trace))
        // Servers and the others.
        let numbers = trace.spans.kinds.map { $0 == .server ? 0 : 1 }
        let statistics = TraceStatistics(of: trace, times, numbers: numbers, groupCount: 3)
        let servers = statistics.groups[0]
        #expect(servers.count == 4 && servers.errors == 1 && servers.longest == 0)
        #expect(servers.durations.sum == 190_000 && servers.durations.min == 20_000 && servers.durations.max == 100_000)
        #expect(servers.durations.quantile(0.5) == 30_000 && servers.durations.quantile(0.51) == 40_000)
        #expect(servers.own == 105_000 && servers.wall == 82_500)
        #expect(statistics.groups[1].longest == 5 && statistics.groups[1].own == 70_000)
        #expect(statistics.groups[2].count == 0)
    }

    @Test func `quantiles of a sample are those of its sorted list`() {
        var sample = DurationSample()
        #expect(sample.quantile(0.5) == 0 && sample.mean == 0)
        for duration: UInt64 in [50, 10, 40, 20, 30] { sample.add(duration) }
        #expect([0, 0.2, 0.21, 0.5, 0.99, 1].map { sample.quantile($0) } == [10, 10, 20, 30, 50, 50])
        #expect(sample.share(below: 30) == 0.4 && sample.mean == 30)
        sample.sort()
        #expect(sample.quantile(0.5) == 30)
        sample.add(.max)
        #expect(sample.sum == .max)
    }

    @Test func `a heatmap has every item in the column and row that it belongs to`() {
        let start: UInt64 = 1_000_000
        var map = Heatmap(window: start...(start + 9_999), columns: 10)
        #expect(map.step == 1_000 && map.columns.count == 10)
        let trace = TraceID(low: 1)
        map.add(.init(start: start, duration: 100, isError: false, trace: trace))
        map.add(.init(start: start + 999, duration: 127, isError: true, trace: TraceID(low: 2)))
        map.add(.init(start: start + 9_999, duration: 0, isError: false, trace: trace))
        map.add(.init(start: start + 1_000, duration: 64, isError: false, trace: trace))
        map.sort()
        let cells = map.cells
        #expect(cells.map(\.column) == [0, 1, 9])
        #expect(cells.map(\.count) == [2, 1, 1])
        #expect(cells[0].errors == 1 && cells[0].example == TraceID(low: 2))
        #expect(map.columns[0].count == 2 && map.columns[0].durations.quantile(1) == 127)
        #expect(map.column(of: 5) == 0 && map.column(of: .max) == 9)
    }

    @Test func `each duration is within the bounds of its row`() {
        var durations: [UInt64] = [0, 1, 2, 3, 4, 5, 6, 7, 8, .max, .max / 2, .max / 2 + 1]
        var power: UInt64 = 1
        while power < 1 << 62 {
            durations += [power - 1, power, power + 1, power + power / 2]
            power *= 2
        }
        for duration in durations {
            let row = Heatmap.row(of: duration)
            let range = Heatmap.durations(ofRow: row)
            #expect(range.contains(duration) || duration == .max, "\(duration) in row \(row)")
            #expect(row == 0 || Heatmap.durations(ofRow: row - 1).upperBound == range.lowerBound)
        }
    }

    @Test func `a window of any length has at most so many columns`() {
        for length: UInt64 in [0, 1, 999, 1_000, 60_000_000_000, .max - 5] {
            let map = Heatmap(window: 3...(3 + length), columns: 7)
            #expect((1...7).contains(map.columns.count))
            #expect(map.column(of: 3 + length) < map.columns.count)
        }
    }
}
