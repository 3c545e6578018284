import EmbeddedStore
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// `/api/metrics/…` and `/api/dependencies` over a real store in memory.
@Suite struct MetricsRouteTests {
    /// A whole minute: 2023-11-14T22:14:00Z.
    private static let now: UInt64 = 1_700_000_040_000_000_000
    private static let minute: UInt64 = 60_000_000_000

    /// In each of the last ten minutes six calls from `web` to `shop`, one of which fails.
    private static func spans() -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(.otlp, "web")
        builder.resource(.otlp, "shop")
        for index in 0..<60 as Range<UInt64> {
            builder.row.traceID = TraceID(low: index + 1)
            builder.row.startNanoseconds = now - 10 * minute + index * minute / 6
            builder.row.durationNanoseconds = Int64(index + 1) * 1_000_000
            builder.row.resource = 0
            builder.row.kind = .client
            builder.row.status = .unset
            builder.row.parentSpanID = .none
            let client = builder.row.spanID
            builder.end("call")
            builder.row.resource = 1
            builder.row.kind = .server
            builder.row.status = index % 6 == 0 ? .error : .unset
            builder.row.parentSpanID = client
            builder.end(index % 2 == 0 ? "GET /" : "POST \"/\"")
        }
        return builder.batch
    }

    private func answer(_ path: String, now: UInt64 = Self.now) async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.spans())
        let answer = try await routeAnswer(.get, path, of: store, now: now)
        await store.close()
        return answer
    }

    @Test func `calls are spans per second over the time before each point`() async throws {
        let answer = try await answer("/api/metrics/calls?service=shop&lookback=60000&step=60000&ratePer=300000")
        #expect(answer.status == 200)
        #expect(answer.type == "application/json")
        #expect(
            answer.body == #"{"name":"service_call_rate","type":"GAUGE","help":"calls/sec, grouped by service","#
                + #""metrics":[{"labels":[{"name":"service_name","value":"shop"}],"metricPoints":["#
                + #"{"gaugeValue":{"doubleValue":0.1},"timestamp":"2023-11-14T22:13:00Z"},"#
                + #"{"gaugeValue":{"doubleValue":0.1},"timestamp":"2023-11-14T22:14:00Z"}]}]}"#
        )
    }

    @Test func `of the present minute only what has passed of it counts`() async throws {
        let path = "/api/metrics/calls?service=shop&lookback=1000&step=1000&ratePer=60000"
        let answer = try await answer(path, now: Self.now - Self.minute / 2)
        // Six spans in the minute before, and three of the six that the test has put into the present one are still
        // to come: the figures cannot know that.
        #expect(answer.body.contains(#"{"doubleValue":0.13333333333333333},"timestamp":"2023-11-14T22:13:30Z"}"#))
    }

    @Test func `errors are a share, and operations can be told apart`() async throws {
        let path = "/api/metrics/errors?service=web,shop&groupByOperation=true&lookback=1&step=1000&ratePer=600000"
        let answer = try await answer(path + "&spanKind=server&spanKind=client")
        #expect(answer.body.hasPrefix(#"{"name":"service_operation_error_rate","type":"GAUGE","help":"error rate, "#))
        #expect(answer.body.contains(#"over calls/sec, grouped by service & operation","#))
        #expect(
            answer.body.contains(
                #"{"labels":[{"name":"operation","value":"GET /"},{"name":"service_name","value":"shop"}],"#
                    + #""metricPoints":[{"gaugeValue":{"doubleValue":0.3333333333333333},"#
            )
        )
        #expect(answer.body.contains(#"{"name":"operation","value":"POST \"/\""}"#))
        #expect(answer.body.contains(#"[{"name":"operation","value":"call"},{"name":"service_name","value":"web"}]"#))
    }

    @Test func `latencies are quantiles in milliseconds, and nothing is not a number`() async throws {
        let path = "/api/metrics/latencies?service=shop&quantile=0.95&lookback=7200000&step=7200000&ratePer=600000"
        let answer = try await answer(path)
        #expect(answer.body.contains(#""name":"service_latencies""#))
        #expect(answer.body.contains(#""help":"0.95th quantile latency, grouped by service""#))
        #expect(answer.body.contains(#"{"gaugeValue":{"doubleValue":"NaN"},"timestamp":"2023-11-14T20:14:00Z"}"#))
        let text = answer.body.split(separator: #""doubleValue":"#).last?.prefix { $0 != "}" } ?? ""
        let value = try #require(Double(text))
        #expect(abs(value - 57) < 57 * 0.016)
    }

    @Test func `services without spans have no series`() async throws {
        for path in ["calls?service=nobody", "errors?service=nobody", "latencies?service=nobody&quantile=1"] {
            #expect(try await answer("/api/metrics/\(path)").body.hasSuffix(#""metrics":[]}"#))
        }
        #expect(try await answer("/api/metrics/minstep").body.hasPrefix(#"{"data":60000,"total":0,"#))
    }

    @Test func `a question that would take too long is refused with what to ask instead`() async throws {
        let many = try await answer("/api/metrics/calls?service=shop&lookback=60000000&step=1")
        #expect(many.status == 400)
        #expect(many.body.contains("choose a longer step or a shorter lookback"))
        let long = try await answer("/api/metrics/calls?service=shop&lookback=300000000&step=60000&ratePer=300000000")
        #expect(long.status == 400)
        #expect(long.body.contains("choose a shorter ratePer"))
    }

    @Test func `dependencies are calls within the window`() async throws {
        let all = try await answer("/api/dependencies?endTs=1700000040000&lookback=3600000")
        #expect(
            all.body == #"{"data":[{"parent":"web","child":"shop","callCount":60}],"total":0,"limit":0,"offset":0,"#
                + #""errors":null}"#
        )
        let half = try await answer("/api/dependencies?endTs=1700000040000&lookback=300000&service=web")
        #expect(half.body.contains(#""callCount":30}"#))
        #expect(try await answer("/api/dependencies").body == all.body, "the last day, without parameters")
        for path in ["?service=nobody", "?lookback=-1", "?endTs=1600000000000"] {
            #expect(try await answer("/api/dependencies\(path)").body.hasPrefix(#"{"data":[],"total":0"#))
        }
        let more = try await answer("/api/dependencies?statistics=true")
        #expect(more.body.contains(#""callCount":60,"errorCount":10,"latencyMilliseconds":{"p50":30."#))
        #expect(more.body.contains(#""max":60}"#))
    }
}
