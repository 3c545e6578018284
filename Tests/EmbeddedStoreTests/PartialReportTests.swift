import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// Spans that were reported before they ended: the store answers as one that only got the reports that count.
@Suite struct PartialReportTests {
    private static let base: UInt64 = 1_700_000_000_000_000_000

    /// One report of a span.
    private struct Report {
        var trace: UInt64
        var span: UInt64
        var duration: Int64
        var isPartial: Bool
    }

    /// Spans of a few traces, each with up to three reports before its end, which not all of them reach.
    private func reports(_ generator: inout SplitMix) -> (sent: [Report], counting: [Report]) {
        var sent: [Report] = []
        var counting: [Report] = []
        for trace in 1...UInt64(12) {
            for span in 1...UInt64.random(in: 1...9, using: &generator) {
                let reports = trace % 4 == 0 ? 0 : Int.random(in: 0...3, using: &generator)
                var own = (0..<reports).map { number in
                    Report(trace: trace, span: span, duration: Int64(number + 1) * 1_000_000, isPartial: true)
                }
                if reports == 0 || Bool.random(using: &generator) {
                    // Sometimes shorter than what was said before: the clock of another thread.
                    let duration = Int64.random(in: 1...9, using: &generator) * 1_000_000
                    own.append(Report(trace: trace, span: span, duration: duration, isPartial: false))
                }
                sent += own
                if let last = own.last { counting.append(last) }
            }
        }
        return (sent.shuffled(using: &generator), counting)
    }

    private func batch(_ reports: some Sequence<Report>) -> SpanBatch {
        var batch = SpanBatch()
        for report in reports {
            var resource = Resource()
            resource.service = batch.strings.intern(report.span % 2 == 0 ? "shop" : "bank")
            batch.resources.append(resource)
            var row = SpanRow()
            row.resource = UInt32(batch.resources.count - 1)
            row.traceID = TraceID(low: report.trace)
            row.spanID = SpanID(report.span)
            row.parentSpanID = SpanID(report.span / 2)
            row.startNanoseconds = Self.base + report.trace * 1_000_000_000 + report.span % 4 * 1000
            row.durationNanoseconds = report.duration
            row.kind = report.span % 2 == 0 ? .server : .client
            row.name = batch.strings.intern("work-\(report.span % 3)")
            if report.isPartial {
                let key = batch.strings.intern(SpanBatch.partialReportKey)
                batch.spanAttributes.append(key: key, type: .bool, value: 1)
            } else if report.duration > 7_000_000 {
                row.status = .error
            }
            batch.appendSpan(row)
        }
        return batch
    }

    private func open(_ blockSpans: Int) throws -> EmbeddedStore {
        var configuration = EmbeddedStoreConfiguration(directory: nil)
        configuration.blockSpansMax = blockSpans
        configuration.upkeepMilliseconds = 3_600_000
        return try EmbeddedStore.open(configuration)
    }

    @Test(arguments: 0..<12)
    func `a span is one in every answer, whatever was reported of it and came with what`(seed: UInt64) async throws {
        var generator = SplitMix(state: seed)
        let (sent, counting) = reports(&generator)
        let blockSpans = [5, 40, 1000][Int(seed % 3)]
        let store = try open(blockSpans)
        let model = try open(blockSpans)
        var rest = sent[...]
        while !rest.isEmpty {
            let some = rest.prefix(Int.random(in: 1...7, using: &generator))
            rest = rest.dropFirst(some.count)
            try await store.append(batch(some))
        }
        try await model.append(batch(counting))
        if seed % 2 == 0 { await store.settle() }
        if seed % 4 == 0 { try await store.compact() }

        for trace in 1...UInt64(12) {
            let id = TraceID(low: trace)
            let expected = try #require(try await model.trace(id))
            #expect(try await store.trace(id)?.descriptions == expected.descriptions, "seed \(seed), trace \(trace)")
            #expect(try await pages(store, id, total: expected.count) == expected.descriptions)
            let ids = Set([SpanID(1), SpanID(3), SpanID(77)])
            #expect(try await store.spans(ids, of: id)?.descriptions == model.spans(ids, of: id)?.descriptions)
        }
        for order in TraceOrder.allCases {
            for filter in filters {
                var query = TraceQuery(filter: filter, start: 0...UInt64.max, limit: 5)
                query.order = order
                query.countsAll = true
                try await expectSame(store, model, query, "seed \(seed), \(order), \(filter)")
            }
        }
        await store.close()
        await model.close()
    }

    private var filters: [SpanFilter] {
        [
            .everything, .service("shop"), .durationAtLeast(5_000_000), .durationAtMost(1_000_000),
            .field(.attribute(.span, SpanBatch.partialReportKey), .compare(.equal, .bool(true))),
            .status(.error),
        ]
    }

    private func pages(_ store: EmbeddedStore, _ id: TraceID, total: Int) async throws -> [String] {
        var found: [String] = []
        var place: TracePage.Place?
        repeat {
            let page = try #require(try await store.tracePage(id, after: place, limit: 2))
            #expect(page.total == total)
            found += page.spans.descriptions
            place = page.next
        } while place != nil
        return found.sorted()
    }

    private func expectSame(
        _ store: EmbeddedStore,
        _ model: EmbeddedStore,
        _ query: TraceQuery,
        _ comment: Comment
    ) async throws {
        let traces = try await store.findTraces(query)
        let expected = try await model.findTraces(query)
        #expect(traces.traces.map(\.descriptions) == expected.traces.map(\.descriptions), comment)
        #expect(traces.spansets.map { $0.map(\.rows) } == expected.spansets.map { $0.map(\.rows) }, comment)
        #expect(traces.outcome.total == expected.outcome.total, comment)
        let summaries = try await store.findTraceSummaries(query)
        #expect(summaries.summaries == (try await model.findTraceSummaries(query).summaries), comment)
        #expect(summaries.outcome.total == expected.outcome.total, comment)
    }

    @Test(arguments: [false, true]) func `figures count spans that have ended, once`(isSettled: Bool) async throws {
        var generator = SplitMix(state: 99)
        let (sent, counting) = reports(&generator)
        let store = try open(40)
        let model = try open(40)
        try await store.append(batch(sent))
        try await model.append(batch(counting.filter { !$0.isPartial }))
        if isSettled { await store.settle() }
        let window = Self.base..<Self.base + 60_000_000_000
        #expect(try await store.dependencies(in: window) == model.dependencies(in: window))
        let minute: UInt64 = 60_000_000_000
        let start = Self.base - Self.base % minute
        let query = RateQuery(window: start..<start + 2 * minute, step: minute, grouping: [.service, .status])
        let rates = try await store.spanRates(query)
        let expected = try await model.spanRates(query)
        #expect(rates.series.map(\.points) == expected.series.map(\.points))
        #expect(rates.series.map(\.labels) == expected.series.map(\.labels))
        await store.close()
        await model.close()
    }

    @Test func `only what says that it goes on gives way to another span of its id`() throws {
        let partial = Report(trace: 1, span: 5, duration: 9, isPartial: true)
        let finished = Report(trace: 1, span: 5, duration: 4, isPartial: false)
        // The two sides of a call in Zipkin's format.
        #expect(batch([finished, finished]).withoutOutdatedReports().count == 2)
        #expect(batch([partial, finished, finished]).withoutOutdatedReports().spans.durations == [4, 4])
        var other = finished
        other.trace = 2
        #expect(batch([partial, other]).withoutOutdatedReports().count == 2)
        var denied = batch([partial, finished])
        denied.spanAttributes.values = [0]
        #expect(denied.withoutOutdatedReports().count == 2)
    }
}
