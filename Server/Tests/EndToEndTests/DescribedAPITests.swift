import Testing

/// The HTTP API against its own description, `/api/openapi.json`, by a program that knows nothing but that.
struct DescribedAPITests {
    @Test(.timeLimit(.minutes(20)))
    func `each route, parameter and error is as the description says, and no input breaks the server`() async throws {
        // The traces of the examples are years old.
        try await withMartlet(flags: ["--retention.max-age=0"]) { server in
            let output = try await Python.run(
                "described_api.py",
                ["800"],
                environment: server.ports.environment,
                within: .seconds(1_000)
            )
            #expect(output.contains("requests answered as described"))
        }
    }
}
