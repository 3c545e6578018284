import EmbeddedStore
import SpanStorage
import TraceModel

/// Questions to a store of several segments, whose files the system has in memory.
final class QuestionBenchmarks {
    private static let segments = 8
    private static let segmentSpans = 24_576
    private static let repetitions = 20

    private var store: EmbeddedStore?
    private var traces: [TraceID] = []
    private var rareValue = ""

    /// The benchmarks; the store is made when the first of them runs.
    func all() -> [Benchmark] {
        [
            scan("scan-rare") { #"{ span.request.id = "\#($0)" }"# },
            // What is answered without a look at a page takes microseconds: it has to be asked often to be measured.
            scan("scan-absent", finds: false, repetitions: 50 * Self.repetitions) { _ in
                #"{ span.request.id = "none" }"#
            },
            scan("scan-common") { _ in #"{ span.http.request.method = "GET" }"# },
            scan("scan-regex") { _ in #"{ span.url.path =~ "/cart/.*77" }"# },
            scan("scan-structure") { _ in
                #"{ resource.service.name = "gateway" } >> { status = error && span.cloud.region = "eu-west-1" }"#
            },
            lookup("lookup") { traces, index in traces[index * 7_919 % traces.count] },
            lookup("lookup-missing", finds: false, count: 20_000) { _, index in TraceID(high: 1, low: UInt64(index) + 1)
            },
        ]
    }

    func close() async { await store?.close() }

    private func opened() async throws -> EmbeddedStore {
        if let store { return store }
        let path = Folders.path("questions")
        try Folders.make(path)
        let store = try EmbeddedStore.open(quietConfiguration(path, blockSpansMax: Self.segmentSpans))
        var load = Load(seed: 4)
        for segment in 1...Self.segments {
            for batch in try batches(Self.segmentSpans / 1_024, spans: 1_024, from: &load) {
                for row in 0..<batch.count where batch.spans.parentSpanIDs[row] == 0 {
                    traces.append(TraceID(high: batch.spans.traceIDHigh[row], low: batch.spans.traceIDLow[row]))
                }
                try await store.append(batch)
            }
            try await store.waitForSegments(segment)
        }
        traces.sort()
        let sample = traces[traces.count / 3]
        rareValue = try await requestID(of: sample, in: store)
        self.store = store
        return store
    }

    /// The value of an attribute that no other span has.
    private func requestID(of trace: TraceID, in store: EmbeddedStore) async throws -> String {
        guard let spans = try await store.trace(trace) else {
            throw BenchmarkError(description: "the trace \(trace) was stored and is not there")
        }
        for index in spans.spanAttributes.range(0) {
            let attribute = spans.spanAttributes[index]
            if spans.strings.text(attribute.key) == "request.id" {
                return spans.strings.text(StringRef(attribute.value))
            }
        }
        throw BenchmarkError(description: "the trace \(trace) has no request.id")
    }

    private func scan(
        _ name: String,
        finds: Bool = true,
        repetitions: Int = QuestionBenchmarks.repetitions,
        _ text: @escaping (String) -> String
    ) -> Benchmark {
        Benchmark(name: name, unit: "question") { [self] in
            let store = try await opened()
            let expression = try SpansetExpression(traceQL: text(rareValue))
            let query = TraceQuery(expression, start: 0...UInt64.max, limit: 20)
            var found = 0
            let nanoseconds = try await processorTime {
                for _ in 0..<repetitions { found += try await store.findTraces(query).traces.count }
            }
            guard (found > 0) == finds else {
                throw BenchmarkError(description: "\(name) found \(found) traces by \(text(rareValue))")
            }
            return (repetitions, nanoseconds)
        }
    }

    private func lookup(
        _ name: String,
        finds: Bool = true,
        count: Int = 200,
        _ id: @escaping ([TraceID], Int) -> TraceID
    ) -> Benchmark {
        Benchmark(name: name, unit: "question") { [self] in
            let store = try await opened()
            var found = 0
            let nanoseconds = try await processorTime {
                for index in 0..<count where try await store.trace(id(traces, index)) != nil { found += 1 }
            }
            guard found == (finds ? count : 0) else {
                throw BenchmarkError(description: "\(name) found \(found) of \(count) traces")
            }
            return (count, nanoseconds)
        }
    }
}
