import Foundation
import SpanStorage
import Testing
import TraceModel

@testable import MartletServer

@Suite struct AgentTests {
    private static func settings(_ collector: String, queue: String) throws -> AgentSettings {
        let address = try #require(CollectorAddress(parsing: collector))
        var settings = AgentSettings(collector: address)
        let free = ListenAddress(host: "127.0.0.1", port: 0)
        for port in PortName.allCases where port.address(settings.server) != nil {
            settings.server[keyPath: port.path] = free
        }
        settings.queueDirectory = queue
        return settings
    }

    private static func metric(_ agent: RunningAgent, _ name: String) async throws -> Int? {
        let text = try await TestClient(port: agent.port(.admin) ?? 0).get("/metrics").body
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    private static func send(_ datagrams: [[UInt8]], to agent: RunningAgent) throws {
        let client = try TestClient(port: agent.port(.jaegerCompact) ?? 0, isDatagram: true)
        for datagram in datagrams { client.send(datagram) }
    }

    @Test(
        arguments: [
            ("http", PortName.jaegerHTTP, "/api/traces"), ("http", .otlpHTTP, "/v1/traces"), ("grpc", .otlpGRPC, ""),
        ]
    )
    func `datagrams reach the collector by any way`(scheme: String, name: PortName, path: String) async throws {
        let queue = temporaryFolder()
        defer { removeFolder(queue) }
        try await withTestServer { server in
            let settings = try Self.settings("\(scheme)://127.0.0.1:\(server.port(name) ?? 0)\(path)", queue: queue)
            try await withAgent(settings, logger: .silent) { agent in
                try Self.send([Samples.compactDatagram, Samples.zipkinDatagram, [1, 2, 3]], to: agent)
                #expect(await eventually(within: .seconds(60)) { server.spanCount == 2 })
                let stored = try await server.store.trace(Samples.compactTraceID)
                let trace = try #require(stored)
                #expect(trace.service(of: 0) == "svc" && trace.strings.text(trace.spans.names[0]) == "op")
                let format = trace.resource(of: 0).format
                #expect(format == (name == .jaegerHTTP ? .jaeger : .otlp))
                // The agent counts when the collector's answer has come back, a moment after the spans are stored.
                let isCounted = try await eventually(within: .seconds(60)) {
                    try await Self.metric(agent, "jaeger_agent_reporter_spans_submitted_total") == 2
                }
                #expect(isCounted)
                let broken = "jaeger_agent_thrift_udp_t_processor_handler_errors_total"
                let labels = #"{model="jaeger",protocol="compact"}"#
                #expect(try await Self.metric(agent, broken + labels) == 1)
            }
        }
    }

    @Test(arguments: ["http", "grpc"])
    func `what cannot be sent waits on the disk, through a restart, and is sent when the collector is back`(
        scheme: String
    ) async throws {
        let queue = temporaryFolder()
        defer { removeFolder(queue) }
        // A port on which nobody listens: it was somebody's a moment ago.
        let port = try await withTestServer { $0.port(.jaegerHTTP) ?? 0 }
        let settings = try Self.settings("http://127.0.0.1:\(port)", queue: queue)
        try await withAgent(settings, logger: .silent) { agent in
            try Self.send([Samples.compactDatagram], to: agent)
            #expect(await eventually(within: .seconds(60)) { agent.queuedSpans() == 1 })
            #expect(try await Self.metric(agent, "martlet_agent_connected") == 0)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue).count == 1)
        // Somebody may set another way meanwhile: what waits goes by that, whatever it was written for.
        let change: (inout ServerSettings) -> Void = { settings in
            let address = ListenAddress(host: "127.0.0.1", port: port)
            if scheme == "http" { settings.collectorAddress = address } else { settings.otlpGRPCAddress = address }
        }
        let later = try Self.settings("\(scheme)://127.0.0.1:\(port)", queue: queue)
        try await withTestServer(change) { server in
            try await withAgent(later, logger: .silent) { agent in
                #expect(await eventually { server.spanCount == 1 && agent.queuedSpans() == 0 })
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue).isEmpty)
    }

    @Test func `the queue holds no more than it may, and gives requests in their order`() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let spool = try SpoolFolder(path: folder, bytesMax: 100)
        for number in 1...3 {
            let isAdded = try spool.add([UInt8](repeating: UInt8(number), count: 30), spans: number, kind: "otlp")
            #expect(isAdded)
        }
        #expect(try !spool.add([UInt8](repeating: 4, count: 30), spans: 4, kind: "otlp"))
        try Data([9]).write(to: URL(fileURLWithPath: folder).appendingPathComponent("7-1.otlp.unfinished"))
        let again = try SpoolFolder(path: folder, bytesMax: 100)
        #expect(again.figures.requests == 3 && again.figures.spans == 6 && again.figures.bytes == 90)
        for number in 1...3 {
            let entry = try #require(again.oldest)
            #expect(entry.spans == number && entry.kind == "otlp")
            #expect(try again.body(of: entry) == [UInt8](repeating: UInt8(number), count: 30))
            again.remove(entry)
        }
        #expect(again.oldest == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test func `clients ask the agent how to sample, also while the collector is away`() async throws {
        let queue = temporaryFolder()
        defer { removeFolder(queue) }
        let port = try await withTestServer { $0.port(.jaegerHTTP) ?? 0 }
        let settings = try Self.settings("http://127.0.0.1:\(port)", queue: queue)
        try await withAgent(settings, logger: .silent) { agent in
            func ask(_ path: String) async throws -> TestClient.Answer {
                try await TestClient(port: agent.port(.sampling) ?? 0).get(path)
            }
            #expect(try await ask("/sampling?service=shop").status == 500)
            try await withTestServer {
                $0.collectorAddress = ListenAddress(host: "127.0.0.1", port: port)
                $0.samplingProbability = 0.25
            } _: { _ in
                let answer = try await ask("/sampling?service=shop")
                #expect(answer.status == 200 && answer.body.contains("\"samplingRate\":0.25"))
                let old = try await ask("/?service=shop")
                #expect(old.body.contains("\"strategyType\":0"))
                let bad = try await ask("/sampling")
                #expect(bad.status == 400)
            }
            let known = try await ask("/sampling?service=shop")
            #expect(known.status == 200 && known.body.contains("\"samplingRate\":0.25"))
        }
    }

    @Test(
        arguments: [
            ("http://collector", "http://collector:80/api/traces"),
            ("http://collector:14268", "http://collector:14268/api/traces"),
            ("http://collector:4318/", "http://collector:4318/v1/traces"),
            ("http://[::1]:80/x/v1/traces", "http://[::1]:80/x/v1/traces"),
            ("grpc://collector", "grpc://collector:4317"), ("grpc://[::1]:1/", "grpc://[::1]:1"),
        ]
    )
    func `URLs of collectors are read`(text: String, meant: String) {
        #expect(CollectorAddress(parsing: text)?.description == meant)
    }

    @Test(arguments: ["collector:14268", "https://collector", "http://", "http://a:b", "http://a/x", "grpc://a/b", ""])
    func `what is no URL of a collector is refused`(text: String) {
        #expect(CollectorAddress(parsing: text) == nil)
        var reader = SettingsReader(role: .agent, flags: [.agentCollector: text], environment: [:])
        #expect(reader.agentSettings() == nil || text.isEmpty)
        if text.hasPrefix("https") { #expect(reader.errors.first?.contains("the agent has no TLS") == true) }
        if !text.isEmpty { #expect(reader.errors.first?.hasPrefix("--agent.collector: ") == true) }
    }

    @Test func `who comes with the settings of Jaeger's agent hears what to say instead`() throws {
        var reader = SettingsReader(
            role: .agent,
            flags: [:],
            environment: ["REPORTER_GRPC_HOST_PORT": "collector:14250"]
        )
        #expect(reader.agentSettings() == nil)
        #expect(try #require(reader.errors.first).contains("--agent.collector http://HOST:14268"))
    }

    @Test func `a collector has no questions and none of the agent's ports, unless it is asked for them`() {
        let reader = SettingsReader(role: .collector, flags: [.samplingAddress: ":1"], environment: [:])
        let ports = PortName.allCases.filter { $0.address(reader.settings) != nil }
        #expect(
            ports == [.otlpGRPC, .otlpHTTP, .jaegerHTTP, .jaegerGRPC, .zipkinHTTP, .sampling, .samplingGRPC, .admin]
        )
        let off = SettingsReader(flags: [.zipkinAddress: "off", .otlpAddress: "off"], environment: [:])
        #expect(off.errors.isEmpty && off.settings.zipkinAddress == nil && off.settings.otlpAddress == nil)
    }
}
