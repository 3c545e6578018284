import EmbeddedStore
import Foundation
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// Traces that come in pages are set right as those that come whole.
struct LargeTraceTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000

    /// The client's side of a call, spans of the server's side below it, and last, on another page, that side itself,
    /// on a host whose clock is late.
    private static func spans(_ count: Int) -> SpanBatch {
        var builder = BatchBuilder()
        builder.row.traceID = TraceID(low: 0xB16)
        builder.row.startNanoseconds = now
        builder.resource(.zipkin, "web", [("host.name", .string("a"))])
        builder.row.spanID = SpanID(0xC0FFEE)
        builder.row.durationNanoseconds = 9_000_000
        builder.row.kind = .client
        builder.end("call")
        builder.resource(.zipkin, "shop", [("host.name", .string("b"))])
        builder.row.kind = .internal
        builder.row.durationNanoseconds = 1_000
        builder.row.parentSpanID = SpanID(0xC0FFEE)
        for index in 0..<(count - 2) {
            builder.row.spanID = SpanID(UInt64(index + 1) << 24)
            builder.row.startNanoseconds = now + 10_000_000 + UInt64(index)
            builder.end("step")
        }
        builder.row.spanID = SpanID(0xC0FFEE)
        builder.row.parentSpanID = SpanID(0)
        builder.row.startNanoseconds = now + 20_000_000
        builder.row.durationNanoseconds = 5_000_000
        builder.row.kind = .server
        builder.end("call")
        return builder.batch
    }

    private func answers(_ paths: [String], spans: Int) async throws -> [RouteAnswer] {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.spans(spans))
        var answers: [RouteAnswer] = []
        for path in paths { answers.append(try await routeAnswer(.get, path, of: store, now: Self.now)) }
        await store.close()
        return answers
    }

    @Test(arguments: [100, TracePages.pageSpans + 7])
    func `ids that two spans share are made two, whatever the size of the trace`(count: Int) async throws {
        let paths = [
            "/api/traces/b16", "/api/traces/b16?raw=true", "/api/v3/traces/b16", "/api/v3/traces/b16?rawTraces=true",
        ]
        let answers = try await answers(paths, spans: count)
        #expect(answers.allSatisfy { $0.status == 200 })
        // The steps are called by the server's side, whose new id is 1.
        let parents = #""refType":"CHILD_OF","traceID":"0000000000000b16","spanID":"0000000000000001""#
        #expect(answers[0].body.components(separatedBy: parents).count == count - 1)
        #expect(answers[0].body.contains(#""warnings":["this span's id 0000000000c0ffee is also that of the client's"#))
        #expect(!answers[0].body.contains("too large"))
        #expect(!answers[1].body.contains(parents) && !answers[1].body.contains("is also that of"))
        let otlp = #""parentSpanId":"0000000000000001""#
        #expect(answers[2].body.components(separatedBy: otlp).count == count - 1)
        let mark = #"{"key":"@jaeger@warnings","value":{"arrayValue":{"values":[{"stringValue":"this span's id"#
        #expect(answers[2].body.components(separatedBy: mark).count == 2)
        #expect(!answers[3].body.contains(otlp) && !answers[3].body.contains("@jaeger@warnings"))
    }

    @Test func `clocks are set right in a large trace if that is asked for`() async throws {
        let count = TracePages.pageSpans + 7
        let paths = ["/api/traces/b16?clockSkew=true", "/api/traces/b16", "/api/v3/traces/b16?clockSkew=true"]
        let answers = try await answers(paths, spans: count)
        // The server's side is put into the middle of the client's, and all that it called moves along.
        let moved = "this span's timestamps were adjusted by -18ms"
        #expect(answers[0].body.components(separatedBy: moved).count == count)
        #expect(answers[0].body.contains(#""startTime":1700000000002000"#))
        #expect(!answers[1].body.contains("timestamps were adjusted"))
        #expect(answers[2].body.components(separatedBy: moved).count == count)
    }
}
