import Foundation
import Sampling
import Testing

@testable import MartletServer

@Suite struct ClientRulesTests {
    @Test func `without settings clients are told nothing of baggage and credits`() async throws {
        try await withTestServer { server in
            for path in ["/baggageRestrictions?service=a", "/credits?service=a&operations=b"] {
                let answer = try await server.client(.sampling).get(path)
                #expect(answer.status == 404)
            }
        }
    }

    @Test func `credits grow with time, are given out once, and are those of all processes of a service`() async throws
    {
        try await withTestServer {
            $0.debugCreditsPerSecond = 0.001
        } _: { server in
            let path = "/credits?service=a&uuid=1&operations=get&operations=put"
            let first = try await server.client(.sampling).get(path)
            #expect(first.body == #"{"balances":[{"operation":"get","balance":1},{"operation":"put","balance":1}]}"#)
            let second = try await server.client(.sampling).get("/credits?service=a&uuid=2&operations=get")
            #expect(second.body == #"{"balances":[{"operation":"get","balance":0}]}"#)
            #expect(try await server.client(.sampling).get("/credits").status == 400)
        }
    }

    @Test func `baggage is restricted by a file, by service, and anew when it changes`() async throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = URL(fileURLWithPath: folder).appendingPathComponent("baggage.json")
        let content = #"{"default": [], "services": {"shop": [{"baggageKey": "user", "maxValueLength": 8}]}}"#
        try Data(content.utf8).write(to: file)
        try await withTestServer {
            $0.baggageRestrictionsFile = file.path
            $0.samplingReloadInterval = .milliseconds(20)
        } _: { server in
            func ask(_ service: String) async throws -> String {
                try await server.client(.sampling).get("/baggageRestrictions?service=\(service)").body
            }
            #expect(try await ask("shop") == #"[{"baggageKey":"user","maxValueLength":8}]"#)
            #expect(try await ask("other") == "[]")
            try Data(#"{"default": [{"baggageKey": "x", "maxValueLength": 1}]}"#.utf8).write(to: file)
            let changed = #"[{"baggageKey":"x","maxValueLength":1}]"#
            let isTaken = try await eventually(within: .seconds(30)) { try await ask("shop") == changed }
            #expect(isTaken)
        }
    }

    @Test func `a page of an allowed origin may send to Zipkin's port, and no other`() async throws {
        try await withTestServer {
            $0.zipkinAllowedOrigins = ["https://shop.example"]
        } _: { server in
            let client = try server.client(.zipkinHTTP)
            client.send(
                "OPTIONS /api/v2/spans HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\n"
                    + "Access-Control-Request-Method: POST\r\n\r\n"
            )
            let preflight = try await client.answer()
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-origin"] == "https://shop.example")
            let sent = try await server.client(.zipkinHTTP)
                .post("/api/v2/spans", Samples.zipkinJSON, ["Origin": "https://shop.example"])
            #expect(sent.status == 202 && sent.headers["access-control-allow-origin"] == "https://shop.example")
            let other = try await server.client(.zipkinHTTP)
                .post("/api/v2/spans", Samples.zipkinJSON, ["Origin": "https://other.example"])
            #expect(other.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test func `the probabilities of adaptive sampling are there again after a restart`() async throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        func probability() async throws -> String {
            try await withTestServer {
                $0.storage = .embedded
                $0.dataDirectory = folder
                $0.samplingAdaptive = .init()
                $0.samplingInterval = .milliseconds(50)
            } _: { server in
                let json = ["Content-Type": "application/json"]
                _ = try await server.client(.sampling).get("/sampling?service=shop")
                _ = try await server.client(.otlpHTTP).post("/v1/traces", Samples.otlpJSON, json)
                var answer = ""
                let path = "\(folder)/adaptive-sampling.json"
                let isThere = try await eventually(within: .seconds(30)) {
                    answer = try await server.client(.sampling).get("/sampling?service=shop").body
                    return answer.contains("\"buy\"") && FileManager.default.fileExists(atPath: path)
                }
                #expect(isThere)
                return answer
            }
        }
        _ = try await probability()
        let kept = #"{"shop":{"buy":0.125}}"#
        try Data(kept.utf8).write(to: URL(fileURLWithPath: "\(folder)/adaptive-sampling.json"))
        try await withTestServer {
            $0.storage = .embedded
            $0.dataDirectory = folder
            $0.samplingAdaptive = .init()
        } _: { server in
            let isThere = try await eventually(within: .seconds(30)) {
                try await server.client(.sampling).get("/sampling?service=shop").body.contains("0.125")
            }
            #expect(isThere)
        }
    }

    @Test func `a dropped file is taken in, if it comes from a page of ours`() async throws {
        try await withTestServer { server in
            let header = ["X-Martlet-Import": "1"]
            let answer = try await server.client(.query).post("/api/import", Samples.otlpJSON, header)
            #expect(answer.status == 200 && answer.body == #"{"spans":1,"format":"OTLP JSON"}"#)
            #expect(server.spanCount == 1)
            #expect(try await server.client(.query).post("/api/import", Samples.otlpJSON).status == 403)
            let broken = try await server.client(.query).post("/api/import", Array("{\"a\":".utf8), header)
            #expect(broken.status == 400 && !broken.body.isEmpty)
        }
    }
}
