import Foundation
import Testing

/// How the server starts, says where it is, refuses to start, and stops.
@Suite struct StartTests {
    @Test(.timeLimit(.minutes(5)))
    func `it says where the UI is and where the data lie, and stops cleanly when asked`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let ports = try Ports.choose()
            let server = try await Martlet.start(dataFolder: data, ports: ports)
            #expect(server.program.output.contains("http://127.0.0.1:\(ports.query)"))
            #expect(server.program.output.contains(data.path))
            #expect(try await server.stop() == Program.Exit(code: 0, wasSignal: false))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a port that is taken is named together with its flag, and nothing stays behind`() async throws {
        try await withMartlet { first in
            try await withTemporaryFolder { folder in
                // All ports but one are free.
                var own = try Ports.choose()
                own.query = first.ports.query
                let data = folder.appendingPathComponent("data")
                let log = folder.appendingPathComponent("log")
                let second = try Martlet.launch(dataFolder: data, ports: own, log: log)
                let exit = try await second.waitForExit(within: .seconds(60))
                #expect(exit.code != 0 && !exit.wasSignal)
                #expect(second.output.contains("\(first.ports.query)"))
                #expect(second.output.contains("--query.http-server.host-port"))
                for port in [own.collector, own.otlp, own.sampling, own.admin, own.compact] {
                    #expect(Socket.isFree(port: port))
                }
            }
            #expect(try await HTTP.get(first.ports.admin, "/").status == 200)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `in memory it works and leaves no files`() async throws {
        try await withMartlet(flags: ["--storage=memory"]) { server in
            let trace = UInt64.random(in: 1...UInt64.max)
            let start = Int64(Date().timeIntervalSince1970 * 1_000_000)
            let body = SpanPayload.otlpJSON(service: "in-memory", trace: trace, spans: [7], start: start)
            let answer = try await HTTP.post(server.ports.otlp, "/v1/traces", type: "application/json", body: body)
            #expect(answer.status == 200)
            // No waiting: what was acknowledged is there at once.
            #expect(try await JaegerAPI(server).trace(SpanPayload.hex(0) + SpanPayload.hex(trace))?.spans.count == 1)
            #expect(try await JaegerAPI(server).services() == ["in-memory"])
        }
    }
}
