import Testing

/// Search, system, monitor, live and status in a real browser, down to a server that is gone.
@Suite(.serialized) struct BrowserPagesTests {
    /// Below a path all is done once more but the look for findings of axe, which takes minutes.
    @Test(.timeLimit(.minutes(10)), arguments: [("", "all"), ("/a/b", "journeys")])
    func `the pages of the UI do what they promise, below any path, with keys alone, without a finding of axe`(
        basePath: String,
        part: String
    ) async throws {
        try await withMartlet(flags: ["--query.base-path=\(basePath.isEmpty ? "/" : basePath)"]) { server in
            let environment = [
                "MARTLET_UI": "http://127.0.0.1:\(server.ports.query)\(basePath)",
                "MARTLET_OTLP_URL": "http://127.0.0.1:\(server.ports.otlp)",
                "MARTLET_PART": part,
                "MARTLET_PID": "\(server.program.processIdentifier)",
            ]
            let limit = Duration.seconds(540)
            let output = try await Python.run("browser_pages.py", environment: environment, within: limit)
            #expect(output.contains("pages seen: 12"))
        }
    }
}
