import Foundation
import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// Ten thousand random questions against a look at every span, with the data in the head, in blocks as they were sealed
/// and in blocks that were merged.
///
/// `MARTLET_QUESTIONS=100000` asks more.
@Suite struct DifferentialTests {
    private static let parts = 8
    private static let questions = Int(ProcessInfo.processInfo.environment["MARTLET_QUESTIONS"] ?? "") ?? 10_000

    @Test(arguments: 0..<parts)
    func `random questions find what a look at every span finds`(part: Int) async throws {
        let known = try await KnownStore(seed: UInt64(part))
        var questions = RandomQuestion(seed: UInt64(part) + 100, known)
        var found = 0
        for number in 0..<Self.questions / Self.parts {
            // Nothing here ever waits: other tests need the thread too.
            if number % 16 == 0 { await Task.yield() }
            var query = questions.next()
            let expected = known.positions(query)
            found += expected.isEmpty ? 0 : 1
            let first = try await known.store.findTraces(query)
            var ids = first.traces.map { $0.spans.traceID(0) }
            let words =
                "part \(part), question \(number): \(query.expression?.traceQL ?? query.filter.traceQL) \(query)"
            #expect(first.isTruncated == (expected.count > query.limit), "\(words)")
            if let next = first.outcome.next {
                query.after = next
                ids += try await known.store.findTraces(query).traces.map { $0.spans.traceID(0) }
            }
            #expect(ids == expected.prefix(2 * query.limit).map(\.id), "\(words)")
        }
        // Questions that nothing answers prove little.
        #expect(found > Self.questions / Self.parts / 5)
        await known.store.close()
    }
}

/// A store with spans in a head, in sealed blocks and in merged ones, and a list of everything in it.
private struct KnownStore {
    static let base: UInt64 = 1_700_000_000_000_000_000

    let store: EmbeddedStore
    private(set) var batches: [SpanBatch] = []
    private(set) var traces: [SpanBatch] = []
    private var measures: [TraceID: TraceMeasure] = [:]

    init(seed: UInt64) async throws {
        var configuration = EmbeddedStoreConfiguration(directory: nil)
        configuration.blockSpansMax = 50
        // Only full blocks whose neighbours share traces are merged, and that when the test says so.
        configuration.mergedSegmentsMin = 1_000
        configuration.upkeepMilliseconds = 3_600_000
        store = try EmbeddedStore.open(configuration)
        var generator = TraceGenerator(seed: seed)
        var model = BruteForce()
        for index in 0..<13 {
            let batch = generator.batch(spans: 25, traces: 1...70, around: Self.base + UInt64(index) * 100_000_000)
            try await store.append(batch)
            await store.settle()
            batches.append(batch)
            model.append(batch)
            if index == 7 { try await store.compact() }
        }
        traces = model.assembledTraces
        for trace in traces {
            var measure = TraceMeasure.nothing
            for row in 0..<trace.count {
                measure.add(
                    start: trace.spans.starts[row],
                    duration: trace.spans.durations[row],
                    status: trace.spans.statuses[row]
                )
            }
            measures[trace.spans.traceID(0)] = measure
        }
        // Of each kind a part, or the questions would not be about what they claim to be.
        let merges = store.upkeep.view.segments.map(\.origin.merges)
        #expect(merges.filter { $0 > 0 }.count >= 2, "merged: \(merges)")
        #expect(merges.filter { $0 == 0 }.count >= 2, "sealed: \(merges)")
        #expect(store.statistics().mergedSegments >= 2 && store.statistics().headSpans > 0)
    }

    /// The traces that match, in the order asked for.
    func positions(_ query: TraceQuery) -> [TracePosition] {
        var ids: Set<TraceID> = []
        if query.expression != nil {
            for trace in traces where query.matches(trace) { ids.insert(trace.spans.traceID(0)) }
        } else {
            for batch in batches {
                let filter = PreparedFilter(query.filter, for: batch)
                for row in 0..<batch.count
                where query.start.contains(batch.spans.starts[row]) && filter.matches(row, in: batch) {
                    ids.insert(batch.spans.traceID(row))
                }
            }
        }
        return ids.map { TracePosition(query.order, $0, measures[$0] ?? .nothing) }.sorted()
    }
}

/// Makes the questions: what a search form asks, filters of every kind, sets of spans that stand in a relation.
private struct RandomQuestion {
    private var random: SplitMix
    private var filters: RandomFilter
    private let tags: [TagCondition]

    init(seed: UInt64, _ known: KnownStore) {
        random = SplitMix(state: seed)
        filters = RandomFilter(seed: seed + 1)
        // Tags that are there, by the texts that the form shows for them.
        var tags: [TagCondition] = []
        for trace in known.traces.prefix(30) {
            for row in 0..<trace.count {
                for index in trace.spanAttributes.range(row) {
                    let attribute = trace.spanAttributes[index]
                    let key = trace.strings.text(attribute.key)
                    tags.append(TagCondition(key: key, text: Self.text(trace.value(attribute))))
                }
            }
        }
        self.tags = tags
    }

    /// The text by which the form asks for a value.
    private static func text(_ value: AttributeValue) -> String {
        switch value {
        case .string(let text): text
        case .bytes: String(value.jsonText.dropFirst().dropLast())
        default: value.jsonText
        }
    }

    mutating func next() -> TraceQuery {
        let expression: SpansetExpression =
            switch random.number(below: 8) {
            case 0, 1, 2: .filter(filters.filter(depth: 2))
            case 3, 4: .filter(form())
            case 5: reread(.filter(filters.filter(depth: 2)))
            default: self.expression(depth: 2)
            }
        var query = TraceQuery(expression, start: window(), limit: [1, 3, 7, 20][random.number(below: 4)])
        query.order = TraceOrder.allCases[random.number(below: TraceOrder.allCases.count)]
        return query
    }

    private mutating func window() -> ClosedRange<UInt64> {
        if random.number(below: 2) == 0 { return 0...UInt64.max }
        let first = KnownStore.base + UInt64(random.number(below: 1_500_000_000))
        return first...first + UInt64(random.number(below: 900_000_000))
    }

    /// What Jaeger's search form can ask: service, operation, tags, durations.
    private mutating func form() -> SpanFilter {
        var parts: [SpanFilter] = []
        if random.number(below: 2) == 0 { parts.append(.service("service-\(random.number(below: 5))")) }
        if random.number(below: 3) == 0 { parts.append(.name("operation-\(random.number(below: 11))")) }
        if random.number(below: 4) == 0 { parts.append(.durationAtLeast(Int64(random.number(below: 5_000_000)))) }
        if random.number(below: 4) == 0 { parts.append(.durationAtMost(Int64(random.number(below: 5_000_000)))) }
        for _ in 0...random.number(below: 2) { parts.append(.tag(tag())) }
        return .all(parts)
    }

    private mutating func tag() -> TagCondition {
        let special = [
            TagCondition(key: "error", text: "true"), TagCondition(key: "span.kind", text: "server"),
            TagCondition(key: "host.name", text: "host-1"), TagCondition(key: "resource.host.name", text: "host-3"),
            TagCondition(key: "event", text: "log"), TagCondition(key: "otel.status_code", text: "ERROR"),
            TagCondition(key: "http.method", text: "PUT"),
            TagCondition(key: "otel.scope.name", text: "instrumentation"),
        ]
        return random.number(below: 3) == 0
            ? special[random.number(below: special.count)] : tags[random.number(below: tags.count)]
    }

    private mutating func expression(depth: Int) -> SpansetExpression {
        switch depth == 0 ? 0 : random.number(below: 6) {
        case 0: return .filter(filters.filter(depth: 1))
        case 1: return .all(of: [expression(depth: depth - 1), expression(depth: depth - 1)])
        case 2: return .any(of: [expression(depth: depth - 1), expression(depth: depth - 1)])
        case 3:
            let most: FilterValue = .int(Int64(random.number(below: 3)))
            return .pipeline(.filter(filters.filter(depth: 1)), [.aggregate(.count, .greater, most)])
        default:
            let kinds = Relation.Kind.allCases
            let forms = Relation.Form.allCases
            let relation = Relation(
                kinds[random.number(below: kinds.count)],
                forms[random.number(below: forms.count)]
            )
            return .related(expression(depth: depth - 1), relation, expression(depth: depth - 1))
        }
    }

    /// What the parser makes of the text of an expression.
    private func reread(_ expression: SpansetExpression) -> SpansetExpression {
        (try? SpansetExpression(traceQL: expression.traceQL)) ?? expression
    }
}
