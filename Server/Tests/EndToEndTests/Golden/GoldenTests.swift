import Foundation
import Testing

/// What a real Jaeger was asked, asked of us: ingest, sampling and queries in one sequence, as they were recorded.
struct GoldenTests {
    @Test(.timeLimit(.minutes(10)))
    func `every recorded request gets the answer of a real Jaeger, but for differences that are listed`() async throws {
        let deliberate = try Recording.deliberate()
        let strategies = Recording.folder.appendingPathComponent("sampling.json").path
        try await withMartlet(flags: ["--sampling.strategies-file=\(strategies)"]) { server in
            var equal = 0
            for recorded in try Recording.cases() {
                guard let answers = recorded.answers else {
                    try await sendDatagram(recorded, to: server)
                    continue
                }
                let ours = try await send(recorded, to: server).canonical
                let equals = answers.filter { $0.canonical == ours }.flatMap(\.servers)
                if !equals.isEmpty {
                    equal += 1
                    #expect(
                        deliberate[recorded.name] == nil,
                        "\(recorded.name) is listed as deliberate, yet it is what \(equals) answered"
                    )
                } else if deliberate[recorded.name] == nil {
                    let theirs = answers.map { "\($0.servers): \($0.canonical)" }.joined(separator: "\n")
                    Issue.record("\(recorded.name): \(recorded.method) \(recorded.path)\nours: \(ours)\n\(theirs)")
                }
            }
            #expect(equal > 115)
        }
    }

    @Test func `whatever is listed as deliberate is a recorded request, and says why`() throws {
        let names = Set(try Recording.cases().map(\.name))
        for (name, reason) in try Recording.deliberate() {
            #expect(names.contains(name), "no recorded request is called \(name)")
            #expect(reason.count > 10, "\(name): say why")
        }
    }

    @Test func `an answer is compared without the order of its lists and the numbers of its processes`() throws {
        func canonical(_ json: String) throws -> String {
            Recording.Answer(HTTPResponse(status: 200, headers: [:], body: Array(json.utf8))).canonical
        }
        let one = try canonical(
            #"{"spans":[{"a":1,"processID":"p1"},{"a":2,"processID":"p2"}],"processes":{"p1":3,"p2":4}}"#
        )
        let same = try canonical(
            #"{"processes":{"x":4,"y":3},"spans":[{"a":2,"processID":"x"},{"processID":"y","a":1}]}"#
        )
        let other = try canonical(
            #"{"processes":{"x":3,"y":4},"spans":[{"a":2,"processID":"x"},{"processID":"y","a":1}]}"#
        )
        #expect(one == same)
        #expect(one != other)
    }

    private func send(_ recorded: Recording.Case, to server: Martlet) async throws -> Recording.Answer {
        let ports = [
            "query": server.ports.query, "thrift": server.ports.collector, "otlp": server.ports.otlp,
            "zipkin": server.ports.zipkin, "sampling": server.ports.sampling,
        ]
        guard let port = ports[recorded.target] else { throw HarnessError("no port for \(recorded.target)") }
        let body = try recorded.body.map { try Recording.body($0) } ?? []
        let answer = try await HTTP.request(
            recorded.method,
            port,
            recorded.path,
            headers: recorded.headers ?? [:],
            body: body
        )
        guard answer.headers["content-encoding"]?.lowercased() == "gzip" else { return Recording.Answer(answer) }
        let plain = try await Python.gunzip(answer.body)
        return Recording.Answer(HTTPResponse(status: answer.status, headers: answer.headers, body: plain))
    }

    /// A datagram has no answer: what it brought must be seen before the next request goes out.
    private func sendDatagram(_ recorded: Recording.Case, to server: Martlet) async throws {
        let port = recorded.target == "udpc" ? server.ports.compact : server.ports.binary
        let body = try Recording.body(recorded.body ?? "")
        let path = try #require(recorded.visible)
        try await blocking { try Socket(.datagram, port: port).send(body) }
        let isThere: Bool? = try await poll { try await HTTP.get(server.ports.query, path).status == 200 ? true : nil }
        #expect(isThere == true, "\(recorded.name): no trace at \(path) after a minute")
    }
}
