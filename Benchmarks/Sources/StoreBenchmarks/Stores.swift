import EmbeddedStore
import Foundation
import Receivers
import TraceModel

/// Folders that are gone when the program is.
enum Folders {
    private static let root = FileManager.default.temporaryDirectory
        .appendingPathComponent("martlet-bench-\(ProcessInfo.processInfo.processIdentifier)")

    static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

    static func remove(_ path: String) throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }

    static func make(_ path: String) throws {
        try remove(path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    static func removeAll() { try? FileManager.default.removeItem(at: root) }
}

/// How the stores are set up that are measured: nothing happens in them by itself.
func quietConfiguration(_ directory: String, blockSpansMax: Int) -> EmbeddedStoreConfiguration {
    var configuration = EmbeddedStoreConfiguration(directory: directory)
    configuration.blockSpansMax = blockSpansMax
    configuration.blockBytesMax = .max
    configuration.idleHeadSpansMin = .max
    configuration.headAgeMaxNanoseconds = .max
    configuration.mergedSegmentsMin = 1_000_000
    return configuration
}

/// Spans as the store is given them.
func batches(_ count: Int, spans: Int, from load: inout Load) throws -> [SpanBatch] {
    var batches: [SpanBatch] = []
    for _ in 0..<count {
        batches.append(try OTLPReceiver.decodeProtobuf(OTLPProtobuf.request(load.spans(spans)).span.bytes).batch)
    }
    return batches
}

extension EmbeddedStore {
    /// Returns when so many segments are there and nothing waits to become one.
    func waitForSegments(_ wanted: Int) async throws {
        for _ in 0..<60_000 {
            let statistics = statistics()
            if statistics.segments >= UInt64(wanted), statistics.headSpans == 0 { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw BenchmarkError(description: "after a minute there are \(statistics().segments) segments, not \(wanted)")
    }
}
