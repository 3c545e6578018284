import Foundation
import Testing

/// `martlet send`: what one server gives for download, another one takes.
@Suite struct SendTests {
    private func send(_ files: [URL], to server: Martlet) async throws -> String {
        let ports = server.ports
        return try await Program.run(
            Martlet.binary,
            ["send", "--otlp-port=\(ports.otlp)", "--jaeger-port=\(ports.collector)", "--zipkin-port=\(ports.zipkin)"]
                + files.map(\.path),
            environment: [:]
        )
    }

    @Test(.timeLimit(.minutes(5)))
    func `a trace that Jaeger's API gave is the same after it was sent to another server`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("trace.json")
            let first = try await withMartlet { server in
                _ = try await Python.run("jaeger_client_spans.py", environment: server.ports.environment)
                let answer = try await HTTP.get(server.ports.query, "/api/traces?service=jaeger-client-jaeger")
                try Data(answer.body).write(to: file)
                return answer.text
            }
            let second = try await withMartlet { server in
                let output = try await send([file], to: server)
                #expect(output.contains("3 spans sent (Jaeger JSON)"))
                return try await HTTP.get(server.ports.query, "/api/traces?service=jaeger-client-jaeger").text
            }
            #expect(first == second)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `OTLP and Zipkin files are told apart by their content, and what is none is named`() async throws {
        try await withTemporaryFolder { folder in
            func file(_ name: String, _ text: String) throws -> URL {
                let url = folder.appendingPathComponent(name)
                try Data(text.utf8).write(to: url)
                return url
            }
            let span = #"{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001","name":"a"}"#
            let request = #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"#
            let zipkin = #"[{"traceId":"2","id":"3","timestamp":1,"duration":1,"localEndpoint":{"serviceName":"z"}}]"#
            try await withMartlet { server in
                let files = [
                    try file("one.json", request), try file("lines.jsonl", request + "\n" + request + "\n"),
                    try file("zipkin.json", zipkin),
                ]
                let output = try await send(files, to: server)
                #expect(output.contains("one.json: 1 span sent (OTLP JSON)"))
                #expect(output.contains("lines.jsonl: 2 spans sent (OTLP JSON)"))
                #expect(output.contains("zipkin.json: 1 span sent (Zipkin JSON)"))
                #expect(try await JaegerAPI(server).services() == ["missing-service-name", "z"])
                let none = try file("none.json", "{]")
                await #expect(throws: (any Error).self) { try await send([none], to: server) }
            }
        }
    }
}
