import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// Random questions against a scan of everything, with the data in the head, in blocks, or in both.
@Suite(.serialized) struct QueryTests {
    private static let base: UInt64 = 1_700_000_000_000_000_000

    /// A store of many small blocks and a head, and the same spans in a model.
    private func filled(seed: UInt64, blockSpans: Int) async throws -> (EmbeddedStore, BruteForce) {
        var generator = TraceGenerator(seed: seed)
        var model = BruteForce()
        var configuration = EmbeddedStoreConfiguration(directory: nil)
        configuration.blockSpansMax = blockSpans
        let store = try EmbeddedStore.open(configuration)
        var last: [TraceID: UInt64] = [:]
        for index in 0..<12 {
            let time = Self.base + UInt64(index) * 50_000_000
            var batch = generator.batch(spans: 60, traces: 1...120, around: time)
            Self.relate(&batch, &last)
            model.append(batch)
            try await store.append(batch)
        }
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while blockSpans < 720, store.statistics().segments == 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect((store.statistics().segments > 0) == (blockSpans < 720))
        return (store, model)
    }

    /// Gives most spans a parent within their trace: often the span before, sometimes its parent.
    private static func relate(_ batch: inout SpanBatch, _ last: inout [TraceID: UInt64]) {
        for row in 0..<batch.count where batch.spans.parentSpanIDs[row] != 0 {
            let id = batch.spans.traceID(row)
            batch.spans.parentSpanIDs[row] = last[id] ?? 0
            if batch.spans.spanIDs[row] % 3 != 0 { last[id] = batch.spans.spanIDs[row] }
        }
    }

    @Test(arguments: [150, 10_000])
    func `random filters find what a scan of everything finds`(blockSpans: Int) async throws {
        let (store, model) = try await filled(seed: UInt64(blockSpans), blockSpans: blockSpans)
        var queries = RandomFilter(seed: 11)
        var found = 0
        for _ in 0..<300 {
            let query = TraceQuery(filter: queries.filter(depth: 2), start: 0...UInt64.max, limit: 40)
            let expected = model.find(query)
            let answer = try await store.findTraces(query)
            found += expected.isEmpty ? 0 : 1
            #expect(
                answer.traces.map { $0.spans.traceID(0) } == Array(expected.prefix(40)),
                "\(query.filter.traceQL)"
            )
            #expect(answer.isTruncated == (expected.count > 40))
        }
        #expect(found > 120)
        await store.close()
    }

    @Test(arguments: [
        "{ .http.status_code >= 202 }", "{ span.http.status_code != 203 && span.http.method =~ `G.*|` }",
        "{ span.request.id =~ `id-1.*7` }", "{ resource.host.name !~ `host-[12]` && span.load < 20.5 }",
        "{ span.cache.hit } && { event.message = `event 7` }", "{ kind = server } >> { status = error }",
        "{ kind = client } > { span.load > 20 } | count() > 0", "{ name =~ `operation-[0-3]` } ~ { span.list = 1 }",
        "{ status = error } !>> { status = ok } | by(resource.service.name) | count() > 2",
        "{ rootServiceName = `service-1` && traceDuration > 500ms && statusMessage != nil }",
        "{ trace:spanCount < 5 && link.why = true }",
        "{ span.payload != nil || span.nothing = nil } | avg(duration) > 2.5ms",
        "({ span.load > 60 } | count() > 1) || { instrumentation:version = `1.2.3` && span:parentID = nil }",
        "{ } &<< { name = `operation-1` } | select(name, span.load)", "{ span.http.status_code in (200, 204.0) }",
    ])
    func `queries in TraceQL find what looking at every trace finds`(text: String) async throws {
        let (store, model) = try await filled(seed: 5, blockSpans: 150)
        let expression = try SpansetExpression(traceQL: text)
        let traces = model.traces
        for window in [0...UInt64.max, Self.base + 200_000_000...Self.base + 900_000_000] {
            for limit in [3, 1_000] {
                let query = TraceQuery(expression, start: window, limit: limit)
                let expected = traces.filter { query.matches($0) }.map { $0.spans.traceID(0) }
                #expect(window.lowerBound > 0 || !expected.isEmpty)
                let answer = try await store.findTraces(query)
                #expect(answer.traces.map { $0.spans.traceID(0) } == Array(expected.prefix(limit)))
                #expect(answer.isTruncated == (expected.count > limit))
            }
        }
        await store.close()
    }
}

extension BruteForce {
    /// All traces, put together, newest first.
    fileprivate var traces: [SpanBatch] {
        var traces: [TraceID: SpanBatch] = [:]
        for batch in batches {
            for row in 0..<batch.count {
                var index = ResourceIndex()
                var copy = BatchCopy(from: batch)
                copy.append(row, of: batch, to: &traces[batch.spans.traceID(row), default: SpanBatch()], index: &index)
            }
        }
        let starts = traces.mapValues { $0.spans.starts.min() ?? 0 }
        return traces.sorted { left, right in
            let (one, two) = (starts[left.key] ?? 0, starts[right.key] ?? 0)
            return one == two ? left.key < right.key : one > two
        }.map(\.value)
    }
}

/// Makes random conditions on the spans of `TraceGenerator`.
struct RandomFilter {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func filter(depth: Int) -> SpanFilter {
        switch Int.random(in: (depth == 0 ? 3 : 0)...9, using: &random) {
        case 0: return .all([filter(depth: depth - 1), filter(depth: depth - 1)])
        case 1: return .any([filter(depth: depth - 1), filter(depth: depth - 1)])
        case 2: return .negation(filter(depth: depth - 1))
        case 3:
            return pick([
                .service("service-1"), .name("operation-3"), .kind(.server), .status(.error),
                .durationAtLeast(4_000_000), .durationAtMost(200_000),
                .tag(TagCondition(key: "http.method", text: "GET")),
            ])
        case 4: return intrinsic()
        default:
            let keys = [
                "http.status_code", "http.method", "request.id", "cache.hit", "load", "payload", "list", "map",
                "nothing", "host.name", "process.pid", "message", "why", "service.name", "no.such.key",
            ]
            return .field(.attribute(pick(AttributeLevel.allCases), pick(keys)), test())
        }
    }

    private mutating func test() -> FieldTest {
        let values: [FilterValue] = [
            .int(203), .int(1), .double(50.5), .bool(true), .string("GET"), .string(""), .string("host-2"),
            .string("event 7"), .string("two"), .int(101),
        ]
        let patterns = ["G.*", "host-[0-2]", "event \\d", ".*9", "id-.*", ""].compactMap { try? RegexPattern($0) }
        switch Int.random(in: 0...6, using: &random) {
        case 0: return .exists
        case 1: return .matches(pick(patterns))
        case 2: return .matchesNot(pick(patterns))
        case 3: return .isOneOf([pick(values), pick(values), pick(values)])
        default:
            let value = pick(values)
            if case .bool = value { return .compare(pick([.equal, .notEqual]), value) }
            return .compare(pick(Comparison.allCases), value)
        }
    }

    private mutating func intrinsic() -> SpanFilter {
        let pattern = try? RegexPattern(pick(["operation-[1-4]", "it went.*", ".*3", "log", "instr.*", "00000.*"]))
        let matches: FieldTest = pattern.map { .matches($0) } ?? .exists
        switch Int.random(in: 0...8, using: &random) {
        case 0: return .field(.intrinsic(.name), matches)
        case 1: return .field(.intrinsic(.statusMessage), pick([.exists, matches]))
        case 2: return .field(.intrinsic(.duration), .compare(pick(Comparison.allCases), .double(1_000_000.5)))
        case 3: return .field(.intrinsic(.eventName), matches)
        case 4: return .field(.intrinsic(.scopeName), pick([.exists, matches]))
        case 5: return .field(.intrinsic(.kind), .isOneOf([.kind(.server), .kind(.client)]))
        case 6: return .field(.intrinsic(.parentID), pick([.exists, matches]))
        case 7: return .field(.intrinsic(.eventTimeSinceStart), .compare(.greater, .duration(500)))
        default: return .field(.intrinsic(.scopeVersion), .compare(.equal, .string("1.2.3")))
        }
    }
}
