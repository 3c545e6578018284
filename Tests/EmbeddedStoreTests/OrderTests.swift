import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// Orders, pages, totals and budgets of searches, against a look at every trace.
@Suite struct OrderTests {
    private static let base: UInt64 = 1_700_000_000_000_000_000

    /// A store and every trace in it, with the data in the head, in small blocks, or in both.
    private struct Filled {
        let store: EmbeddedStore
        var traces: [SpanBatch] = []
        private var model = BruteForce()
        private var generator: TraceGenerator

        init(seed: UInt64, blockSpans: Int) async throws {
            var configuration = EmbeddedStoreConfiguration(directory: nil)
            configuration.blockSpansMax = blockSpans
            store = try EmbeddedStore.open(configuration)
            generator = TraceGenerator(seed: seed)
            for index in 0..<10 { try await append(traces: 1...90, at: UInt64(index) * 50_000_000) }
            await store.settle()
            #expect((store.statistics().segments > 0) == (blockSpans < 600))
        }

        mutating func append(traces range: ClosedRange<UInt64>, at time: UInt64) async throws {
            let batch = generator.batch(spans: 60, traces: range, around: OrderTests.base + time)
            model.append(batch)
            try await store.append(batch)
            traces = model.assembledTraces
        }

        /// Every trace that matches, in the order asked for.
        func expected(_ query: TraceQuery) -> [TracePosition] {
            traces.filter { query.matches($0) }.map { trace in
                var measure = TraceMeasure.nothing
                for row in 0..<trace.count {
                    measure.add(
                        start: trace.spans.starts[row],
                        duration: trace.spans.durations[row],
                        status: trace.spans.statuses[row]
                    )
                }
                return TracePosition(query.order, trace.spans.traceID(0), measure)
            }.sorted()
        }
    }

    private static let questions: [SpansetExpression] = {
        let texts = [
            "{ }", "{ resource.service.name = `service-1` && span.http.status_code >= 202 }",
            "{ status = error } >> { kind = client }", "{ traceDuration > 400ms && name = `operation-3` }",
            "{ trace:spanCount > 4 && rootName != nil } | count() > 1", "{ span.no.such = 1 }",
            "{ rootServiceName = `service-2` || !(traceDuration < 900ms) || rootName =~ `.*-[1-4]` && kind = server }",
        ]
        return texts.compactMap { try? SpansetExpression(traceQL: $0) }
    }()

    @Test(arguments: TraceOrder.allCases, [150, 400, 10_000])
    func `pages in any order hold what looking at every trace finds`(order: TraceOrder, blockSpans: Int) async throws {
        let filled = try await Filled(seed: UInt64(blockSpans), blockSpans: blockSpans)
        #expect(Self.questions.count == 7)
        for question in Self.questions {
            await Task.yield()
            for window in [0...UInt64.max, Self.base + 200_000_000...Self.base + 900_000_000] {
                var query = TraceQuery(question, start: window, limit: 7)
                query.order = order
                let expected = filled.expected(query)
                var found: [TraceID] = []
                for page in 0..<100 {
                    query.countsAll = page == 1
                    let answer = try await filled.store.findTraces(query)
                    found += answer.traces.map { $0.spans.traceID(0) }
                    #expect(answer.outcome.partial == nil)
                    #expect(answer.outcome.total.isExact ? answer.outcome.total.count == expected.count : page != 1)
                    #expect((answer.traces.count...expected.count).contains(answer.outcome.total.count))
                    for (trace, sets) in zip(answer.traces, answer.spansets) {
                        #expect(query.spansets(of: trace) == sets)
                    }
                    let sums = try await filled.store.findTraceSummaries(query)
                    #expect(sums.summaries == answer.traces.map { TraceSummary(of: $0) })
                    // Blocks may have been merged between the two, so that other numbers of spans were looked at.
                    #expect(sums.outcome.next == answer.outcome.next)
                    guard let next = answer.outcome.next else { break }
                    #expect(answer.traces.count == 7)
                    query.after = next
                }
                let isSame = found == expected.map(\.id)
                #expect(isSame, "\(order) \(window): \(found.count) of \(expected.count)")
            }
        }
        await filled.store.close()
    }

    @Test func `spans that arrive between two pages neither repeat nor hide a trace`() async throws {
        var filled = try await Filled(seed: 77, blockSpans: 250)
        var first: UInt64 = 10_000
        for order in TraceOrder.allCases {
            var query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 11)
            query.order = order
            let before = filled.expected(query).map(\.id)
            var found: [TraceID] = []
            for page in 0..<100 {
                let answer = try await filled.store.findTraces(query)
                found += answer.traces.map { $0.spans.traceID(0) }
                guard let next = answer.outcome.next else { break }
                query.after = next
                // Traces that nobody has seen yet, before and behind the page's end.
                first += 1_000
                if page < 4 { try await filled.append(traces: first...first + 40, at: UInt64(page) * 300_000_000) }
            }
            let old = Set(before)
            let isSame = found.filter(old.contains) == before
            #expect(isSame, "\(order)")
            #expect(Set(found).count == found.count, "\(order)")
        }
        await filled.store.close()
    }

    @Test func `over its budget a search gives what it found so far and says why`() async throws {
        let filled = try await Filled(seed: 5, blockSpans: 150)
        var query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 1_000)
        query.budget.nanoseconds = 0
        var answer = try await filled.store.findTraces(query)
        #expect(answer.outcome.partial?.reason == .time)
        #expect(answer.traces.isEmpty && answer.outcome.next == nil && !answer.outcome.total.isExact)

        query.budget = .standard
        query.budget.scannedSpans = 200
        let all = filled.expected(query)
        answer = try await filled.store.findTraces(query)
        let mark = try #require(answer.outcome.partial)
        #expect(mark.reason == .scannedSpans)
        // It ends with the head or the block in which the budget does; how much is in the head still is chance.
        #expect((200..<600).contains(mark.scannedSpans))
        #expect(mark.spans == 600)
        // What it says to be complete is so.
        let bound = try #require(mark.completeDownTo)
        let complete = all.filter { $0.start >= bound }.map(\.id)
        #expect(Array(answer.traces.map { $0.spans.traceID(0) }.prefix(complete.count)) == complete)
        #expect("\(mark)".contains("of 600 spans were looked at"))

        query.order = .longest
        answer = try await filled.store.findTraces(query)
        #expect(answer.outcome.partial?.reason == .scannedSpans)
        await filled.store.close()
    }

    @Test func `an answer that needs more memory than it may is cut into pages`() async throws {
        let filled = try await Filled(seed: 6, blockSpans: 150)
        var query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 1_000)
        let expected = filled.expected(query).map(\.id)
        query.budget.heldBytes = 30_000
        var found: [TraceID] = []
        var pages = 0
        while pages < 200 {
            let answer = try await filled.store.findTraces(query)
            found += answer.traces.map { $0.spans.traceID(0) }
            pages += 1
            guard let next = answer.outcome.next else { break }
            #expect(answer.outcome.partial?.reason == .heldBytes)
            // Once more for tables of strings that were grown in steps.
            #expect(answer.traces.reduce(0) { $0 + $1.byteCount } <= 33_000)
            query.after = next
        }
        #expect(pages > 5)
        #expect(found == expected)
        await filled.store.close()
    }

    @Test func `a question that is withdrawn ends`() async throws {
        let filled = try await Filled(seed: 8, blockSpans: 150)
        let store = filled.store
        let answer = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await store.findTraces(TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 9))
        }
        answer.cancel()
        #expect(try await answer.value.outcome.partial?.reason == .cancelled)
        await store.close()
    }

    @Test func `only so many questions are answered at a time, and only so many wait`() async throws {
        let threads = QueryThreads(runningMax: 1, waitingMax: 2)
        let refused = await withTaskGroup(of: Bool.self) { group in
            let gate = QueryMeter.Cancellation()
            for _ in 0..<8 {
                group.addTask {
                    do throws(SpanStoreError) {
                        return try await threads.run(.standard) { meter throws(SpanStoreError) in
                            while !gate.isCancelled, meter.exhaustion == nil {}
                            return false
                        }
                    } catch {
                        return error == .overloaded(retryAfterSeconds: 1)
                    }
                }
            }
            var refused = 0
            for await isRefused in group {
                if isRefused { refused += 1 }
                if refused == 5 { gate.cancel() }
            }
            return refused
        }
        #expect(refused == 5)
    }
}

extension BruteForce {
    /// All traces, put together, their spans in the order of their start and id.
    var assembledTraces: [SpanBatch] {
        var collection = TraceCollection(traceIDs)
        for batch in batches { HeadChunk(batch).collect(into: &collection) }
        return traceIDs.compactMap { collection.trace($0) }
    }
}
