import EmbeddedStore
import Measuring
import TraceModel

/// From columns to the log and the head, and from there to a segment.
enum IngestBenchmarks {
    /// The size of a block as the server makes them.
    private static let blockSpans = 49_152

    static var append: Benchmark {
        Benchmark(name: "append", unit: "span") {
            var load = Load(seed: 2)
            let batches = try batches(16, spans: 1_000, from: &load)
            let path = Folders.path("append")
            try Folders.make(path)
            let store = try EmbeddedStore.open(quietConfiguration(path, blockSpansMax: .max))
            let nanoseconds = try await processorTime {
                for batch in batches { try await store.append(batch) }
            }
            let spans = Int(store.statistics().headSpans)
            await store.close()
            try Folders.remove(path)
            return (spans, nanoseconds)
        }
    }

    /// Everything that a seal is: columns, indexes, figures, the file, the catalogue, and the log that goes.
    static var seal: Benchmark {
        Benchmark(name: "seal", unit: "span", rounds: 5) {
            var load = Load(seed: 3)
            let first = try batches(blockSpans / 1_024, spans: 1_000, from: &load)
            let last = try batches(1, spans: 1, from: &load)
            let spans = (first + last).reduce(0) { $0 + $1.count }
            let path = Folders.path("seal")
            try Folders.make(path)
            let store = try EmbeddedStore.open(quietConfiguration(path, blockSpansMax: spans))
            for batch in first { try await store.append(batch) }
            let nanoseconds = try await processorTime {
                for batch in last { try await store.append(batch) }
                try await store.waitForSegments(1)
                await store.close()
            }
            try Folders.remove(path)
            return (spans, nanoseconds)
        }
    }

    /// Eight small segments become one: what a merge costs beside the seals that made them.
    static var merge: Benchmark {
        Benchmark(name: "merge", unit: "span", rounds: 5) {
            let inputs = 8
            let inputSpans = blockSpans / inputs - 100
            var load = Load(seed: 6)
            let path = Folders.path("merge")
            try Folders.make(path)
            var store = try EmbeddedStore.open(quietConfiguration(path, blockSpansMax: inputSpans))
            for input in 1...inputs {
                for batch in try batches(1, spans: inputSpans, from: &load) { try await store.append(batch) }
                try await store.waitForSegments(input)
            }
            await store.close()
            store = try EmbeddedStore.open(quietConfiguration(path, blockSpansMax: blockSpans))
            let spans = Int(store.statistics().spans)
            let nanoseconds = try await processorTime { try await store.compact() }
            let segments = store.statistics().segments
            await store.close()
            try Folders.remove(path)
            guard segments == 1 else { throw BenchmarkError(description: "\(segments) segments are left, not 1") }
            return (spans, nanoseconds)
        }
    }
}
