import Testing

/// What no proper client sends, and more than the server can take.
@Suite struct HostileTests {
    private static let attacks = [
        "bombs", "thrift_list", "deep_value", "many_attributes", "idle_connections", "slow_sender", "rapid_reset",
        "continuations", "pings", "large_headers",
    ]

    @Test(.timeLimit(.minutes(10)), arguments: HostileTests.attacks)
    func `an attack is refused, costs no memory, and nobody else notices it`(attack: String) async throws {
        try await withMartlet { server in
            let output = try await Python.run("hostile.py", [attack], environment: server.ports.environment)
            #expect(output.contains("survived: \(attack)"))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `over its budget the server refuses with a hint, answers questions, and counts every span`() async throws {
        try await withMartlet(flags: ["--ingest.max-bytes-in-flight=1MiB"]) { server in
            let environment = server.ports.environment.merging(["MARTLET_BUDGET": "1"]) { $1 }
            let output = try await Python.run("overload.py", ["3", "8"], environment: environment)
            #expect(output.contains("balanced: "))
        }
    }
}
