import Foundation
import MartletServer
import Testing

/// The live tail over sockets: spans go in at one port and come out at another.
@Suite struct TailTests {
    /// What a listener has heard.
    private final class Ear {
        let client: TestClient
        var text = ""

        init(_ server: RunningServer, _ path: String) async throws {
            client = try server.client(.query)
            client.send("GET \(path) HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n")
            try await expect(": listening")
        }

        /// Reads until a text has come.
        func expect(_ wanted: String) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while !text.contains(wanted), ContinuousClock.now < deadline {
                text += await client.some()
            }
            #expect(text.contains(wanted), "never heard \(wanted); heard \(text.suffix(500))")
        }
    }

    private func spans(_ service: String, count: Int, trace: Int = 1) -> [UInt8] {
        let spans = (1...count).map { number in
            """
            {"traceId":"\(String(repeating: "0", count: 24))\(String(format: "%08x", trace))",\
            "spanId":"\(String(format: "%016x", number))","name":"op \(number)","kind":2,\
            "startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000001500000",\
            "attributes":[{"key":"a \\"key\\"","value":{"intValue":"\(number)"}}]}
            """
        }.joined(separator: ",")
        let body = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},\
            "scopeSpans":[{"spans":[\(spans)]}]}]}
            """
        return Array(body.utf8)
    }

    private func send(_ body: [UInt8], to server: RunningServer) async throws {
        let client = try server.client(.otlpHTTP)
        let answer = try await client.post("/v1/traces", body, ["Content-Type": "application/json"])
        #expect(answer.status == 200)
    }

    @Test func `spans that match are heard as they come in, and others are not`() async throws {
        try await withTestServer { server in
            let ear = try await Ear(server, "/api/tail?of=spans&service=shop&q=%7Bspan:id!=%220000000000000002%22%7D")
            try await send(spans("other", count: 3), to: server)
            try await send(spans("shop", count: 3), to: server)
            try await ear.expect(#""operation":"op 3""#)
            #expect(ear.text.contains("Content-Type: text/event-stream"))
            #expect(!ear.text.contains("Content-Encoding"))
            #expect(ear.text.contains(#""operation":"op 1","kind":"server","status":"unset""#))
            #expect(ear.text.contains(#""duration":1500,"attributes":{"a \"key\"":1}"#))
            #expect(!ear.text.contains(#""operation":"op 2""#) && !ear.text.contains("other"))
            try await ear.expect(#"event: rate"#)
            try await ear.expect(#"{"received":6,"matched":2,"sent":2,"skipped":0}"#)
        }
    }

    @Test func `traces are heard as a whole, again when they have grown`() async throws {
        try await withTestServer { server in
            let ear = try await Ear(server, "/api/tail?service=shop&q=%7B%7D+%7C+count()+%3E+1")
            try await send(spans("shop", count: 1, trace: 9), to: server)
            try await send(spans("shop", count: 2, trace: 10), to: server)
            try await ear.expect(#""spanCount":2"#)
            #expect(ear.text.contains("0000000a") && !ear.text.contains("00000009"))
            try await send(spans("shop", count: 3, trace: 10), to: server)
            try await ear.expect(#""spanCount":5"#)
        }
    }

    @Test func `what is too much is skipped, and told`() async throws {
        try await withTestServer { server in
            let ear = try await Ear(server, "/api/tail?of=spans&rate=2")
            try await send(spans("shop", count: 10), to: server)
            try await ear.expect("event: skipped\ndata: {\"count\":8,\"total\":8}")
            try await ear.expect(#"{"received":10,"matched":10,"sent":2,"skipped":8}"#)
        }
    }

    @Test func `a listener that goes away is forgotten, and a server stops with one that stays`() async throws {
        // What comes after it is the stop, which must not wait for as long as it may.
        let stopping = try await withTestServer({ $0.stopTimeout = .seconds(600) }) { server in
            var ears: [Ear] = []
            for _ in 0..<64 { ears.append(try await Ear(server, "/api/tail")) }
            #expect(try await server.client(.query).get("/api/tail").status == 503)
            ears = []
            // One that stays is heard out as soon as one that left is missed.
            var stays: TestClient?
            let isForgotten = try await eventually(within: .seconds(60)) {
                let client = try server.client(.query)
                client.send("GET /api/tail HTTP/1.1\r\nHost: test\r\n\r\n")
                stays = client
                return await client.some().hasPrefix("HTTP/1.1 200")
            }
            #expect(isForgotten && stays != nil)
            return ContinuousClock.now
        }
        #expect(ContinuousClock.now - stopping < .seconds(300))
    }

    @Test(arguments: [
        ("of=logs", "parameter 'of'"), ("rate=0", "parameter 'rate'"), ("start=1", "parameter 'start'"),
        ("of=spans&q=%7B%7D%3E%3E%7B%7D", "parameter 'q'"), ("q=%7B", "parameter 'q'"),
    ])
    func `what cannot be heard is refused in words`(query: String, words: String) async throws {
        try await withTestServer { server in
            let answer = try await server.client(.query).get("/api/tail?\(query)")
            #expect(answer.status == 400 && answer.body.contains(words))
        }
    }
}
