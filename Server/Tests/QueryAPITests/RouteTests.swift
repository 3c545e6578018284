import EmbeddedStore
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// The routes over a real store in memory.
struct RouteTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000

    /// 300 traces of one span each, the newest last, and one of a service with a slash in its name.
    static func spans() -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(.jaeger, "shop")
        for index in 0..<300 {
            builder.row.traceID = TraceID(low: UInt64(index + 1))
            builder.row.startNanoseconds = now - UInt64(300 - index) * 1_000_000
            builder.row.durationNanoseconds = Int64(index) * 1_000_000
            builder.row.kind = index % 2 == 0 ? .server : .client
            builder.tag("index", .int(Int64(index)))
            builder.tag("padding", .string(String(repeating: "p", count: 500)))
            builder.end(index % 3 == 0 ? "GET /" : "POST /")
        }
        builder.resource(.otlp, "team/billing")
        builder.row.traceID = TraceID(high: 0xA, low: 0xB)
        builder.row.kind = .unspecified
        builder.end("charge & <pay>")
        return builder.batch
    }

    /// Sends one request to the routes over a store with these spans.
    func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        of spans: SpanBatch = RouteTests.spans(),
        basePath: String = ""
    ) async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        if !spans.isEmpty { try await store.append(spans) }
        let answer = try await routeAnswer(method, path, of: store, now: Self.now, basePath: basePath)
        await store.close()
        return answer
    }

    @Test func `services are listed and counted`() async throws {
        let answer = try await answer(.get, "/api/services")
        #expect(answer.status == 200)
        #expect(answer.type == "application/json")
        #expect(answer.body == #"{"data":["shop","team/billing"],"total":2,"limit":0,"offset":0,"errors":null}"#)
    }

    @Test func `a store without spans has no services, and says so with a list`() async throws {
        let answer = try await answer(.get, "/api/services", of: SpanBatch())
        #expect(answer.body == #"{"data":[],"total":0,"limit":0,"offset":0,"errors":null}"#)
    }

    @Test(arguments: ["team%2Fbilling", "team%2fbilling"])
    func `a service's name may hold a slash`(name: String) async throws {
        let answer = try await answer(.get, "/api/services/\(name)/operations")
        #expect(
            answer.body == #"{"data":["charge \u0026 \u003cpay\u003e"],"total":1,"limit":0,"offset":0,"errors":null}"#
        )
    }

    @Test func `operations come once by name and once by kind`() async throws {
        let names = try await answer(.get, "/api/services/shop/operations")
        #expect(names.body.hasPrefix(#"{"data":["GET /","POST /"],"total":2,"#))
        let kinds = try await answer(.get, "/api/operations?service=shop")
        #expect(
            kinds.body == """
                {"data":[{"name":"GET /","spanKind":"server"},{"name":"GET /","spanKind":"client"},\
                {"name":"POST /","spanKind":"server"},{"name":"POST /","spanKind":"client"}],\
                "total":4,"limit":0,"offset":0,"errors":null}
                """
        )
    }

    @Test(arguments: [
        ("server", 2), ("producer", 0), ("unspecified", 0), ("", 4),
    ])
    func `operations are limited to a kind`(
        kind: String,
        total: Int
    ) async throws {
        let answer = try await answer(.get, "/api/operations?service=shop&spanKind=\(kind)")
        #expect(answer.body.hasSuffix("],\"total\":\(total),\"limit\":0,\"offset\":0,\"errors\":null}"))
    }

    @Test func `an unknown service has no operations`() async throws {
        let empty = #","total":0,"limit":0,"offset":0,"errors":null}"#
        #expect(try await answer(.get, "/api/operations?service=x").body == #"{"data":[]"# + empty)
        #expect(try await answer(.get, "/api/services/x/operations").body == #"{"data":null"# + empty)
    }

    @Test(arguments: ["b", "0000000000000001", "00000000000000000000000000000001", "000000000000000A000000000000000B"])
    func `a trace is found by every spelling of its id`(id: String) async throws {
        let answer = try await answer(.get, "/api/traces/\(id)")
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix(#"{"data":[{"traceID":"0"#))
        #expect(answer.body.hasSuffix(#""warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}"#))
    }

    @Test(arguments: [
        ("/api/traces/deadbeef", 404, "trace not found"),
        ("/api/traces/0", 404, "trace not found"),
        ("/api/traces/xyz", 400, #"parameter 'id': strconv.ParseUint: parsing \"xyz\": invalid syntax; it is 1 to 32"#),
        ("/api/traces/%2B1", 400, #"parameter 'id': strconv.ParseUint: parsing \"+1\": invalid syntax; it is 1 to 32"#),
        (
            "/api/traces/1?start=abc", 400,
            #"unable to parse param 'start': strconv.ParseInt: parsing \"abc\": invalid syntax"#
        ),
        (
            "/api/traces/1?end=1.5", 400,
            #"unable to parse param 'end': strconv.ParseInt: parsing \"1.5\": invalid syntax"#
        ),
        ("/api/traces/1?raw=2", 400, #"unable to parse param 'raw': strconv.ParseBool: parsing \"2\": invalid syntax"#),
        ("/api/operations", 400, "parameter 'service' is required"),
        (
            "/api/operations?service=shop&spanKind=SERVER", 400,
            "parameter 'spanKind': 'SERVER' is not understood; it is one of unspecified, internal, server"
        ),
        ("/api/metrics/calls", 400, "unable to parse param 'service': please provide at least one service name"),
        (
            "/api/metrics/errors?service=a&spanKind=z", 400,
            "unable to parse param 'spanKind': unsupported span kind: 'z'"
        ),
        (
            "/api/metrics/latencies?service=a", 400,
            "unable to parse param 'quantile': strconv.ParseFloat: parsing \\\"\\\": invalid syntax"
        ),
        (
            "/api/metrics/latencies?service=a&quantile=1.5", 400,
            "parameter 'quantile': '1.5' is not understood; it is a number greater than 0 and not greater than 1"
        ),
        (
            "/api/metrics/calls?service=a&step=0", 400,
            "unable to parse param 'step': '0'; it is a whole number of milliseconds, greater than 0"
        ),
        (
            "/api/metrics/calls?service=a&lookback=1h", 400,
            "unable to parse param 'lookback': strconv.ParseInt: parsing \\\"1h\\\": invalid syntax"
        ),
        (
            "/api/dependencies?endTs=abc", 400,
            "unable to parse param 'endTs': strconv.ParseInt: parsing \\\"abc\\\": invalid syntax"
        ),
        (
            "/api/dependencies?lookback=1h", 400,
            "unable to parse param 'lookback': strconv.ParseInt: parsing \\\"1h\\\": invalid syntax"
        ),
    ])
    func `an error is an envelope of JSON`(path: String, status: Int, words: String) async throws {
        let answer = try await answer(.get, path)
        #expect(answer.status == status)
        #expect(answer.type == "application/json")
        let head = #"{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":\#(status),"msg":""# + words
        #expect(answer.body.hasPrefix(head), "\(answer.body)")
        #expect(answer.body.hasSuffix(#""}]}"#))
    }

    @Test func `a search finds the newest traces, newest first, and says when there are more`() async throws {
        let some = try await answer(.get, "/api/traces?service=shop&limit=3")
        #expect(try some.traceIDs() == [300, 299, 298])
        #expect(some.headers[try #require(HTTPField.Name("Martlet-Truncated"))] == "true")
        let all = try await answer(.get, "/api/traces?service=shop&limit=0")
        #expect(try all.traceIDs() == (1...300).reversed().map { UInt64($0) })
        #expect(all.headers[try #require(HTTPField.Name("Martlet-Truncated"))] == nil)
        // Too large for one piece: there is no length in front.
        #expect(all.headers[.contentLength] == nil)
    }

    @Test(
        arguments: [
            ("operation=GET+/&minDuration=290ms", [298, 295, 292].map { UInt64($0) }),
            ("tag=index:41&tag=padding:x", []),
            ("tags=%7B%22index%22:%2241%22%7D", [42]),
            ("minDuration=40ms&maxDuration=41ms", [42, 41]),
            ("start=1699999999700000&end=1699999999701000", [2, 1]),
            ("start=9&end=8", []),
        ] as [(String, [UInt64])]
    )
    func `conditions reach the store`(conditions: String, ids: [UInt64]) async throws {
        #expect(try await answer(.get, "/api/traces?service=shop&\(conditions)").traceIDs() == ids)
    }

    @Test func `traces by id come beside the word on those that are missing`() async throws {
        let answer = try await answer(.get, "/api/traces?traceID=7&traceID=dead&traceID=0000000000000009")
        #expect(try answer.traceIDs() == [7, 9])
        #expect(answer.body.hasSuffix(#""errors":[{"msg":"trace not found","traceID":"000000000000dead"}]}"#))
    }

    @Test func `an answer is indented when asked`() async throws {
        let answer = try await answer(.get, "/api/services?prettyPrint=true")
        #expect(answer.body.hasPrefix("{\n    \"data\": [\n        \"shop\",\n"))
    }

    @Test(arguments: [
        "/api/nope", "/api", "/api/", "/api/services/", "/api/traces/1/x", "/api/traces/1/", "/api/v3/nope",
    ])
    func `what is not there is not a page of the UI`(path: String) async throws {
        let answer = try await answer(.get, path)
        #expect(answer.status == 404)
        #expect(answer.body == "404 page not found\n")
        #expect(answer.type == "text/plain; charset=utf-8")
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .delete, .patch, .options])
    func `other methods are refused with the ones that work`(method: HTTPRequest.Method) async throws {
        for path in ["/api/services", "/api/traces", "/api/traces/1", "/api/operations", "/api/services/a/operations"] {
            let answer = try await answer(method, path)
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == "GET, HEAD")
            #expect(answer.body.isEmpty)
        }
    }

    @Test func `an archived trace is pinned, and only POST archives`() async throws {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.spans())
        let post = try await routeAnswer(.post, "/api/archive/1?start=1&end=2", of: store, now: Self.now)
        #expect(post.status == 200)
        #expect(post.body == #"{"data":[],"total":0,"limit":0,"offset":0,"errors":[]}"#)
        #expect(await store.pinnedTraces().map(\.id) == [TraceID(low: 1)])
        let again = try await routeAnswer(.post, "/api/archive/0001", of: store, now: Self.now)
        #expect(again.status == 200)
        #expect(try await routeAnswer(.post, "/api/archive/beef", of: store, now: Self.now).status == 404)
        #expect(try await routeAnswer(.post, "/api/archive/xyz", of: store, now: Self.now).status == 400)
        let get = try await routeAnswer(.get, "/api/archive/1", of: store, now: Self.now)
        #expect(get.status == 405)
        #expect(get.headers[.allow] == "POST")
        await store.close()
    }

    @Test(arguments: ["/api/services", "/api/traces?service=shop&limit=1", "/api/traces?service=shop&limit=300"])
    func `HEAD has the length of what GET would send`(path: String) async throws {
        let whole = try await answer(.get, path)
        let head = try await answer(.head, path)
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers[.contentLength] == String(whole.body.utf8.count))
    }

    @Test(arguments: ["/jaeger", "jaeger", "/jaeger/", "/deep/jaeger"])
    func `the routes can stand below a base path`(basePath: String) async throws {
        let path = basePath.contains("deep") ? "/deep/jaeger" : "/jaeger"
        #expect(try await answer(.get, "\(path)/api/services", basePath: basePath).status == 200)
        #expect(try await answer(.get, "\(path)/api/nope", basePath: basePath).status == 404)
        #expect(try await answer(.get, "\(path)/api/traces/1/", basePath: basePath).status == 404)
    }
}
