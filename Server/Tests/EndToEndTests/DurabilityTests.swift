import Foundation
import Synchronization
import Testing

/// What was acknowledged is there afterwards, once.
@Suite struct DurabilityTests {
    @Test(.timeLimit(.minutes(2)))
    func `after a restart everything is still there`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let ports = try Ports.choose()
            var server = try await Martlet.start(dataFolder: data, ports: ports)
            _ = try await Python.runQuickStart(against: server)
            let before = try await JaegerAPI(server).traces(service: "first-service", untilSpans: 11)
            #expect(try await server.stop() == Program.Exit(code: 0, wasSignal: false))

            server = try await Martlet.start(dataFolder: data, ports: ports)
            let api = JaegerAPI(server)
            let after = try await api.traces(service: "first-service")
            #expect(try await api.services() == ["first-service"])
            #expect(Set(try await api.operations(of: "first-service")).isSuperset(of: ["first-span", "fifth-span"]))
            #expect(Set(after.map(\.traceID)) == Set(before.map(\.traceID)))
            for trace in before {
                let same = try #require(after.first { $0.traceID == trace.traceID })
                #expect(DurabilityTests.summary(same) == DurabilityTests.summary(trace))
            }
            #expect(try await server.stop() == Program.Exit(code: 0, wasSignal: false))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a hundred times kill -9 under load lose nothing that was acknowledged and double nothing`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let ports = try Ports.choose()
            var rounds: [LoadRound] = []
            for number in 1...100 {
                let server = try await Martlet.start(dataFolder: data, ports: ports)
                if let last = rounds.last { try await check(last, on: server) }
                let round = LoadRound(number: number, ports: ports)
                try await round.run(on: server)
                rounds.append(round)
            }
            let server = try await Martlet.start(dataFolder: data, ports: ports)
            for round in rounds { try await check(round, on: server) }
            for path in LoadRound.paths {
                let requests = rounds.reduce(0) { $0 + $1.requests(to: path) }
                #expect(requests > 100, "only \(requests) requests to \(path) were acknowledged")
            }
            #expect(try await server.stop() == Program.Exit(code: 0, wasSignal: false))
        }
    }

    private func check(_ round: LoadRound, on server: Martlet) async throws {
        let trace = try await JaegerAPI(server).trace(SpanPayload.hex(0) + SpanPayload.hex(round.trace))
        let found = trace?.spans.map(\.spanID) ?? []
        let acknowledged = round.acknowledged
        let missing = acknowledged.subtracting(found)
        #expect(missing.isEmpty, "round \(round.number): \(missing.count) of \(acknowledged.count) are missing")
        #expect(Set(found).count == found.count, "round \(round.number): \(found.count - Set(found).count) are doubled")
    }

    /// The parts of a trace that a restart must not change, in a form that compares well.
    private static func summary(_ trace: JaegerTrace) -> Set<String> {
        Set(
            trace.spans.map { span in
                let tags = span.tags.map { "\($0)" }.sorted()
                let process = trace.process(of: span)
                let processTags = process?.tags.map { "\($0)" }.sorted() ?? []
                return "\(span.spanID) \(span.operationName) \(span.startTime) \(span.duration) \(span.references) "
                    + "\(tags) \(process?.serviceName ?? "") \(processTags)"
            }
        )
    }
}

/// Clients that send without pause over both HTTP ports until the server is killed in the middle of it.
private final class LoadRound: Sendable {
    let number: Int
    let trace: UInt64
    private let ports: Ports
    private let spansPerRequest: Int
    private let state = Mutex<(acknowledged: Set<String>, requests: [String: Int])>(([], [:]))
    private static let senders = 3
    static let paths = ["/api/traces", "/v1/traces"]

    init(number: Int, ports: Ports) {
        self.number = number
        self.ports = ports
        trace = 0xA000_0000 + UInt64(number)
        // Mostly small requests; now and then big ones, which fill the log and make blocks.
        spansPerRequest = number.isMultiple(of: 10) ? 256 : 4
    }

    /// The spans whose request got a 2xx.
    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }

    func requests(to path: String) -> Int { state.withLock { $0.requests[path] ?? 0 } }

    func run(on server: Martlet) async throws {
        let enough = Int.random(in: 1...40)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<LoadRound.senders {
                group.addTask { try await blocking { self.send(as: sender) } }
            }
            let hasEnough: Bool? = try await poll(every: .milliseconds(1)) {
                LoadRound.paths.reduce(0) { $0 + self.requests(to: $1) } >= enough ? true : nil
            }
            try await server.kill()
            try await group.waitForAll()
            guard hasEnough == true else {
                throw HarnessError("round \(number): not \(enough) acknowledgements:\n\(server.program.output)")
            }
        }
    }

    /// Sends one request after the other on one connection, until that breaks.
    private func send(as sender: Int) {
        let isThrift = (number + sender).isMultiple(of: 2)
        guard let connection = try? HTTPConnection(port: isThrift ? ports.collector : ports.otlp) else { return }
        let start = Int64(Date().timeIntervalSince1970 * 1_000_000)
        for request in 0..<UInt64.max {
            let first = UInt64(number) << 48 | UInt64(sender + 1) << 40 | request << 12
            let spans = (0..<UInt64(spansPerRequest)).map { first | $0 }
            let encode = isThrift ? SpanPayload.jaegerThrift : SpanPayload.otlpJSON
            let type = isThrift ? "application/x-thrift" : "application/json"
            let path = LoadRound.paths[isThrift ? 0 : 1]
            let body = encode("load", trace, spans, start)
            guard let answer = try? connection.request("POST", path, headers: ["Content-Type": type], body: body),
                (200..<300).contains(answer.status)
            else { return }
            state.withLock { state in
                state.acknowledged.formUnion(spans.map(SpanPayload.hex))
                state.requests[path, default: 0] += 1
            }
        }
    }
}
