import EmbeddedStore
import Foundation
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// What one listener of the live tail is told.
struct TailStreamTests {
    /// Ten traces of five spans each, those of a trace apart from each other.
    private static func spans() -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(.otlp, "shop")
        for number in 0..<50 {
            builder.row.traceID = TraceID(low: UInt64(number % 10 + 1))
            builder.end("step")
        }
        return builder.batch
    }

    /// The events of a second in which all of these spans come in.
    private func second(showsTraces: Bool, rate: Int) async throws -> String {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.spans())
        let query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 1)
        var stream = TailStream(query, showsTraces: showsTraces, rate: rate)
        var queue = LiveTail.Listener.Queue()
        queue.batches = [Self.spans()]
        var events: [UInt8] = []
        for _ in 0..<5 {
            events += await stream.events(queue, store: store)
            queue = LiveTail.Listener.Queue()
        }
        await store.close()
        return String(decoding: events, as: UTF8.self)
    }

    @Test func `a trace counts once, whether it is told or left out`() async throws {
        let some = try await second(showsTraces: true, rate: 3)
        #expect(some.components(separatedBy: "event: trace").count == 4)
        #expect(some.contains(#"data: {"count":7,"total":7}"#), "\(some)")
        #expect(some.contains(#"data: {"received":50,"matched":10,"sent":3,"skipped":7}"#), "\(some)")
        let all = try await second(showsTraces: true, rate: 10)
        #expect(all.contains(#"data: {"received":50,"matched":10,"sent":10,"skipped":0}"#), "\(all)")
        #expect(!all.contains("event: skipped"))
    }

    @Test func `spans are told up to the rate, and the others counted`() async throws {
        let some = try await second(showsTraces: false, rate: 20)
        #expect(some.components(separatedBy: "event: span").count == 21)
        #expect(some.contains(#"data: {"received":50,"matched":50,"sent":20,"skipped":30}"#), "\(some)")
    }
}
