import Testing

/// The shell, search, system, monitor, live and status in a real browser.
@Suite(.serialized) struct BrowserPagesTests {
    /// Below a path all is done once more but the look for findings of axe, which takes minutes.
    @Test(.timeLimit(.minutes(10)), arguments: [("", "all"), ("/a/b", "journeys")])
    func `the pages of the UI do what they promise, below any path, with keys alone, without a finding of axe`(
        basePath: String,
        part: String
    ) async throws {
        let output = try await run("browser_pages.py", basePath: basePath, environment: ["MARTLET_PART": part])
        #expect(output.contains("pages seen: 12"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `every command of the one table does what it says, by each of its keys`() async throws {
        let output = try await run("browser_keys.py")
        #expect(output.contains("keys pressed"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a server that is slow, broken, busy, talks nonsense or is gone is told of on every page, with a retry`()
        async throws
    {
        let output = try await run("browser_troubles.py")
        #expect(output.contains("errors seen"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `ten things that people look for take at most five actions each`() async throws {
        let output = try await run("browser_walk.py")
        #expect(output.contains("tasks walked: 10"))
    }

    /// Runs a script against a server of its own.
    private func run(
        _ script: String,
        basePath: String = "",
        environment: [String: String] = [:]
    ) async throws -> String {
        try await withMartlet(flags: ["--query.base-path=\(basePath.isEmpty ? "/" : basePath)"]) { server in
            let addresses = [
                "MARTLET_UI": "http://127.0.0.1:\(server.ports.query)\(basePath)",
                "MARTLET_OTLP_URL": "http://127.0.0.1:\(server.ports.otlp)",
                "MARTLET_COLLECTOR_URL": "http://127.0.0.1:\(server.ports.collector)",
                "MARTLET_PID": "\(server.program.processIdentifier)",
            ]
            let variables = addresses.merging(environment) { $1 }
            return try await Python.run(script, environment: variables, within: .seconds(540))
        }
    }
}
