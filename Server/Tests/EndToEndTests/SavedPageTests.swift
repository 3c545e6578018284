import Foundation
import Testing

/// A trace that was saved as a page.
@Suite struct SavedPageTests {
    /// Two spans with markup wherever text can be.
    private static let trace = #"""
        {"resourceSpans":[{"resource":{"attributes":[
         {"key":"service.name","value":{"stringValue":"shop <img src=x onerror=alert(1)>"}},
         {"key":"host.name","value":{"stringValue":"\u2028%TITLE%%NONCE%"}}]},
         "scopeSpans":[{"spans":[
          {"traceId":"000000000000000000000000005afe00","spanId":"0000000000000001","name":"<b>order</b>","kind":2,
           "startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000100000000"},
          {"traceId":"000000000000000000000000005afe00","spanId":"0000000000000002",
           "parentSpanId":"0000000000000001","name":"charge","kind":3,
           "startTimeUnixNano":"1700000000020000000","endTimeUnixNano":"1700000000080000000",
           "attributes":[{"key":"statement","value":{"stringValue":"</script><script>alert(2)</script>"}},
            {"key":"<!--","value":{"stringValue":"--><style>*{display:none}</style>"}}],
           "events":[{"timeUnixNano":"1700000000030000000","name":"]]></title>"}],
           "status":{"code":2,"message":"<svg onload=alert(3)>"}}]}]}]}
        """#

    @Test(.timeLimit(.minutes(10)))
    func `a trace that was saved opens from the disk without a server, with every view`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("trace.html")
            try await withMartlet { server in
                let body = Array(Self.trace.utf8)
                let sent = try await HTTP.post(server.ports.otlp, "/v1/traces", type: "application/json", body: body)
                #expect(sent.status == 200)
                // What is acknowledged is found.
                let page = try await HTTP.get(server.ports.query, "/api/traces/5afe00/export?format=html")
                #expect(page.status == 200)
                #expect(page.headers["content-disposition"]?.contains("attachment") == true)
                // Small enough to be sent to somebody.
                #expect(page.body.count < 1_000_000)
                try Data(page.body).write(to: file)
            }
            // The server is gone.
            let output = try await Python.run("browser_saved.py", environment: ["MARTLET_PAGE": file.path])
            #expect(output.contains("the saved page works"))
        }
    }
}
