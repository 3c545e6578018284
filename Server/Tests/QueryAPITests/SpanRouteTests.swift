import EmbeddedStore
import Foundation
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// Some spans of a trace, and what an id may be of.
struct SpanRouteTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000

    /// A trace of 25,000 spans, which no page holds, and one of Jaeger's.
    private func answers(_ paths: [String]) async throws -> [RouteAnswer] {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        var builder = BatchBuilder()
        builder.resource(.otlp, "big", [("service.name", .string("big"))])
        builder.row.traceID = TraceID(high: 0xABCD_0000_0000_0000, low: 0x77)
        for index in 0..<25_000 {
            builder.row.startNanoseconds = Self.now + UInt64(index)
            builder.row.parentSpanID = SpanID(index == 0 ? 0 : 1)
            if index == 12_500 { builder.resource(.otlp, "other", [("service.name", .string("other"))]) }
            builder.tag("index", .int(Int64(index)))
            builder.end("op")
        }
        builder.resource(.jaeger, "small")
        builder.row.traceID = TraceID(low: 0xABCD_0000_0000_0001)
        builder.row.parentSpanID = .none
        builder.row.spanID = SpanID(0xABCD_0000_0000_0002)
        builder.end("root")
        try await store.append(builder.batch)
        var answers: [RouteAnswer] = []
        for path in paths { answers.append(try await routeAnswer(.get, path, of: store, now: Self.now)) }
        await store.close()
        return answers
    }

    @Test func `a trace that no page holds comes whole, its processes once`() async throws {
        let id = "abcd0000000000000000000000000077"
        let answers = try await answers(["/api/traces/\(id)", "/api/v3/traces/\(id)"])
        #expect(answers[0].body.hasPrefix(#"{"data":[{"traceID":"\#(id)","spans":[{"#))
        #expect(answers[0].body.hasSuffix(#""total":0,"limit":0,"offset":0,"errors":null}"#))
        #expect(answers[0].count(of: #""operationName":"op""#) == 25_000)
        #expect(answers[0].count(of: #""processID":"p1""#) == 12_500)
        #expect(answers[0].count(of: #""processID":"p2""#) == 12_500)
        let processes = #""processes":{"p1":{"serviceName":"big","tags":[]},"p2":{"serviceName":"other","tags":[]}}"#
        #expect(answers[0].body.contains(processes))
        #expect(answers[0].body.contains(#""warnings":null}],"total":0"#))
        #expect(answers[1].count(of: #""name":"op""#) == 25_000)
        #expect(answers[1].body.hasSuffix("]}]}]}}"))
    }

    @Test func `spans are found in a trace by their ids`() async throws {
        let path = "/api/traces/abcd0000000000000000000000000077/spans"
        let answers = try await answers([
            "\(path)?spanID=5&spanID=00000000000061A8&spanID=dead", "\(path)?spanID=5,6", "\(path)?spanID=dead",
            "\(path)?spanID=x", path, "/api/traces/beef/spans?spanID=5",
            "\(path)?" + (1...1001).map { "spanID=\($0)" }.joined(separator: "&"),
        ])
        #expect(answers[0].count(of: #""spanID":"#) == 4)
        #expect(answers[0].body.contains(#"{"key":"index","type":"int64","value":24999}"#))
        #expect(answers[1].count(of: #""operationName":"#) == 2)
        #expect(answers[2].body == #"{"data":[],"total":0,"limit":0,"offset":0,"errors":null}"#)
        #expect(answers[3].status == 400)
        #expect(answers[3].body.contains("parameter 'spanID': 'x' is not understood; it is 1 to 16 hexadecimal digits"))
        #expect(answers[4].status == 400)
        #expect(answers[5].status == 404)
        #expect(answers[6].body.contains("1 to 1000 ids are needed, not 1001"))
    }

    @Test func `an id is looked up by its beginning, its number, and as that of a span`() async throws {
        let answers = try await answers([
            "/api/lookup/ABCD", "/api/lookup/abcd0000000000000000", "/api/lookup/0000000000000000abcd0000",
            "/api/lookup/abcd000000000002", "/api/lookup/beef", "/api/lookup/abc", "/api/lookup/xyz1",
            "/api/lookup/abcd?limit=0", "/api/lookup/abcd?limit=1",
        ])
        #expect(answers[0].count(of: #""kind":"trace""#) == 2)
        #expect(answers[1].count(of: #""kind":"#) == 1)
        #expect(answers[1].body.contains(#""spanCount":25000"#))
        #expect(answers[2].count(of: #""kind":"#) == 1)
        let span = #"""
            {"data":[{"kind":"span","traceID":"abcd000000000001","spanID":"abcd000000000002",\#
            "rootServiceName":"small","rootOperationName":"root","startTime":1700000000000024,"duration":1500,\#
            "spanCount":1}],"total":1
            """#
        #expect(answers[3].body.hasPrefix(span), "\(answers[3].body)")
        #expect(answers[4].body.hasPrefix(#"{"data":[],"#))
        for answer in answers[5...7] { #expect(answer.status == 400) }
        #expect(answers[8].count(of: #""kind":"#) == 1)
    }
}

extension RouteAnswer {
    /// How often a text occurs.
    func count(of text: String) -> Int { body.components(separatedBy: text).count - 1 }
}
