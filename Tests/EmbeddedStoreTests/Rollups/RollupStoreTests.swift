import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// The rollups of a whole store, compared with what all spans say.
@Suite struct RollupStoreTests {
    private func configuration(_ folder: TemporaryFolder, blockSpans: Int = 10) -> EmbeddedStoreConfiguration {
        var configuration = EmbeddedStoreConfiguration(directory: folder.path)
        configuration.blockSpansMax = blockSpans
        // Nothing is merged behind a test's back, however long it takes.
        configuration.upkeepMilliseconds = 3_600_000
        return configuration
    }

    @Test(arguments: 0..<12)
    func `rates and edges are those of all spans, whatever came with what, through restarts and merges`(seed: UInt64)
        async throws
    {
        let folder = try TemporaryFolder()
        var generator = CallGenerator(seed: seed)
        let spans = generator.spans(traces: 40, zipkin: seed % 3 == 0)
        var store = try EmbeddedStore.open(configuration(folder, blockSpans: Int(5 + seed * 3)))
        var sent: [SpanBatch] = []
        var rest = spans[...]
        while !rest.isEmpty {
            let batch = CallGenerator.batch(Array(rest.prefix(Int(generator.number(below: 9)) + 1)))
            rest = rest.dropFirst(batch.count)
            try await store.append(batch)
            sent.append(batch)
            switch generator.number(below: 20) {
            case 0:
                await store.close()
                store = try EmbeddedStore.open(configuration(folder, blockSpans: Int(5 + seed * 3)))
            case 1: await store.settle()
            case 2: #expect(try await rollupDifferences(store, sent) == [], "seed \(seed)")
            case 3, 4: try await store.compact()
            default: break
            }
        }
        #expect(try await rollupDifferences(store, sent) == [], "seed \(seed)")
        await store.settle()
        #expect(try await rollupDifferences(store, sent) == [], "seed \(seed), settled")
        await store.close()
    }

    /// All orders of some elements.
    private static func orders<Element>(_ elements: [Element]) -> [[Element]] {
        if elements.count < 2 { return [elements] }
        return elements.indices.flatMap { index in
            var rest = elements
            let first = rest.remove(at: index)
            return orders(rest).map { [first] + $0 }
        }
    }

    /// How spans come: in one batch, in batches of their own, in blocks of their own, with restarts in between.
    enum Arrival: CaseIterable { case together, batches, blocks, restarts }

    @Test(arguments: Arrival.allCases)
    func `the two sides of a call make an edge in whichever order they come`(arrival: Arrival) async throws {
        let shared: [CallGenerator.Span] = [
            .init(trace: 7, id: 1, service: "front", kind: .server, format: .zipkin),
            .init(trace: 7, id: 2, parent: 1, service: "front", kind: .client, format: .zipkin),
            .init(trace: 7, id: 2, parent: 1, service: "back", kind: .server, status: .error, format: .zipkin),
            .init(trace: 7, id: 3, parent: 2, service: "store", kind: .client, format: .zipkin),
        ]
        for order in Self.orders(shared) {
            try await expectEdges(["front → back: 1, 1 failed", "back → store: 1, 0 failed"], of: order, arrival)
        }
        let plain: [CallGenerator.Span] = [
            .init(trace: 8, id: 1, service: "a"),
            .init(trace: 8, id: 2, parent: 1, service: "b"),
            .init(trace: 8, id: 3, parent: 2, service: "b"),
            .init(trace: 8, id: 4, parent: 3, service: "c", status: .error, start: 1_700_000_180_000_000_000),
        ]
        for order in Self.orders(plain) {
            try await expectEdges(["a → b: 1, 0 failed", "b → c: 1, 1 failed"], of: order, arrival)
        }
    }

    private func expectEdges(_ expected: [String], of spans: [CallGenerator.Span], _ arrival: Arrival) async throws {
        let folder = try TemporaryFolder()
        let blockSpans = arrival == .blocks || arrival == .restarts ? 1 : 1_000
        var store = try EmbeddedStore.open(configuration(folder, blockSpans: blockSpans))
        let batches = arrival == .together ? [spans] : spans.map { [$0] }
        for batch in batches {
            try await store.append(CallGenerator.batch(batch))
            if arrival == .batches { continue }
            await store.settle()
            if arrival != .restarts { continue }
            await store.close()
            store = try EmbeddedStore.open(configuration(folder, blockSpans: blockSpans))
        }
        let edges = try await store.dependencies(in: 0..<UInt64.max)
        let texts = edges.map { "\($0.caller) → \($0.callee): \($0.calls), \($0.errors) failed" }
        #expect(Set(texts) == Set(expected), "\(arrival): \(spans.map { "\($0.id) \($0.service)" })")
        await store.close()
    }

    @Test func `a long load leaves few rows, and they say the same`() async throws {
        let folder = try TemporaryFolder()
        var generator = CallGenerator(seed: 99)
        let store = try EmbeddedStore.open(configuration(folder, blockSpans: 4))
        var sent: [SpanBatch] = []
        let spans = generator.spans(traces: 120, zipkin: false)
        for first in stride(from: 0, to: spans.count, by: 4) {
            let batch = CallGenerator.batch(Array(spans[first..<min(first + 4, spans.count)]))
            try await store.append(batch)
            await store.settle()
            sent.append(batch)
        }
        #expect(sent.count > 100)
        #expect(try await rollupDifferences(store, sent) == [])
        await store.close()
        let catalogue = try Catalogue(path: "\(folder.path)/catalogue.sqlite")
        #expect(try catalogue.rollups().count <= 2 * RollupMerging.rowsMax)
        #expect(try catalogue.openCalls().count <= 65)
        catalogue.close()
    }

    @Test func `steps, groups and filters add up`() async throws {
        let folder = try TemporaryFolder()
        let store = try EmbeddedStore.open(configuration(folder))
        var generator = CallGenerator(seed: 5)
        let batch = CallGenerator.batch(generator.spans(traces: 30, zipkin: false))
        try await store.append(batch)
        let window = BruteRollups([batch]).window
        var query = RateQuery(window: window, step: 120_000_000_000, grouping: [])
        let whole = try await store.spanRates(query)
        #expect(whole.series.count == 1)
        #expect(UInt64(whole.stepCount) == (UInt64(window.count) / 60_000_000_000 + 1) / 2)
        #expect(whole.series[0].points.values.reduce(0) { $0 + $1.count } == UInt64(batch.count))
        let failed = batch.spans.statuses.filter { $0 == .error }.count
        #expect(whole.series[0].points.values.reduce(0) { $0 + $1.errors } == UInt64(failed))
        query.grouping = [.service]
        query.services = ["service-1", "service-2"]
        query.statuses = [.error]
        let some = try await store.spanRates(query)
        #expect(some.series.map(\.labels.service) == ["service-1", "service-2"])
        #expect(some.series.allSatisfy { $0.points.values.allSatisfy { $0.errors == $0.count } })
        query.operations = ["nothing"]
        #expect(try await store.spanRates(query).series.isEmpty)
        query.step = 1
        query.window = 0..<UInt64.max
        await #expect(throws: SpanStoreError.self) { try await store.spanRates(query) }
        query.window = 5..<5
        await #expect(throws: SpanStoreError.self) { try await store.spanRates(query) }
        #expect(try await store.dependencies(in: 5..<5).isEmpty)
        await store.close()
    }

    @Test func `figures outlive spans, and have bounds of their own`() async throws {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        var configuration = configuration(folder, blockSpans: 20)
        configuration.now = { clock.now }
        configuration.storeBytesMax = 0
        configuration.rollupAgeMaxNanoseconds = 1_000_000_000_000
        var generator = CallGenerator(seed: 6)
        let batch = CallGenerator.batch(generator.spans(traces: 10, zipkin: false))
        let store = try EmbeddedStore.open(configuration)
        try await store.append(batch)
        await store.settle()
        clock.now += 999_000_000_000
        try await store.append(batch)
        await store.settle()
        #expect(try await rollupDifferences(store, [batch, batch]) == [])
        clock.now += 2_000_000_000
        let late = CallGenerator.batch(generator.spans(traces: 10, zipkin: false))
        try await store.append(late)
        await store.settle()
        #expect(try await rollupDifferences(store, [batch, late]) == [])
        await store.close()
    }

    @Test func `spans that are counted and not kept are in all figures and in no trace`() async throws {
        let folder = try TemporaryFolder()
        var generator = CallGenerator(seed: 12)
        var sent: [SpanBatch] = []
        var kept = 0
        var store = try EmbeddedStore.open(configuration(folder, blockSpans: 30))
        let spans = generator.spans(traces: 60, zipkin: false)
        // What is left out is left out as whole traces.
        for trace in Dictionary(grouping: spans, by: \.trace).values {
            let batch = CallGenerator.batch(trace)
            sent.append(batch)
            if generator.number(below: 3) == 0 {
                try await store.append(batch)
                kept += batch.count
            } else {
                try await store.count(batch)
            }
            guard generator.number(below: 12) == 0 else { continue }
            await store.close()
            store = try EmbeddedStore.open(configuration(folder, blockSpans: 30))
            #expect(try await rollupDifferences(store, sent) == [])
        }
        await store.settle()
        #expect(try await rollupDifferences(store, sent) == [])
        let everything = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: TraceQuery.limitMax)
        #expect(try await store.findTraces(everything).traces.reduce(0) { $0 + $1.count } == kept)
        #expect(store.statistics().spans == UInt64(kept))
        await store.close()
    }

    @Test func `a head of spans that are only counted is sealed without a segment`() async throws {
        let folder = try TemporaryFolder()
        var configuration = configuration(folder)
        configuration.blockBytesMax = 2_000
        var generator = CallGenerator(seed: 13)
        let batch = CallGenerator.batch(generator.spans(traces: 10, zipkin: false))
        let store = try EmbeddedStore.open(configuration)
        try await store.count(batch)
        await store.settle()
        #expect(store.statistics().segments == 0 && store.statistics().rollups.rows == 1)
        #expect(store.statistics().countedSpans == UInt64(batch.count))
        #expect(try await rollupDifferences(store, [batch]) == [])
        await store.close()
        let again = try EmbeddedStore.open(configuration)
        #expect(try await rollupDifferences(again, [batch]) == [])
        await again.close()
    }
}
