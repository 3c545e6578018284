import Testing

/// The pages of one trace, of two compared and of files, in a real browser.
@Suite struct TracePageTests {
    @Test(.timeLimit(.minutes(10)))
    func `every view, filter, key and link of a trace works, in both themes and on a narrow screen`() async throws {
        try await withMartlet { server in
            let environment = [
                "MARTLET_UI": "http://127.0.0.1:\(server.ports.query)", "MARTLET_OTLP_HTTP": "\(server.ports.otlp)",
            ]
            // Eight journeys and 44 screens: half a minute on a quiet machine, many times that on a busy one.
            let output = try await Python.run("browser_trace.py", environment: environment, within: .seconds(540))
            #expect(output.contains("all journeys made"))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `whatever a trace or a file says in any field is text, in every view`() async throws {
        try await withMartlet { server in
            let environment = [
                "MARTLET_UI": "http://127.0.0.1:\(server.ports.query)", "MARTLET_OTLP_HTTP": "\(server.ports.otlp)",
            ]
            let script = "browser_hostile.py"
            let output = try await Python.run(script, environment: environment, within: .seconds(540))
            #expect(output.contains("nothing hostile got through"))
        }
    }
}
