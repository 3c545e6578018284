import Foundation
import Testing

/// `martlet demo`: what it leaves behind is what it says one will find.
@Suite struct DemoTests {
    @Test(.timeLimit(.minutes(5)))
    func `the demo leaves traces of four services, with its faults in them, and ends when told so`() async throws {
        try await withMartlet { server in
            let port = try Ports.nextFour()
            let output = try await Program.run(
                Martlet.binary,
                ["demo", "--once", "--port", "\(port)", "--requests", "4", "--concurrency", "4", "--ui", "http://ui"],
                environment: server.clientEnvironment
            )
            #expect(output.contains("http://ui/search?service=customer&operation=SQL%20SELECT"))
            let api = JaegerAPI(server)
            // A request is 4 spans of frontend and customer, 2 to driver, 11 reads or more, and 20 for routes.
            let traces = try await api.traces(service: "frontend", untilSpans: 4 * 38)
            #expect(try await api.services() == ["customer", "driver", "frontend", "route"])
            #expect(traces.count == 4)
            let customer = "frontend:/dispatch > frontend:dispatch > frontend:HTTP GET: /customer > customer:/customer"
            for trace in traces {
                #expect(trace.paths.contains("\(customer) > customer:SQL SELECT"))
                #expect(trace.spans.count { $0.operationName == "/route" } == 10)
                #expect(!trace.paths.contains { $0.contains("missing") })
            }
            let spans = traces.flatMap(\.spans)
            let failed = spans.filter { $0.tags.contains(JaegerTag("error", "bool", .bool(true))) }
            #expect(!failed.isEmpty && failed.allSatisfy { $0.operationName == "GetDriver" })
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a port that is taken is named`() async throws {
        try await withMartlet { server in
            let failure = await #expect(throws: HarnessError.self) {
                try await Program.run(Martlet.binary, ["demo", "--once", "--port", "\(server.ports.query)"])
            }
            #expect(failure?.description.contains("error: the demo can't run on the ports") == true)
        }
    }
}
