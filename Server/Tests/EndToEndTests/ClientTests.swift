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
}
