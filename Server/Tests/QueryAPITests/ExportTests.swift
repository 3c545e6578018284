import EmbeddedStore
import Foundation
import HTTPTypes
import Receivers
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// Traces as files.
struct ExportTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000

    private static func spans() -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(.otlp, "shop <&>", [("host.name", .string("a \"host\""))])
        builder.row.traceID = TraceID(low: 0x77)
        builder.row.startNanoseconds = now
        builder.tag("statement", .string("=1+1\n</script><script>alert(1)</script>"))
        builder.tag("count", .int(3))
        builder.event("cache.miss", at: now + 5, [("key", .string("k"))])
        builder.end("=cmd|' /C calc'!A0")
        builder.row.parentSpanID = SpanID(1)
        builder.row.status = .error
        builder.end("child")
        return builder.batch
    }

    private func answer(_ path: String) async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.spans())
        let answer = try await routeAnswer(.get, path, of: store, now: Self.now + 1_000_000)
        await store.close()
        return answer
    }

    @Test(arguments: ["otlp-json", "ndjson"])
    func `what is exported as OTLP is taken back as it was`(format: String) async throws {
        for path in ["/api/traces/77/export?format=\(format)", "/api/export?service=shop+%3C%26%3E&format=\(format)"] {
            let answer = try await answer(path)
            #expect(answer.status == 200)
            var lines = answer.body.split(separator: "\n")
            #expect(lines.count == 1)
            let line = Array(lines.removeFirst().utf8)
            let received = try OTLPReceiver.decodeJSON(line.span.bytes)
            let batch = received.batch
            #expect(batch.count == 2 && received.rejections.isEmpty)
            #expect(batch.service(of: 0) == "shop <&>" && batch.strings.text(batch.spans.names[1]) == "child")
            #expect(batch.value(batch.spanAttributes[1]) == .int(3) && batch.events.count == 1)
        }
    }

    @Test func `a table has a line for each span, and no formulas`() async throws {
        let answer = try await answer("/api/traces/77/export?format=csv")
        #expect(answer.type == "text/csv; charset=utf-8")
        #expect(answer.headers[.contentDisposition] == "attachment; filename=\"trace-0000000000000077.csv\"")
        let lines = answer.body.split(separator: "\r\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("traceID,spanID,parentSpanID,service,operation"))
        #expect(lines[1].contains(",shop <&>,'=cmd|' /C calc'!A0,"))
        #expect(lines[1].contains(#""{""statement"":""=1+1\n"#))
        #expect(
            lines[2].contains(",0000000000000001,shop <&>,child,unspecified,error,") || lines[2].contains(",error,")
        )
    }

    @Test func `a page has the trace in it, as text that ends no element`() async throws {
        let marks = "<title>%TITLE%</title><script nonce=\"%NONCE%\"></script><b>%TRACE%</b>%NONCE%"
        let template = TracePageTemplate(marks)
        var pages: [RouteAnswer] = []
        for _ in 0..<2 {
            let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
            try await store.append(Self.spans())
            let path = "/api/traces/77/export?format=html"
            pages.append(try await routeAnswer(.get, path, of: store, now: Self.now, tracePage: template))
            await store.close()
        }
        let answer = pages[0]
        #expect(answer.status == 200 && answer.type == "text/html; charset=utf-8")
        #expect(answer.headers[.contentDisposition] == "attachment; filename=\"trace-0000000000000077.html\"")
        #expect(answer.body.contains("<title>shop &lt;&amp;&gt;: =cmd|&#39; /C calc&#39;!A0</title>"))
        #expect(answer.body.components(separatedBy: "</script>").count == 2)
        let begin = try #require(answer.body.range(of: "<b>")).upperBound
        let end = try #require(answer.body.range(of: "</b>")).lowerBound
        let json = answer.body[begin..<end]
        #expect(!json.contains("<") && !json.contains(">"))
        let data = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect((data?["spans"] as? [Any])?.count == 2)
        // The number is used once: in both places of this page, and in no other page.
        let nonces = pages.map { String($0.body.suffix(32)) }
        #expect(answer.body.contains("nonce=\"\(nonces[0])\"") && nonces[0] != nonces[1])
    }

    @Test func `without a viewer there is no page`() async throws {
        let answer = try await answer("/api/traces/77/export?format=html")
        #expect(answer.status == 400 && answer.body.contains("there is no viewer here"))
    }

    @Test func `Jaeger's JSON and protobuf are there too`() async throws {
        let jaeger = try await answer("/api/traces/77/export")
        #expect(try jaeger.traceIDs() == [0x77])
        let search = try await answer("/api/export?format=jaeger")
        #expect(try search.traceIDs() == [0x77])
        let protobuf = try await answer("/api/traces/77/export?format=otlp-proto")
        #expect(protobuf.type == "application/x-protobuf" && protobuf.body.contains("child"))
    }

    @Test(arguments: [
        ("/api/traces/77/export?format=pdf", 400, "parameter 'format': 'pdf' is not understood; it is one of jaeger"),
        ("/api/traces/78/export", 404, "trace not found"), ("/api/traces/x/export", 400, "invalid syntax"),
        ("/api/export?format=html", 400, "parameter 'format': a page is of one trace"),
        ("/api/export?q=%7B&format=csv", 400, "parameter 'q'"),
    ])
    func `what cannot be exported is refused in words`(path: String, status: Int, words: String) async throws {
        let answer = try await answer(path)
        #expect(answer.status == status && answer.body.contains(words), "\(answer.body)")
    }
}
