import Testing

/// Search, system, monitor, live and status in a real browser, down to a server that is gone.
@Suite struct BrowserPagesTests {
    @Test(.timeLimit(.minutes(10)), arguments: ["", "/a/b"])
    func `the pages of the UI do what they promise, below any path, with keys alone, without a finding of axe`(
        basePath: String
    ) async throws {
        try await withMartlet(flags: ["--query.base-path=\(basePath.isEmpty ? "/" : basePath)"]) { server in
            let environment = [
                "MARTLET_UI": "http://127.0.0.1:\(server.ports.query)\(basePath)",
                "MARTLET_OTLP_URL": "http://127.0.0.1:\(server.ports.otlp)",
                "MARTLET_PID": "\(server.program.processIdentifier)",
            ]
            let output = try await Python.run("browser_pages.py", environment: environment)
            #expect(output.contains("pages seen: 12"))
        }
    }
}
