import EmbeddedStore
import Foundation
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// `/api/v3`, and what turns OTLP into Jaeger's form.
struct V3RouteTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000
    private static let window = "query.startTimeMin=2023-11-14T00:00:00Z&query.startTimeMax=2023-11-15T00:00:00Z"

    private func answer(
        _ path: String,
        method: HTTPRequest.Method = .get,
        body: String = ""
    ) async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(RouteTests.spans())
        let answer = try await routeAnswer(method, path, of: store, now: Self.now, body: body)
        await store.close()
        return answer
    }

    @Test func `services and operations come without an envelope`() async throws {
        #expect(try await answer("/api/v3/services").body == #"{"services":["shop","team/billing"]}"#)
        let all = try await answer("/api/v3/operations?service=team%2Fbilling").body
        #expect(all == #"{"operations":[{"name":"charge \u0026 \u003cpay\u003e","spanKind":"internal"}]}"#)
        let servers = #"{"operations":[{"name":"GET /","spanKind":"server"},{"name":"POST /","spanKind":"server"}]}"#
        #expect(try await answer("/api/v3/operations?service=shop&spanKind=server").body == servers)
        #expect(try await answer("/api/v3/operations?service=shop&span_kind=server").body == servers)
        #expect(try await answer("/api/v3/operations?service=nobody").body == #"{"operations":[]}"#)
    }

    @Test(arguments: [
        "b", "000000000000000A000000000000000B", "AAAAAAAAAAoAAAAAAAAACw%3D%3D", "AAAAAAAAAAoAAAAAAAAACw",
    ])
    func `a trace is found by its id in hexadecimal and in base64`(id: String) async throws {
        let answer = try await answer("/api/v3/traces/\(id)?startTime=2023-11-14T00:00:00Z&rawTraces=true")
        #expect(answer.status == 200)
        #expect(answer.type == "application/json")
        #expect(answer.body.hasPrefix(#"{"result":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name""#))
        let id = id == "b" ? "0000000000000000000000000000000b" : "000000000000000a000000000000000b"
        #expect(answer.body.contains(#""traceId":"\#(id)""#))
    }

    @Test(arguments: ["query.serviceName", "query.service_name"])
    func `a search takes names in camel and in snake case`(name: String) async throws {
        let answer = try await answer("/api/v3/traces?\(name)=shop&\(Self.window)&query.searchDepth=2")
        #expect(answer.status == 200)
        // The newest two.
        #expect(answer.body.contains(#""traceId":"0000000000000000000000000000012c""#))
        #expect(answer.body.contains(#""traceId":"0000000000000000000000000000012b""#))
        #expect(answer.body.components(separatedBy: "traceId").count == 3)
    }

    @Test func `a search finds by attributes, duration and time with a forgotten escape`() async throws {
        let attributes = "query.attributes=%7B%22index%22%3A%2242%22%7D"
        let found = try await answer("/api/v3/traces?\(Self.window)&\(attributes)&query.durationMin=42ms")
        #expect(found.body.components(separatedBy: "traceId").count == 2)
        #expect(found.body.contains(#""traceId":"0000000000000000000000000000002b""#))
        let late = "query.startTimeMin=2023-11-14T23:00:00+01:00&query.startTimeMax=2023-11-14T23:13:19.99+01:00"
        #expect(try await answer("/api/v3/traces?\(late)&query.numTraces=1").body.contains("0000000000000123\""))
    }

    @Test func `summaries have the fields that Jaeger's page asks for`() async throws {
        let answer = try await answer(
            "/api/v3/trace-summaries?query.serviceName=shop&\(Self.window)&query.searchDepth=1"
        )
        #expect(
            answer.body == """
                {"summaries":[{"traceId":"0000000000000000000000000000012c","rootServiceName":"shop",\
                "rootOperationName":"POST /","minStartTimeUnixNano":"1699999999999000000",\
                "maxEndTimeUnixNano":"1700000000298000000","spanCount":1,"errorSpanCount":0,\
                "services":[{"name":"shop","spanCount":1,"errorSpanCount":0}]}]}
                """
        )
    }

    @Test(arguments: [
        (
            "/api/v3/traces/xyz", 400,
            #"malformed parameter trace_id: strconv.ParseUint: parsing \"xyz\": invalid syntax"#
        ),
        ("/api/v3/traces/beef", 404, "No traces found"),
        (
            "/api/v3/traces/1?startTime=x", 400,
            "malformed parameter startTime: 'x' is not understood; it is a time such as"
        ),
        ("/api/v3/traces?query.serviceName=a", 400, "query.startTimeMin and query.startTimeMax are required"),
        ("/api/v3/traces?\(window)&query.serviceName=nobody", 404, "No traces found"),
        ("/api/v3/traces?\(window)&query.search_depth=x", 400, "malformed parameter query.search_depth"),
        (
            "/api/v3/traces?\(window)&query.searchDepth=10001", 400,
            "query.searchDepth is 10001; it is a whole number up to 10000"
        ),
        (
            "/api/v3/traces?\(window)&query.durationMin=10", 400,
            "malformed parameter query.durationMin: time: missing unit"
        ),
        ("/api/v3/traces?\(window)&query.durationMin=-1s", 400, "malformed parameter query.durationMin"),
        ("/api/v3/traces?\(window)&query.durationMin=2s&query.durationMax=1s", 400, "must not be greater than"),
        ("/api/v3/traces?\(window)&query.attributes=%5B%5D", 400, "malformed parameter query.attributes"),
        ("/api/v3/traces?\(window)&query.rawTraces=maybe", 400, "malformed parameter query.rawTraces"),
        ("/api/v3/traces?\(window)&query.filter=%7B%7D", 400, "malformed parameter query.filter"),
        ("/api/v3/trace-summaries", 400, "are required"),
        ("/api/v3/operations", 400, "malformed parameter service"),
        (
            "/api/v3/operations?service=a&spanKind=x", 400,
            "malformed parameter spanKind: 'x' is not understood; it is one of"
        ),
        ("/api/v3/dependencies?endTime=yesterday", 400, "malformed parameter endTime"),
    ])
    func `errors say what was wrong in the form of v3`(path: String, status: Int, words: String) async throws {
        let answer = try await answer(path)
        #expect(answer.status == status)
        #expect(answer.type == "application/json")
        #expect(answer.body.hasPrefix(#"{"error":{"httpCode":\#(status),"message":""#))
        #expect(answer.body.contains(words), "\(answer.body)")
    }

    @Test func `OTLP is transformed into Jaeger's form, trace by trace`() async throws {
        let span = { (trace: String, name: String) in
            #"{"traceId":"\#(trace)","spanId":"00000000000000a1","name":"\#(name)","startTimeUnixNano":"5000"}"#
        }
        let first = String(repeating: "1", count: 32)
        let second = String(repeating: "2", count: 32)
        let spans = [span(first, "a"), span(second, "b"), span(first, "c")].joined(separator: ",")
        let body = #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans)]}]}]}"#
        let answer = try await answer("/api/transform", method: .post, body: body)
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix(#"{"data":[{"traceID":"\#(first)","spans":[{"#))
        #expect(answer.body.components(separatedBy: #""processes""#).count == 3)
        #expect(try await self.answer("/api/transform", method: .post, body: "{}").body.hasPrefix(#"{"data":[],"#))
    }

    @Test func `what is no OTLP is not transformed, and the answer says where it ends to be`() async throws {
        let answer = try await answer("/api/transform", method: .post, body: #"{"resourceSpans":7}"#)
        #expect(answer.status == 400)
        #expect(answer.body.contains("resourceSpans"))
    }

    @Test(arguments: [
        ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000 as UInt64?),
        ("2023-11-14t22:13:20.5z", 1_700_000_000_500_000_000),
        ("2023-11-15T00:13:20+02:00", 1_700_000_000_000_000_000),
        ("2023-11-14T20:13:20-02:00", 1_700_000_000_000_000_000),
        ("1970-01-01T00:00:00Z", 0), ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000), ("2023-02-29T00:00:00Z", nil),
        ("1969-12-31T23:59:59Z", nil), ("2023-11-14", nil), ("2023-11-14T22:13:20", nil), ("", nil),
        ("9999-01-01T00:00:00Z", nil),
        ("2023-11-14T22:13:20.Z", nil), ("2023-11-14T22:13:20Zx", nil), ("2023-13-14T22:13:20Z", nil),
        ("2023-11-14T22:13:20.123456789123Z", 1_700_000_000_123_456_789),
    ])
    func `moments are read as RFC 3339 writes them`(text: String, nanoseconds: UInt64?) {
        #expect(parseTime(text) == nanoseconds)
    }
}
