import EmbeddedStore
import TraceModel

/// From the call that opens a store to its first answer.
final class OpenBenchmark {
    private static let segments = 64
    private static let segmentSpans = 1_024

    private var path: String?

    var benchmark: Benchmark {
        Benchmark(name: "open-64-segments", unit: "start") { [self] in
            let path = try await filled()
            var store: EmbeddedStore?
            var services = 0
            let nanoseconds = try await processorTime {
                store = try EmbeddedStore.open(quietConfiguration(path, blockSpansMax: Self.segmentSpans))
                services = try await store?.services().count ?? 0
            }
            let segments = store?.statistics().segments ?? 0
            await store?.close()
            guard services == Load.services.count, segments >= UInt64(Self.segments) else {
                throw BenchmarkError(description: "the store opened with \(services) services, \(segments) segments")
            }
            return (1, nanoseconds)
        }
    }

    private func filled() async throws -> String {
        if let path { return path }
        let path = Folders.path("open")
        try Folders.make(path)
        let store = try EmbeddedStore.open(quietConfiguration(path, blockSpansMax: Self.segmentSpans))
        var load = Load(seed: 5)
        for segment in 1...Self.segments {
            for batch in try batches(1, spans: Self.segmentSpans, from: &load) { try await store.append(batch) }
            try await store.waitForSegments(segment)
        }
        await store.close()
        self.path = path
        return path
    }
}
