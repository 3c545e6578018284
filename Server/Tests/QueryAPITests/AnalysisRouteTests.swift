import EmbeddedStore
import Foundation
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// The routes of analyses over a real store: twenty usual orders, one that is not, and a call with a shared id.
struct AnalysisRouteTests {
    static let now: UInt64 = 1_700_000_000_000_000_000

    static func orders() -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(.otlp, "shop")
        builder.resource(.otlp, "stock")
        builder.resource(.otlp, "pay")
        for index in 0...20 {
            let isOdd = index == 20
            let start = now - UInt64(60 - index) * 60_000_000_000
            builder.row.traceID = TraceID(low: UInt64(index + 1))
            func span(
                _ id: UInt64,
                _ parent: UInt64,
                _ resource: UInt32,
                _ name: String,
                _ times: ClosedRange<UInt64>,
                error: Bool = false
            ) {
                builder.row.spanID = SpanID(id)
                builder.row.parentSpanID = SpanID(parent)
                builder.row.resource = resource
                builder.row.startNanoseconds = start + times.lowerBound * 1_000_000
                builder.row.durationNanoseconds = Int64(times.upperBound - times.lowerBound) * 1_000_000
                builder.row.kind = .server
                builder.row.status = error ? .error : .unset
                builder.tag("region", .string(isOdd ? "east" : "west"))
                builder.end(name)
            }
            span(1, 0, 0, "POST /order", 0...(isOdd ? 400 : 100))
            span(2, 1, 1, "reserve", 10...40)
            span(3, 1, 2, "charge", 50...(isOdd ? 390 : 90), error: isOdd)
            if isOdd { span(4, 3, 1, "refund", 60...80) }
        }
        return builder.batch
    }

    private static func sharedCall() -> SpanBatch {
        var builder = BatchBuilder()
        builder.row.traceID = TraceID(low: 0xABC)
        builder.row.startNanoseconds = now - 90_000_000_000
        builder.resource(.zipkin, "web")
        builder.row.spanID = SpanID(2)
        builder.row.kind = .client
        builder.end("call")
        builder.resource(.zipkin, "api")
        builder.row.spanID = SpanID(2)
        builder.row.kind = .server
        builder.end("call")
        return builder.batch
    }

    private func answer(_ path: String) async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.orders())
        try await store.append(Self.sharedCall())
        let answer = try await routeAnswer(.get, path, of: store, now: Self.now)
        await store.close()
        return answer
    }

    /// The data of an answer, which must be of status 200.
    private func data(_ path: String) async throws -> [String: Any] {
        let answer = try await answer(path)
        #expect(answer.status == 200 && answer.type == "application/json", "\(path): \(answer.body.prefix(300))")
        let document = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        guard let data = document?["data"] else { return try #require(document) }
        return try #require(data as? [String: Any])
    }

    private func list(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }

    @Test func `the critical path is told in segments and by span`() async throws {
        let data = try await data("/api/traces/15/critical-path")
        #expect(data["traceID"] as? String == "0000000000000015")
        #expect(data["pathDuration"] as? Double == 400_000 && data["duration"] as? Double == 400_000)
        let segments = try list(data["segments"]).map { "\($0["operation"] ?? "") \($0["offset"] ?? "")" }
        #expect(
            segments == [
                "POST /order 0", "reserve 10000", "POST /order 40000", "charge 50000", "refund 60000", "charge 80000",
                "POST /order 390000",
            ]
        )
        let first = try #require(try list(data["spans"]).first)
        #expect(first["operation"] as? String == "charge" && first["time"] as? Double == 320_000)
        #expect(first["share"] as? Double == 0.8)
    }

    @Test func `self times are told of each span, the busiest first`() async throws {
        let data = try await data("/api/traces/15/self-times")
        let spans = try list(data["spans"])
        #expect(data["spanCount"] as? Int == spans.count && data["truncated"] as? Bool == false)
        let own = spans.compactMap { $0["self"] as? Double }
        #expect(own == own.sorted(by: >) && own.first == 320_000)
        #expect(spans.first?["operation"] as? String == "charge")
        // Shared, they are the time in which anything was at work.
        #expect(spans.reduce(0) { $0 + ($1["wall"] as? Double ?? 0) } == 400_000)
        let first = try await self.data("/api/traces/15/self-times?limit=1")
        #expect(try list(first["spans"]).count == 1 && first["truncated"] as? Bool == true)
    }

    @Test func `statistics are by service, by any field and by two`() async throws {
        let services = try list(try await data("/api/traces/15/statistics")["groups"])
        #expect(services.map { ($0["values"] as? [String])?.first } == ["pay", "stock", "shop"])
        #expect(services[0]["errors"] as? Int == 1 && services[0]["self"] as? Double == 320_000)
        #expect(services.reduce(0) { $0 + ($1["wall"] as? Double ?? 0) } == 400_000)
        let pairs = try await data("/api/traces/15/statistics?by=span.region&by=operation")
        #expect(pairs["by"] as? [String] == ["span.region", "operation"])
        #expect(try list(pairs["groups"]).map { $0["values"] as? [String] }.contains(["east", "refund"]))
        let nothing = try list(try await data("/api/traces/15/statistics?by=span.nothing")["groups"])
        #expect(nothing.count == 1 && (nothing[0]["values"] as? [Any])?.first is NSNull)
    }

    @Test func `two traces are compared node by node`() async throws {
        let data = try await data("/api/compare?a=1&b=15")
        #expect((data["a"] as? [String: Any])?["rootOperation"] as? String == "POST /order")
        #expect((data["b"] as? [String: Any])?["errorCount"] as? Int == 1)
        let nodes = try list(data["nodes"])
        #expect(nodes.map { $0["change"] as? String } == ["same", "same", "added", "same"])
        #expect(nodes.map { $0["parent"] as? Int } == [nil, 0, 1, 0])
        #expect(nodes[1]["totalDelta"] as? Double == 300_000 && nodes[2]["a"] is NSNull)
        #expect(data["differences"] as? Int == 2)
        let same = try await self.data("/api/compare?a=1&b=1&changes=true")
        #expect(try same["differences"] as? Int == 0 && list(same["nodes"]).isEmpty)
    }

    @Test func `a trace is held against others like it`() async throws {
        let data = try await data("/api/traces/15/against")
        #expect((data["baseline"] as? [String: Any])?["traces"] as? Int == 20)
        let findings = try list(data["findings"])
        #expect(Set(findings.compactMap { $0["kind"] as? String }) == ["slower", "new", "errors"])
        let messages = findings.map { $0["message"] as? String }
        #expect(messages.contains("pay: charge took 320ms for its own work, usually it is 40ms"))
        #expect(messages.contains("pay: charge failed; it does in 0 of 20 traces"))
        let node = try #require(try list(data["nodes"]).first)
        #expect(node["rank"] as? Double == 1)
        let usual = try #require(node["baseline"] as? [String: Any])
        #expect((usual["total"] as? [String: Any])?["p95"] as? Double == 100_000 && usual["share"] as? Double == 1)
    }

    @Test func `a flame graph is of a search, or of one trace`() async throws {
        let all = try await data("/api/flame-graph?service=shop")
        #expect(all["traces"] as? Int == 21 && all["spans"] as? Int == 64)
        let nodes = try list(all["nodes"])
        #expect(nodes.map { $0["operation"] as? String } == ["POST /order", "charge", "refund", "reserve"])
        #expect(nodes[0]["total"] as? Double == 2_400_000 && nodes[2]["traces"] as? Int == 1)
        let one = try await data("/api/traces/1/flame-graph")
        #expect(try one["traces"] as? Int == 1 && list(one["nodes"]).count == 3)
    }

    @Test func `a heatmap counts every trace and span once`() async throws {
        let traces = try await data("/api/heatmap?service=shop&columns=10&lookback=1h")
        #expect(traces["of"] as? String == "traces" && traces["source"] as? String == "search")
        let cells = try list(traces["cells"])
        #expect(cells.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == 21)
        #expect(cells.reduce(0) { $0 + ($1["errors"] as? Int ?? 0) } == 1)
        let rows = try list(traces["rows"])
        for cell in cells { #expect((cell["row"] as? Int).map(rows.indices.contains) == true) }
        #expect(cells.contains { $0["example"] as? String == "0000000000000015" })
        let spans = try await data("/api/heatmap?service=stock&of=spans&columns=10&lookback=2h")
        #expect(spans["source"] as? String == "rollups" && spans["counted"] as? Int == 22)
        let errors = try await data("/api/heatmap?of=spans&q=%7Bstatus%3Derror%7D&lookback=2h")
        #expect(errors["source"] as? String == "search" && errors["counted"] as? Int == 1)
    }

    @Test func `a histogram is a heatmap without its rows`() async throws {
        for (path, count) in [("service=shop", 21), ("of=spans&service=pay", 21), ("of=spans&tag=region:east", 4)] {
            let data = try await data("/api/histogram?\(path)&lookback=2h&columns=24")
            let points = try list(data["points"])
            #expect(points.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == count)
            #expect(points.reduce(0) { $0 + ($1["errors"] as? Int ?? 0) } == 1)
            // Figures are kept by whole minutes: there may be fewer columns.
            #expect(
                (12...24).contains(data["columns"] as? Int ?? 0)
                    && points.allSatisfy { ($0["p50"] as? Double ?? 0) > 0 }
            )
        }
        let nothing = try await data("/api/histogram?start=9&end=8")
        #expect(try list(nothing["points"]).isEmpty)
    }

    @Test func `outliers tell what slow spans have in common`() async throws {
        for baseline in ["", "&baseline.service=shop&baseline.maxDuration=200ms"] {
            let data = try await data("/api/outliers?service=shop&minDuration=200ms\(baseline)")
            #expect((data["selection"] as? [String: Any])?["spans"] as? Int == 1)
            #expect((data["baseline"] as? [String: Any])?["spans"] as? Int == 20)
            let first = try #require(try list(data["attributes"]).first)
            #expect(first["key"] as? String == "region" && first["score"] as? Double == 1)
            let values = try list(first["values"])
            #expect(values.contains { $0["value"] as? String == "east" && $0["selection"] as? Int == 1 })
        }
    }

    @Test func `paths are longer than pairs`() async throws {
        let data = try await data("/api/dependencies/paths?service=pay")
        let paths = try list(data["paths"])
        #expect(paths.count == 2)
        #expect(paths[0]["calls"] as? Int == 20)
        let longest = try list(paths[1]["path"]).map { $0["service"] as? String }
        #expect(longest == ["shop", "pay", "stock"] && paths[1]["exampleTraceID"] as? String == "0000000000000015")
        #expect(try list(data["edges"]).map { $0["calls"] as? Int } == [1, 21])
        let deep = try list(try await self.data("/api/deep-dependencies?service=pay")["dependencies"])
        #expect(deep.count == 2)
        let analytics = try await self.data("/analytics/v1/dependencies?service=pay&operation=refund")
        #expect(try list(analytics["dependencies"]).isEmpty)
    }

    @Test func `a shared id is separated, marked, and left alone in the raw trace`() async throws {
        let adjusted = try await answer("/api/traces/abc").body
        #expect(adjusted.contains(#""spanID":"0000000000000001""#) && adjusted.contains("also that of the client"))
        #expect(adjusted.contains(#"{"refType":"CHILD_OF","traceID":"0000000000000abc","spanID":"0000000000000002"}"#))
        let raw = try await answer("/api/traces/abc?raw=true").body
        #expect(!raw.contains(#""spanID":"0000000000000001""#) && !raw.contains("also that of the client"))
    }

    @Test(arguments: [
        ("/api/traces/99/critical-path", 404, "trace not found"),
        ("/api/traces/zz/statistics", 400, "invalid syntax"),
        ("/api/traces/1/statistics?by=%7D", 400, "parameter 'by': '}' is not understood"),
        ("/api/traces/1/statistics?by=name)+%7C+count()+%3E+1+%7C+by(name", 400, "parameter 'by'"),
        ("/api/traces/1/statistics?by=a&by=b&by=c", 400, "parameter 'by': there may be two"),
        ("/api/traces/1/statistics?clockSkew=perhaps", 400, "clockSkew"),
        ("/api/traces/1/statistics?clockSkewMax=long", 400, "parameter 'clockSkewMax'"),
        ("/api/compare?a=1", 400, "parameter 'b': it is missing"),
        ("/api/compare?a=1&b=x", 400, "parameter 'b'"),
        ("/api/compare?a=1&b=99", 404, "parameter 'b': trace 0000000000000099 not found"),
        ("/api/traces/1/against?q=%7B", 400, "parameter 'q'"),
        ("/api/flame-graph?limit=many", 400, "limit"),
        ("/api/heatmap?of=logs", 400, "parameter 'of': 'logs' is not understood; it is one of traces, spans"),
        (
            "/api/histogram?columns=0", 400,
            "parameter 'columns': '0' is not understood; it is a whole number from 1 to 500"
        ),
        ("/api/heatmap?traceID=1", 400, "parameter 'traceID'"),
        ("/api/outliers?attributes=-1", 400, "parameter 'attributes'"),
        ("/api/outliers?baseline.q=nonsense", 400, "parameter 'baseline.q'"),
        (
            "/api/traces/1/self-times?limit=0", 400,
            "parameter 'limit': '0' is not understood; it is a whole number from 1"
        ),
        ("/api/dependencies/paths?lookback=long", 400, "lookback"),
    ])
    func `what is wrong with a question is named`(path: String, status: Int, words: String) async throws {
        let answer = try await answer(path)
        #expect(answer.status == status)
        #expect(answer.body.contains(words), "\(answer.body)")
    }

    @Test(arguments: ["dependencies/paths", "deep-dependencies", "dependencies"], [Int64.min, -1, 0, .max])
    func `a window at either end of time has nothing in it and breaks nothing`(path: String, time: Int64) async throws {
        for parameter in ["end", "endTs"] {
            let answer = try await answer("/api/\(path)?\(parameter)=\(time)&lookback=\(Int64.max)")
            #expect(answer.status == 200, "\(answer.body)")
        }
    }
}
