import EmbeddedStore
import Foundation
import HTTPTypes
import Receivers
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// Tempo's API, in the shapes that Grafana's data source reads.
struct TempoRouteTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000

    private func answer(_ path: String, headers: HTTPFields = [:]) async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(RouteTests.spans())
        let answer = try await routeAnswer(.get, "/tempo/api/\(path)", of: store, now: Self.now, headers: headers)
        await store.close()
        return answer
    }

    private func encoded(_ query: String) -> String {
        query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? query
    }

    @Test func `there is an echo, and a version that clients know the routes by`() async throws {
        #expect(try await answer("echo").body == "echo")
        #expect(try await answer("status/buildinfo").body.hasPrefix(#"{"version":"2."#))
        let absent = try await answer("nope")
        #expect(absent.status == 404)
    }

    @Test func `a search tells of each trace by which spans it matches`() async throws {
        let query = encoded(#"{ resource.service.name = "shop" && span.index >= 298 } | select(span.index)"#)
        let answer = try await answer("search?q=\(query)&limit=1&start=1699999990&end=1700000001")
        #expect(
            answer.body.hasPrefix(
                """
                {"traces":[{"traceID":"12c","rootServiceName":"shop",\
                "rootTraceName":"POST /","startTimeUnixNano":"1699999999999000000","durationMs":299,\
                "spanSet":{"spans":[{"spanID":"000000000000012c","name":"POST /",\
                "startTimeUnixNano":"1699999999999000000","durationNanos":"299000000","attributes":[\
                {"key":"service.name","value":{"stringValue":"shop"}},{"key":"index","value":{"intValue":"299"}}]}],\
                "matched":1},"spanSets":[{
                """
            ),
            "\(answer.body)"
        )
        #expect(answer.body.contains(#""serviceStats":{"shop":{"spanCount":1}}"#))
        #expect(answer.body.contains(#""metrics":{"inspectedTraces":"#))
    }

    @Test func `the older parameters of a search mean what they did`() async throws {
        let tags = encoded(#"service.name=shop name="GET /" index=42"#)
        let found = try await answer("search?tags=\(tags)&minDuration=42ms&maxDuration=42ms")
        #expect(found.count(of: #""traceID""#) == 1)
        #expect(try await answer("search?tags=\(tags)&minDuration=43ms").body.hasPrefix(#"{"traces":[],"#))
    }

    @Test func `keys come by their scope, and as one list`() async throws {
        let scopes = try await answer("v2/search/tags").body
        #expect(scopes.contains(#"{"name":"span","tags":["index","padding"]}"#))
        #expect(scopes.contains(#"{"name":"intrinsic","tags":["duration","#))
        let span = try await answer("v2/search/tags?scope=span").body
        #expect(span == #"{"scopes":[{"name":"span","tags":["index","padding"]}],"metrics":{}}"#)
        #expect(try await answer("search/tags").body.hasPrefix(#"{"tagNames":["index","padding""#))
    }

    @Test func `values come with their types`() async throws {
        let services =
            #"{"tagValues":[{"type":"string","value":"shop"},{"type":"string","value":"team/billing"}],"metrics":{}}"#
        #expect(try await answer("v2/search/tag/resource.service.name/values").body == services)
        #expect(
            try await answer("search/tag/service.name/values").body
                == #"{"tagValues":["shop","team/billing"],"metrics":{}}"#
        )
        let query = encoded(#"{ resource.service.name = "shop" }"#)
        let names =
            #"{"tagValues":[{"type":"string","value":"GET /"},{"type":"string","value":"POST /"}],"metrics":{}}"#
        #expect(try await answer("v2/search/tag/name/values?q=\(query)").body == names)
        #expect(try await answer("v2/search/tag/status/values").body.contains(#"{"type":"keyword","value":"error"}"#))
        #expect(try await answer("v2/search/tag/span.index/values?limit=1").count(of: #""type":"int""#) == 1)
    }

    @Test func `a trace comes in both versions, in JSON and in protobuf`() async throws {
        #expect(try await answer("traces/b").body.hasPrefix(#"{"batches":[{"resource":"#))
        #expect(try await answer("v2/traces/b").body.hasPrefix(#"{"trace":{"resourceSpans":[{"resource":"#))
        let protobuf: HTTPFields = [.accept: "application/protobuf"]
        let first = try await answer("traces/b", headers: protobuf)
        #expect(first.type == "application/protobuf")
        #expect(try OTLPReceiver.decodeProtobuf(first.bytes.span.bytes).batch.count == 1)
        let second = try await answer("v2/traces/b", headers: protobuf)
        // The same in a field of its own: its tag and its length stand before.
        #expect(second.bytes.first == 0x0A)
        #expect(second.bytes.suffix(first.bytes.count).elementsEqual(first.bytes))
        #expect(try await answer("v2/traces/beef").status == 404)
    }

    @Test func `a trace's JSON is protobuf's: ids in base64, enumerations by their names`() async throws {
        let body = try await answer("v2/traces/12b").body
        #expect(body.contains(#""traceId":"AAAAAAAAAAAAAAAAAAABKw==","spanId":"AAAAAAAAASs=""#), "\(body)")
        #expect(body.contains(#""kind":"SPAN_KIND_SERVER""#), "\(body)")
    }

    @Test func `a structure is told in nested sets`() async throws {
        let select = "select(status, resource.service.name, name, nestedSetParent, nestedSetLeft, nestedSetRight)"
        let query = encoded("({nestedSetParent<0 && true} &>> { kind = server }) || ({nestedSetParent<0}) | \(select)")
        let answer = try await answer("search?q=\(query)&limit=1&spss=20")
        let attributes = [
            #"{"key":"status","value":{"stringValue":"unset"}}"#,
            #"{"key":"name","value":{"stringValue":"POST /"}}"#,
            #"{"key":"nestedSetParent","value":{"intValue":"-1"}}"#,
            #"{"key":"nestedSetLeft","value":{"intValue":"1"}}"#, #"{"key":"nestedSetRight","value":{"intValue":"2"}}"#,
        ]
        #expect(answer.body.contains(attributes.joined(separator: ",")), "\(answer.body)")
    }

    @Test(arguments: [
        (
            "{ } | rate() by(resource.service.name)",
            [#""promLabels":"{resource.service.name=\"shop\"}""#, #""value":30"#]
        ),
        (#"{ span.index >= 200 } | count_over_time()"#, [#""key":"__name__""#, #""value":100"#]),
        (
            "{ resource.service.name = \"shop\" } | quantile_over_time(duration, .5, .9)",
            [#""key":"p","value":{"doubleValue":0.5}"#, #""key":"p","value":{"doubleValue":0.9}"#]
        ),
        ("{ resource.service.name = \"shop\" } | max_over_time(duration)", [#""value":0.299"#]),
        ("{ resource.service.name = \"shop\" } | sum_over_time(span.index)", [#""value":44850"#]),
        (
            "{ name = \"GET /\" } | histogram_over_time(duration) by(kind)",
            [#""key":"__bucket""#, #"{"key":"kind","value":{"stringValue":"server"}}"#]
        ),
    ])
    func `figures are made of the spans that a query finds`(query: String, parts: [String]) async throws {
        let path = "metrics/query_range?q=\(encoded(query))&start=1699999990&end=1700000000&step=10s"
        let answer = try await answer(path)
        #expect(answer.status == 200)
        for part in parts { #expect(answer.body.contains(part), "\(answer.body)") }
        #expect(!answer.body.contains("PARTIAL"))
    }

    @Test(arguments: [
        ("traces/xyz", "invalid trace id"), ("search?q=%7B", "parameter 'q': line 1"),
        ("search?limit=0", "parameter 'limit'"),
        ("search?spss=x", "parameter 'spss'"), ("search?start=x", "parameter 'start'"),
        ("search?start=5&end=4", "parameter 'start': it is after the end"),
        ("search?tags=x", "parameter 'tags': 'x' is not understood"),
        ("search?minDuration=5", "minDuration"),
        ("v2/search/tags?scope=x", "parameter 'scope': 'x' is not understood; it is one of none"),
        ("v2/search/tags?limit=x", "parameter 'limit'"), ("metrics/query_range?q=%7B%7D", "parameter 'q'"),
        ("metrics/query_range?q=%7B%7D%7Crate()&step=0", "parameter 'step'"),
        ("metrics/query_range?q=%7B%7D%7Crate()&step=x", "step"),
        ("metrics/query_range?q=%7B%7D%7Crate()&start=5&end=5", "parameter 'start'"),
        ("metrics/query_range?q=%7B%7D%7Crate()&start=5&end=50000&step=1", "11000"),
        ("metrics/query_range?q=%7B%7D%7Cquantile_over_time(duration)", "needs a quantile"),
        ("metrics/query_range?q=%7B%7D%7Cquantile_over_time(duration,2)", "from 0 to 1"),
        ("metrics/query_range?q=%7B%7D%7Ccompare(1)", "expected the spans to compare with the others"),
        ("metrics/query_range?q=%7B%7D%7Ccompare(%7B%7D,0)", "expected a number of values, 1 to 1000"),
        ("metrics/query_range?q=%7B%7D%7Ctopk(5)", "`topk` takes series"),
        ("metrics/query_range?q=%7B%7D%7Crate()&exemplars=x", "parameter 'exemplars'"),
        ("metrics/query?q=%7B%7D", "parameter 'q'"), ("metrics/query?query=%7B%7D", "parameter 'query'"),
        ("metrics/query?q=%7B%7D%7Crate()&end=10000000000000000000", "parameter 'end'"),
    ])
    func `errors are words that say what was wrong`(path: String, words: String) async throws {
        let answer = try await answer(path)
        #expect(answer.status == 400)
        #expect(answer.type == "text/plain; charset=utf-8")
        #expect(answer.body.contains(words), "\(answer.body)")
    }
}
