import Foundation
import Testing

/// `martlet search`, `trace`, `compare`, `services` and `tail`: what they print and how they end.
@Suite struct AskTests {
    /// What a command printed, both streams, and its code.
    private struct Outcome {
        var text: String
        var code: Int32
    }

    private func martlet(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Outcome {
        try await withTemporaryFolder { folder in
            let log = folder.appendingPathComponent("output")
            let program = try Program(
                Martlet.binary,
                arguments,
                environment: ["COLUMNS": "100"].merging(environment) { $1 },
                log: log
            )
            let exit = try await program.waitForExit(within: .seconds(120))
            #expect(!exit.wasSignal)
            return Outcome(text: program.output, code: exit.code)
        }
    }

    private func ask(_ server: Martlet, _ arguments: String...) async throws -> Outcome {
        try await martlet(arguments + ["--url", "http://127.0.0.1:\(server.ports.query)"])
    }

    /// An order: a root with two calls, the second of which fails; `slow` makes that one take longer.
    private func order(_ trace: Int, slow: Bool = false, name: String = "POST /order") -> Data {
        let end = slow ? 400 : 100
        func span(_ id: Int, _ parent: String, _ name: String, _ from: Int, _ to: Int, _ more: String = "") -> String {
            """
            {"traceId":"\(String(format: "%032x", trace))","spanId":"\(String(format: "%016x", id))",\(parent)\
            "name":"\(name)","kind":2,"startTimeUnixNano":"1700000000\(String(format: "%03d", from))000000",\
            "endTimeUnixNano":"1700000000\(String(format: "%03d", to))000000"\(more)}
            """
        }
        let parent = #""parentSpanId":"0000000000000001","#
        let spans = [
            span(1, "", name, 0, end), span(2, parent, "reserve", 10, 40),
            span(3, parent, "charge", 50, end - 10, #","status":{"code":2}"#),
        ]
        let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}"#
        let body = """
            {"resourceSpans":[{"resource":\(resource),"scopeSpans":[{"spans":[\(spans.joined(separator: ","))]}]}]}
            """
        return Data(body.utf8)
    }

    private func send(_ body: Data, to server: Martlet) async throws {
        let answer = try await HTTP.post(server.ports.otlp, "/v1/traces", type: "application/json", body: Array(body))
        #expect(answer.status == 200)
    }

    @Test(.timeLimit(.minutes(5)))
    func `questions are answered in a terminal, by a server or by its files`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let server = try await Martlet.start(dataFolder: data, ports: try Ports.choose())
            try await send(order(1), to: server)
            try await send(order(0xF, slow: true), to: server)

            #expect(try await ask(server, "services").text == "shop\n")
            #expect(try await ask(server, "services", "shop").text.contains("server  charge\n"))
            let failed = "{ status = error }"
            let found = try await ask(server, "search", failed, "--start", "0", "--sort", "longest")
            let lines = found.text.split(separator: "\n")
            try #require(found.code == 0 && lines.count == 4, "\(found.text)")
            let line = "2023-11-14 22:13:20.000  000000000000000f     400ms ━━━━━━━━━━━━      3       1  shop"
            #expect(lines[1].hasPrefix(line))
            #expect(lines[3] == "2 traces")
            let none = try await ask(server, "search", "--service", "nobody")
            #expect(none.code == 1 && none.text == "error: no trace matches\n")

            let trace = try await ask(server, "trace", "F", "--tags")
            #expect(trace.text.contains("400ms · 3 spans · 1 service · depth 2 · 1 error"))
            #expect(trace.text.contains("├ shop reserve") && trace.text.contains("└ ✗ shop charge"))
            #expect(trace.text.contains("otel.status_code  ERROR"))
            let same = try await ask(server, "compare", "1", "1")
            #expect(same.code == 0 && same.text.contains("both did the same"))
            let other = try await ask(server, "compare", "1", "f")
            #expect(other.code == 0 && other.text.contains("+300ms"))

            let api = try await HTTP.get(server.ports.query, "/api/traces/f").text
            #expect(try await ask(server, "trace", "f", "--json").text == api + "\n")

            let held = try await martlet(["services", "--data-dir", data.path])
            #expect(held.code == 2 && held.text.contains("is in use by a running martlet"))
            #expect(try await server.stop() == Program.Exit(code: 0, wasSignal: false))
            let offline = try await martlet(["trace", "f", "--data-dir", data.path, "--json"])
            #expect(offline.code == 0 && offline.text == api + "\n")
            let gone = try await ask(server, "services")
            #expect(gone.code == 2 && gone.text.contains("no martlet answers at"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what spans say does not command the terminal`() async throws {
        try await withMartlet { server in
            try await send(order(7, name: #"\u001b]0;owned\u0007\u001b[31mred\u009b2J\u202egnp"#), to: server)
            for arguments in [
                ["trace", "7"], ["search", "--start", "0"], ["services", "shop"], ["compare", "7", "7"],
            ] {
                let outcome = try await martlet(arguments + ["--url", "http://127.0.0.1:\(server.ports.query)"])
                #expect(outcome.code == 0 && outcome.text.contains("␛]0;"))
                let isPlain = outcome.text.unicodeScalars.allSatisfy { scalar in
                    scalar == "\n"
                        || scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
                            && scalar.value != 0x202E
                }
                #expect(isPlain, "\(arguments): \(outcome.text.debugDescription)")
            }
            let url = "http://127.0.0.1:\(server.ports.query)"
            let coloured = try await martlet(["services", "--color", "always", "--url", url])
            #expect(coloured.text.contains("\u{1B}["))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a tail shows what comes in and ends after as much as was asked for`() async throws {
        try await withMartlet { server in
            try await withTemporaryFolder { folder in
                let arguments = [
                    "tail", "{ status = error }", "--spans", "--json", "--count", "2", "--url",
                    "http://127.0.0.1:\(server.ports.query)",
                ]
                let log = folder.appendingPathComponent("output")
                let tail = try Program(Martlet.binary, arguments, log: log)
                // It may not be listening yet: spans come until it has heard enough.
                var trace = 100
                _ = try await poll(every: .milliseconds(100)) {
                    trace += 1
                    try await send(order(trace), to: server)
                    return tail.hasEnded ? true : nil
                }
                #expect(try await tail.waitForExit() == Program.Exit(code: 0, wasSignal: false))
                let lines = tail.output.split(separator: "\n")
                #expect(lines.count == 2)
                for line in lines {
                    let span = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    #expect(span?["operation"] as? String == "charge" && span?["status"] as? String == "error")
                }
            }
            let refused = try await ask(server, "tail", "{ nonsense")
            #expect(refused.code == 2 && refused.text.contains("parameter 'q'"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a language model's client finds the slow call and why it failed`() async throws {
        try await withMartlet { server in
            try await send(order(0xF, slow: true), to: server)
            let output = try await Python.run("mcp_client.py", environment: server.ports.environment)
            #expect(output.contains("asked and answered"))
        }
    }
}
