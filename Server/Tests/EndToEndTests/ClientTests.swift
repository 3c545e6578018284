import Foundation
import Testing

/// The real clients, each with everything that it can say, read back through the query API field by field.
@Suite struct ClientTests {
    @Test(.timeLimit(.minutes(5)))
    func `OpenTelemetry's exporters, in each protocol and packed in every way, find their spans as they sent them`()
        async throws
    {
        try await withMartlet { server in
            let output = try await Python.run("otel_client.py", environment: server.ports.environment)
            #expect(output.split(separator: "\n").filter { $0.hasPrefix("equal: ") }.count == 11, "\(output)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a client of gRPC gets the status, the words and the details of its protocol`() async throws {
        try await withMartlet { server in
            let output = try await Python.run("grpc_calls.py", environment: server.ports.environment)
            #expect(output.contains("all calls answered"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `py-zipkin, in both versions and all encodings, finds its spans as it sent them`() async throws {
        try await withMartlet { server in
            let output = try await Python.run("zipkin_client.py", environment: server.ports.environment)
            #expect(output.split(separator: "\n").filter { $0.hasPrefix("equal: ") }.count == 12, "\(output)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `jaeger-client, with its own propagation and with B3, finds its spans as it sent them`() async throws {
        try await withMartlet { server in
            let output = try await Python.run("jaeger_client_spans.py", environment: server.ports.environment)
            #expect(output.split(separator: "\n").filter { $0.hasPrefix("equal: ") }.count == 2, "\(output)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `jaeger-client samples as the strategies file says, and otherwise as soon as the file does`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("strategies.json")
            let first = #"{"default_strategy":{"type":"probabilistic","param":1.0}}"#
            try Data(first.utf8).write(to: file)
            let flags = ["--sampling.strategies-file=\(file.path)", "--sampling.strategies-reload-interval=1s"]
            try await withMartlet(flags: flags) { server in
                let output = try await Python.run(
                    "jaeger_client_spans.py",
                    ["remote", file.path],
                    environment: server.ports.environment
                )
                #expect(output.split(separator: "\n").filter { $0.hasPrefix("equal: ") }.count == 5, "\(output)")
                #expect(server.program.output.contains("the sampling strategies from before stay in force"))
                #expect(server.program.output.contains("strategies.json is not a file of sampling strategies"))
            }
        }
    }
}
