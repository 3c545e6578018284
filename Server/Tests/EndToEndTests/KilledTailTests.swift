import Foundation
import Synchronization
import Testing

/// Tail sampling, killed at any moment: between a trace's spans, before it is decided on, while others are removed.
@Suite struct KilledTailTests {
    private static let rounds = 12
    private static let policies = """
        {"decision_wait": "150ms", "removal_interval": "100ms",
         "policies": [{"type": "attribute", "query": "{ name = \\"wanted\\" }"}]}
        """

    @Test(.timeLimit(.minutes(10)))
    func `kill -9 with tail sampling on loses nothing that is wanted and counts nothing twice`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let file = folder.appendingPathComponent("policies.json")
            try Data(Self.policies.utf8).write(to: file)
            let flags = ["--sampling.tail-policies=\(file.path)"]
            let ports = try Ports.choose()
            let client = TracesClient(ports: ports)
            for _ in 1...Self.rounds {
                let server = try await Martlet.start(dataFolder: data, ports: ports, flags: flags)
                try await client.run(on: server)
            }
            let server = try await Martlet.start(dataFolder: data, ports: ports, flags: flags)
            for number in client.wanted {
                let spans = try await JaegerAPI(server).trace(TracesClient.id(number))?.spans.map(\.spanID) ?? []
                #expect(spans.count == 2 && Set(spans).count == 2, "trace \(number) has the spans \(spans)")
            }
            #expect(client.wanted.count > Self.rounds)
            // Traces that were left out are counted as well, none of them twice, whatever was being done to them.
            let calls = try await Self.calls(server)
            let sent = client.acknowledged...(client.acknowledged + client.unanswered)
            #expect(sent.contains(calls), "\(calls) calls are counted, of \(sent) that were sent")
            // What is not wanted goes, after all these crashes as before.
            try await client.send(5, to: server)
            let unwanted = client.newest.filter { !client.isWanted($0) }
            let isGone: Bool? = try await poll {
                for number in unwanted where try await JaegerAPI(server).trace(TracesClient.id(number)) != nil {
                    return nil
                }
                return true
            }
            #expect(isGone == true)
            #expect(try await server.stop() == Program.Exit(code: 0, wasSignal: false))
        }
    }

    /// Calls from one service to the other, by the figures.
    private static func calls(_ server: Martlet) async throws -> Int {
        struct Answer: Decodable {
            struct Edge: Decodable { let callCount: Int }
            let data: [Edge]
        }
        let answer = try await HTTP.get(server.ports.query, "/api/dependencies")
        let edges = try JSONDecoder().decode(Answer.self, from: Data(answer.body)).data
        return edges.reduce(0) { $0 + $1.callCount }
    }
}

/// Sends traces of a caller and what it calls; every third is wanted.
private final class TracesClient: Sendable {
    private let ports: Ports
    private let state = Mutex<(next: Int, acknowledged: [Int], unanswered: Int)>((1, [], 0))

    init(ports: Ports) { self.ports = ports }

    var acknowledged: Int { state.withLock { $0.acknowledged.count } }
    /// Traces of which nobody said whether they were taken.
    var unanswered: Int { state.withLock { $0.unanswered } }
    var wanted: [Int] { state.withLock { $0.acknowledged.filter(isWanted) } }
    var newest: [Int] { state.withLock { $0.acknowledged.suffix(5) } }

    func isWanted(_ number: Int) -> Bool { number.isMultiple(of: 3) }

    static func id(_ number: Int) -> String { SpanPayload.hex(7) + SpanPayload.hex(UInt64(number)) }

    /// Sends until so many are acknowledged that the server has something to decide on and to remove, and kills it.
    func run(on server: Martlet) async throws {
        let enough = acknowledged + Int.random(in: 5...120)
        async let sending: Void = blocking { self.sendUntilBroken() }
        let hasEnough: Bool? = try await poll(every: .milliseconds(1)) { self.acknowledged >= enough ? true : nil }
        try await server.kill()
        try await sending
        guard hasEnough == true else { throw HarnessError("not enough was acknowledged:\n\(server.program.output)") }
    }

    /// Sends a few, all of which must be taken.
    func send(_ count: Int, to server: Martlet) async throws {
        try await blocking {
            let connection = try HTTPConnection(port: self.ports.otlp)
            for _ in 0..<count where !self.sendNext(on: connection) { throw HarnessError("a trace was not taken") }
        }
    }

    private func sendUntilBroken() {
        guard let connection = try? HTTPConnection(port: ports.otlp) else { return }
        while sendNext(on: connection) {}
    }

    private func sendNext(on connection: borrowing HTTPConnection) -> Bool {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        let answer = try? connection.request(
            "POST",
            "/v1/traces",
            headers: ["Content-Type": "application/json"],
            body: request(number)
        )
        return state.withLock { state in
            guard let answer, answer.status == 200 else {
                state.unanswered += 1
                return false
            }
            state.acknowledged.append(number)
            return true
        }
    }

    private func request(_ number: Int) -> [UInt8] {
        let start = Int64(Date().timeIntervalSince1970 * 1e6) * 1_000
        let parent = SpanPayload.hex(UInt64(2 * number))
        func service(_ name: String, _ span: UInt64, _ more: String) -> String {
            """
            {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(name)"}}]},\
            "scopeSpans":[{"spans":[\
            {"traceId":"\(Self.id(number))","spanId":"\(SpanPayload.hex(span))","startTimeUnixNano":"\(start)",\
            "endTimeUnixNano":"\(start + 1_000_000)",\(more)}]}]}
            """
        }
        let caller = service("web", UInt64(2 * number), #""name":"\#(isWanted(number) ? "wanted" : "other")","kind":3"#)
        let called = service("shop", UInt64(2 * number + 1), #""name":"work","kind":2,"parentSpanId":"\#(parent)""#)
        return Array(#"{"resourceSpans":[\#(caller),\#(called)]}"#.utf8)
    }
}
