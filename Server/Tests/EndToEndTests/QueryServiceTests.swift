import Testing

/// The query services of port 16685, asked by gRPC's own client for Python.
struct QueryServiceTests {
    @Test func `a client that knows only what reflection tells is answered by both query services`() async throws {
        try await withMartlet { server in
            let output = try await Python.run("grpc_query.py", environment: server.ports.environment)
            #expect(output.contains("all questions answered"))
        }
    }
}
