import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct SearchTests {
    static let filters: [SpanFilter] = [
        .everything,
        .service("service-1"),
        .service("nobody"),
        .name("operation-3"),
        .and([.service("service-0"), .name("operation-1")]),
        .tag(TagCondition(key: "http.status_code", text: "203")),
        .tag(TagCondition(key: "http.method", text: "")),
        .tag(TagCondition(key: "host.name", text: "host-2")),
        .tag(TagCondition(key: "message", text: "event 7")),
        .tag(TagCondition(key: "error", text: "true")),
        .tag(TagCondition(key: "load", text: "12.5")),
        .tag(TagCondition(key: "list", text: #"[1,"two",[]]"#)),
        .tag(TagCondition(key: "span.kind", text: "client")),
        .tag(TagCondition(key: "cache.hit", text: "false")),
        .tag(TagCondition(key: "no.such.key", text: "x")),
        .and([.durationAtLeast(1_000_000), .durationAtMost(1_500_000)]),
        .not(.service("service-1")),
        .or([.name("operation-3"), .kind(.server)]),
    ]

    @Test(arguments: [1, 5, 300, 1_000])
    func `a search finds what a scan of everything finds, newest first`(batchSize: Int) async throws {
        let base: UInt64 = 1_700_000_000_000_000_000
        var generator = TraceGenerator(seed: UInt64(batchSize))
        var model = BruteForce()
        var configuration = EmbeddedStoreConfiguration(directory: nil)
        configuration.blockSpansMax = 300
        let store = try EmbeddedStore.open(configuration)
        for index in 0..<(2_000 / batchSize / (batchSize == 1 ? 4 : 1) + 1) {
            let time = base + UInt64(index) * 50_000_000
            let batch = generator.batch(spans: batchSize, traces: 1...400, around: time)
            model.append(batch)
            try await store.append(batch)
        }
        for filter in Self.filters {
            // Nothing here ever waits: other tests need the thread too.
            await Task.yield()
            for window in [0...UInt64.max, base + 500_000_000...base + 1_200_000_000] {
                for limit in [1, 20] {
                    let query = TraceQuery(filter: filter, start: window, limit: limit)
                    let expected = model.find(query)
                    let found = try await store.findTraces(query)
                    #expect(found.traces.map { $0.spans.traceID(0) } == Array(expected.prefix(limit)), "\(filter)")
                    #expect(found.isTruncated == (expected.count > limit))
                    for trace in found.traces.prefix(3) {
                        #expect(trace.descriptions == model.trace(trace.spans.traceID(0)))
                        #expect(trace.spans.starts == trace.spans.starts.sorted())
                    }
                }
            }
        }
        await store.close()
    }

    @Test func `a trace is found by its id with all of its spans`() async throws {
        var generator = TraceGenerator(seed: 7)
        var model = BruteForce()
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        for _ in 0..<12 {
            let batch = generator.batch(spans: 50, traces: 1...30, around: 1_700_000_000_000_000_000)
            model.append(batch)
            try await store.append(batch)
        }
        for id in model.traceIDs {
            let trace = try #require(try await store.trace(id))
            #expect(trace.descriptions == model.trace(id))
        }
        #expect(try await store.trace(TraceID(low: 12345)) == nil)
        await store.close()
    }

    @Test func `services and operations are listed as soon as a batch is in`() async throws {
        var generator = TraceGenerator(seed: 8)
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        #expect(try await store.services() == [])
        let batch = generator.batch(spans: 2_000, traces: 1...60, around: 1)
        try await store.append(batch)
        #expect(try await store.services() == ["service-0", "service-1", "service-2", "service-3"])
        let operations = try await store.operations(of: "service-2", kind: nil)
        #expect(operations.count == 60)
        #expect(Set(operations.map(\.name)) == Set((0...9).map { "operation-\($0)" }))
        #expect(try await store.operations(of: "service-2", kind: .server).count == 10)
        #expect(try await store.operations(of: "nobody", kind: nil) == [])
        await store.close()
    }

    @Test func `a closed store refuses with words`() async throws {
        var generator = TraceGenerator(seed: 9)
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        await store.close()
        await #expect(throws: SpanStoreError.closed) {
            try await store.append(generator.batch(spans: 1, traces: 1...1, around: 1))
        }
    }
}
