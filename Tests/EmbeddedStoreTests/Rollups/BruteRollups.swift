import SpanStorage
import TraceModel

/// The figures that rollups must have, worked out from all spans at once.
struct BruteRollups {
    struct Series: Hashable {
        var minute: UInt64
        var service: String
        var operation: String
        var kind: SpanKind
        var status: StatusCode
    }

    struct Pair: Hashable {
        var minute: UInt64
        var caller: String
        var callee: String
    }

    private struct Span {
        var service: String
        var kind: SpanKind
        var id: UInt64
    }

    private(set) var series: [Series: DurationHistogram] = [:]
    private(set) var edges: [Pair: RatePoint] = [:]

    init(_ batches: [SpanBatch]) {
        var traces: [TraceID: [Span]] = [:]
        for batch in batches {
            for row in 0..<batch.count {
                let span = Span(
                    service: batch.service(of: row),
                    kind: batch.spans.kinds[row],
                    id: batch.spans.spanIDs[row]
                )
                traces[batch.spans.traceID(row), default: []].append(span)
                let key = Series(
                    minute: batch.spans.starts[row] / 60_000_000_000,
                    service: span.service,
                    operation: batch.strings.text(batch.spans.names[row]),
                    kind: span.kind,
                    status: batch.spans.statuses[row]
                )
                series[key, default: DurationHistogram()].add(batch.spans.durations[row])
            }
        }
        for batch in batches {
            for row in 0..<batch.count { count(row, batch, traces[batch.spans.traceID(row)] ?? []) }
        }
    }

    /// Counts the call that a span is, if it is one.
    private mutating func count(_ row: Int, _ batch: SpanBatch, _ spans: [Span]) {
        let id = batch.spans.spanIDs[row]
        let parent = batch.spans.parentSpanIDs[row]
        let parents = parent == 0 ? [] : spans.filter { $0.id == parent }
        var caller = parents.first { $0.kind == .server } ?? parents.first
        if batch.resource(of: row).format == .zipkin, batch.spans.kinds[row] == .server {
            caller = spans.first { $0.id == id && $0.kind == .client } ?? caller
        }
        guard let caller, caller.service != batch.service(of: row) else { return }
        let minute = batch.spans.starts[row] / 60_000_000_000
        let pair = Pair(minute: minute, caller: caller.service, callee: batch.service(of: row))
        edges[pair, default: RatePoint()].durations.add(batch.spans.durations[row])
        if batch.spans.statuses[row] == .error { edges[pair, default: RatePoint()].errors += 1 }
    }

    /// All minutes that there are figures of, as a window.
    var window: Range<UInt64> {
        let minutes = series.keys.map(\.minute)
        return (minutes.min() ?? 0) * 60_000_000_000..<((minutes.max() ?? 0) + 1) * 60_000_000_000
    }
}

/// Compares what a store answers with what all spans say; the differences, none if there are none.
func rollupDifferences(
    _ store: any SpanStore,
    _ batches: [SpanBatch],
    withEdges: Bool = true
) async throws -> [String] {
    let expected = BruteRollups(batches)
    if expected.series.isEmpty { return [] }
    var differences: [String] = []
    let window = expected.window
    let query = RateQuery(
        window: window,
        step: 60_000_000_000,
        grouping: [.service, .operation, .kind, .status]
    )
    let rates = try await store.spanRates(query)
    var left = expected.series
    for series in rates.series {
        for (step, point) in series.points {
            let key = BruteRollups.Series(
                minute: rates.start / 60_000_000_000 + UInt64(step),
                service: series.labels.service ?? "?",
                operation: series.labels.operation ?? "?",
                kind: series.labels.kind ?? .unspecified,
                status: series.labels.status ?? .unset
            )
            let own = left.removeValue(forKey: key)
            if own != point.durations { differences.append("\(key): \(point.count) for \(own?.count ?? 0)") }
        }
    }
    for (key, durations) in left { differences.append("\(key): none for \(durations.count)") }
    if !withEdges { return differences }
    let all = try await store.dependencies(in: window)
    differences += edgeDifferences(all, expected.edges, "all minutes")
    let minutes = Set(expected.series.keys.map(\.minute)).sorted()
    for minute in minutes.count > 1 ? minutes.prefix(3) + minutes.dropFirst(3).suffix(2) : [] {
        let edges = try await store.dependencies(in: minute * 60_000_000_000..<(minute + 1) * 60_000_000_000)
        differences += edgeDifferences(edges, expected.edges.filter { $0.key.minute == minute }, "minute \(minute)")
    }
    return differences
}

private func edgeDifferences(
    _ edges: [ServiceEdge],
    _ expected: [BruteRollups.Pair: RatePoint],
    _ when: String
) -> [String] {
    var sums: [BruteRollups.Pair: RatePoint] = [:]
    for (pair, point) in expected {
        let key = BruteRollups.Pair(minute: 0, caller: pair.caller, callee: pair.callee)
        sums[key, default: RatePoint()].durations.merge(point.durations)
        sums[key, default: RatePoint()].errors += point.errors
    }
    var differences: [String] = []
    for edge in edges {
        let key = BruteRollups.Pair(minute: 0, caller: edge.caller, callee: edge.callee)
        var own = RatePoint()
        own.durations = edge.durations
        own.errors = edge.errors
        let sum = sums.removeValue(forKey: key)
        if sum != own {
            differences.append("\(when): \(edge.caller) → \(edge.callee): \(edge.calls) calls for \(sum?.count ?? 0)")
        }
    }
    for (key, sum) in sums { differences.append("\(when): \(key.caller) → \(key.callee): none for \(sum.count)") }
    return differences
}
