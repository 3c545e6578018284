import Foundation
import SpanStorage
import Testing
import TraceModel

@testable import MartletServer

@Suite struct TailSamplerTests {
    /// A folder with a file of policies.
    private static func withPolicies<Result>(
        _ policies: String,
        wait: String = "200ms",
        _ body: (URL) async throws -> Result
    ) async throws -> Result {
        let folder = URL(fileURLWithPath: temporaryFolder())
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { removeFolder(folder.path) }
        let file = folder.appendingPathComponent("policies.json")
        try Data(Self.file(policies, wait: wait).utf8).write(to: file)
        return try await body(file)
    }

    private static func file(_ policies: String, wait: String = "200ms") -> String {
        #"{"decision_wait": "\#(wait)", "removal_interval": "100ms", "policies": [\#(policies)]}"#
    }

    /// One request of traces of two spans each; those of even numbers have an error in the second span.
    private static func request(_ traces: ClosedRange<Int>, service: String = "shop") -> [UInt8] {
        let spans = traces.flatMap { trace in
            (1...2).map { span in
                let status = span == 2 && trace % 2 == 0 ? #","status":{"code":2}"# : ""
                let id = String(trace, radix: 16)
                let padded = String(repeating: "0", count: 32 - id.count) + id
                return """
                    {"traceId":"\(padded)","spanId":"000000000000000\(span)",\
                    "name":"work","startTimeUnixNano":"1700000000000000000",\
                    "endTimeUnixNano":"1700000000001000000"\(status)}
                    """
            }
        }
        let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]}"#
        let scopes = #"[{"spans":[\#(spans.joined(separator: ","))]}]"#
        return Array(#"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":\#(scopes)}]}"#.utf8)
    }

    private static func send(_ server: RunningServer, _ body: [UInt8]) async throws {
        let answer = try await server.client(.otlpHTTP).post("/v1/traces", body, ["Content-Type": "application/json"])
        #expect(answer.status == 200, "\(answer.body)")
    }

    private static func report(_ server: RunningServer) async throws -> [String: Any] {
        let answer = try await server.client(.admin).get("/status")
        let report = try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any]
        return try #require(report)
    }

    private static func row(_ server: RunningServer) async throws -> [String: Int] {
        let ingest = try await report(server)["ingest"] as? [String: Any]
        let row = try #require((ingest?["rows"] as? [[String: Any]])?.first)
        return row.compactMapValues { $0 as? Int }
    }

    private static func counted(_ server: RunningServer) async throws -> UInt64 {
        let second: UInt64 = 1_000_000_000
        let window = 1_699_999_000 * second..<1_700_001_000 * second
        let query = RateQuery(window: window, step: 3_600 * second, grouping: [])
        let points = try await server.store.spanRates(query).series.flatMap { Array($0.points.values) }
        return points.reduce(0) { $0 + $1.durations.count }
    }

    @Test func `traces are found at once, what no policy keeps goes, and all figures still count it`() async throws {
        try await Self.withPolicies(#"{"name": "errors", "type": "error"}"#) { file in
            try await withTestServer {
                $0.tailPolicies = file.path
            } _: { server in
                try await Self.send(server, Self.request(1...100))
                #expect(server.spanCount == 200)
                #expect(await eventually(within: .seconds(30)) { server.spanCount == 100 })
                #expect(try await server.store.trace(TraceID(low: 1)) == nil)
                #expect(try await server.store.trace(TraceID(low: 2))?.count == 2)
                #expect(try await Self.counted(server) == 200)
                // Spans that come late follow their trace.
                try await Self.send(server, Self.request(1...2))
                #expect(await eventually(within: .seconds(30)) { server.spanCount == 102 })
                // The ledger moves them once they are gone.
                #expect(try await eventually(within: .seconds(30)) { try await Self.row(server)["sampledOut"] == 102 })
                let row = try await Self.row(server)
                #expect(row["received"] == 204 && row["stored"] == 102 && row["sampledOut"] == 102)
                #expect(row["underWay"] == 0)
                let series = #"martlet_ingest_spans_sampled_out_total{svc="shop",format="otlp",transport="http"}"#
                #expect(try await server.metric(series) == 102)
                #expect(try await server.metric(#"martlet_tail_sampling_traces_total{decision="kept"}"#) == 50)
                #expect(try await server.metric(#"martlet_tail_sampling_traces_total{decision="left_out"}"#) == 50)
            }
        }
    }

    @Test func `a changed file is taken over, and one that cannot be used changes nothing`() async throws {
        try await Self.withPolicies(#"{"type": "error"}"#) { file in
            try await withTestServer {
                $0.tailPolicies = file.path
                $0.samplingReloadInterval = .milliseconds(20)
            } _: { server in
                try Data("{\"policies\": [{\"type\": \"sometimes\"}]}".utf8).write(to: file)
                let failures = "martlet_tail_sampling_reload_failures_total"
                #expect(try await eventually(within: .seconds(30)) { try await server.metric(failures) == 1 })
                try await Self.send(server, Self.request(1...10))
                #expect(await eventually(within: .seconds(30)) { server.spanCount == 10 })
                try Data(Self.file(#"{"type": "always"}"#).utf8).write(to: file)
                let kept = #"martlet_tail_sampling_kept_traces{policy="always"}"#
                #expect(try await eventually(within: .seconds(30)) { try await server.metric(kept) != nil })
                try await Self.send(server, Self.request(11...20))
                #expect(try await eventually(within: .seconds(30)) { try await server.metric(kept) == 10 })
                #expect(server.spanCount == 30)
            }
        }
    }

    @Test func `pinned traces stay`() async throws {
        try await Self.withPolicies(#"{"type": "error"}"#, wait: "4s") { file in
            try await withTestServer {
                $0.tailPolicies = file.path
            } _: { server in
                try await Self.send(server, Self.request(1...1))
                #expect(try await server.store.pin(TraceID(low: 1)))
                try await Self.send(server, Self.request(3...4))
                #expect(await eventually(within: .seconds(30)) { server.spanCount == 4 })
                #expect(try await server.store.trace(TraceID(low: 1))?.count == 2)
            }
        }
    }

    @Test func `a file that cannot be used keeps the server from starting, and says why`() async throws {
        try await Self.withPolicies(#"{"type": "latency", "at_least": "long"}"#) { file in
            _ = await #expect {
                try await withTestServer({ $0.tailPolicies = file.path }) { _ in }
            } throws: { error in
                let words = "\(error)"
                return words.hasPrefix("--sampling.tail-policies: \(file.path) has a policy that cannot be used: ")
                    && words.contains("policies[0].at_least: \"long\" is not a duration")
            }
        }
    }

    @Test func `a preview says what policies would have kept, without changing anything`() async throws {
        try await withTestServer { server in
            try await Self.send(server, Self.request(1...300))
            let window = "start=1699999990&end=1700000010&limit=1000"
            let header = ["X-Martlet-Admin": "1"]
            let admin = try server.client(.admin)
            let body = Array(
                Self.file(#"{"name": "e", "type": "error"}, {"type": "probability", "probability": 0}"#).utf8
            )
            let answer = try await admin.post("/sampling/preview?\(window)", body, header)
            #expect(answer.status == 200, "\(answer.body)")
            let report = try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any]
            #expect(report?["traces"] as? Int == 300 && report?["keptTraces"] as? Int == 150)
            #expect(report?["keptSpans"] as? Int == 300 && report?["isComplete"] as? Bool == true)
            let newest = try await admin.post(
                "/sampling/preview?start=1699999990&end=1700000010&limit=10",
                body,
                header
            )
            #expect(newest.body.contains("\"isComplete\":false") && newest.body.contains("\"traces\":10}"))
            #expect(try await admin.post("/sampling/preview", body).status == 403)
            #expect(try await admin.post("/sampling/preview", Array("{".utf8), header).status == 400)
            let none = try await admin.post("/sampling/preview", [], header)
            #expect(none.status == 400 && none.body.contains("no tail sampling in force"))
            #expect(server.spanCount == 600)
        }
    }
}
