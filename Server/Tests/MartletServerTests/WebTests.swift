import Foundation
import MartletServer
import Testing

@Suite struct WebTests {
    @Test func `the page is at every path of the UI, with its policy, and its files are cached for ever`() async throws
    {
        try await withTestServer { server in
            let client = try server.client(.query)
            for path in ["/", "/search?service=a", "/trace/1", "/index.html"] {
                let page = try await client.get(path)
                #expect(page.status == 200)
                #expect(page.headers["content-type"] == "text/html; charset=utf-8")
                #expect(page.headers["content-security-policy"]?.contains("script-src 'self'") == true)
                #expect(page.headers["x-content-type-options"] == "nosniff")
                #expect(page.headers["referrer-policy"] == "no-referrer")
            }
            let body = try await client.get("/").body
            let start = try #require(body.firstRange(of: "static/")).lowerBound
            let path = "/" + body[start...].prefix { $0 != "\"" }
            let file = try await client.get(path)
            #expect(file.status == 200)
            #expect(file.headers["cache-control"] == "public, max-age=31536000, immutable")
            let tag = try #require(file.headers["etag"])
            client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(tag)\r\n\r\n")
            #expect(try await client.answer().status == 304)
            #expect(try await client.get("/static/0/app.js").status == 404)
            #expect(try await client.get("/api/nothing").status == 404)
        }
    }

    @Test func `the configuration of the UI is Jaeger's file as it is, or empty`() async throws {
        try await withTestServer { server in
            let answer = try await server.client(.query).get("/ui-config.json")
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.body == "{}")
        }
        let name = "ui-\(UInt64.random(in: 0...(.max)))"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("ui.json").path
        let json = #"{"menu":[{"label":"Wiki","url":"https://example.org"}],"search":{"maxLimit":50}}"#
        try Data(json.utf8).write(to: URL(fileURLWithPath: file))
        try await withTestServer {
            $0.uiConfigurationFile = file
            $0.queryBasePath = "/jaeger"
        } _: { server in
            let answer = try await server.client(.query).get("/jaeger/ui-config.json")
            #expect(answer.body == json)
        }
        for (name, content, reason) in [
            ("a.js", "function UIConfig() {}", "is a script"), ("b.json", "[1]", "is not an object in JSON"),
        ] {
            let bad = folder.appendingPathComponent(name).path
            try Data(content.utf8).write(to: URL(fileURLWithPath: bad))
            await #expect {
                try await withTestServer {
                    $0.uiConfigurationFile = bad
                } _: { _ in
                }
            } throws: { "\($0)".contains(reason) }
        }
    }

    @Test func `long answers are packed for those who ask, never those to HEAD`() async throws {
        try await withTestServer { server in
            let client = try server.client(.query)
            let plain = try await client.get("/")
            #expect(plain.headers["content-encoding"] == nil)
            let ask = "HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"
            client.send("GET / " + ask)
            let packed = try await client.answer()
            #expect(packed.headers["content-encoding"] == "gzip")
            #expect(packed.headers["vary"] == "Accept-Encoding")
            #expect(packed.bytes.starts(with: [0x1F, 0x8B]))
            #expect(packed.bytes.count < plain.bytes.count)
            let tag = try #require(packed.headers["etag"])
            client.send("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(tag)\r\n\r\n")
            #expect(try await client.answer().status == 304)
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
            let head = await client.rest()
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test(arguments: [
        "no HTTP at all\r\n\r\n", "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\nnoise noise\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n",
        "GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: 50_000),
    ])
    func `noise on the query port ends the connection and nothing else`(noise: String) async throws {
        try await withTestServer { server in
            let noisy = try server.client(.query)
            noisy.send(noise)
            let answers = await noisy.rest()
            #expect(answers.hasPrefix("HTTP/1.1 "))
            #expect(try await server.client(.query).get("/api/services").status == 200)
        }
    }

    @Test func `what was just sent is found by the query API`() async throws {
        try await withTestServer { server in
            let sent = try await server.client(.otlpHTTP).post("/v1/traces", Samples.otlpJSON, HTTPIngestTests.json)
            #expect(sent.status == 200)
            let client = try server.client(.query)
            #expect(try await client.get("/api/services").body.hasPrefix(#"{"data":["shop"]"#))
            let trace = try await client.get("/api/traces/0102030405060708090a0b0c0d0e0f10")
            #expect(trace.body.contains(#""operationName":"buy""#))
            #expect(try await server.metric(#"jaeger_query_requests_total{operation="get_trace",result="ok"}"#) == 1)
        }
    }

    @Test func `below a base path everything moves, and the root leads there`() async throws {
        try await withTestServer({ $0.queryBasePath = "/tracing" }) { server in
            let client = try server.client(.query)
            #expect(try await client.get("/tracing/api/services").status == 200)
            #expect(try await client.get("/tracing/search").body.contains(#"<base href="/tracing/">"#))
            let root = try await client.get("/")
            #expect(root.status == 307)
            #expect(root.headers["location"] == "/tracing/")
            #expect(try await client.get("/api/services").status == 404)
        }
    }
}
