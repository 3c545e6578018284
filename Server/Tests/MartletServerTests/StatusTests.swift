import Foundation
import Testing

@testable import MartletServer

@Suite struct StatusTests {
    /// What a page reads of the report.
    private struct Report: Decodable {
        struct Row: Decodable {
            var service: String
            var source: String
            var received: UInt64
            var stored: UInt64
            var sampledOut: UInt64
            var underWay: UInt64
            var rejected: [String: UInt64]
        }

        struct Ingest: Decodable {
            var rows: [Row]
            var bytesInFlightMax: Int
        }

        struct Setting: Decodable {
            var setting: String
            var value: String
            var origin: String
        }

        struct Port: Decodable {
            var name: String
            var addresses: [String]
            var connections: Int?
        }

        struct Storage: Decodable {
            var kind: String
            var spans: UInt64
        }

        struct Retention: Decodable {
            var maxBytes: Int?
            var maxAgeSeconds: Int?
        }

        struct Strategy: Decodable {
            var type: String
            var probability: Double?
        }

        struct Service: Decodable {
            var service: String
            var asked: Int
            var isInFile: Bool
            var strategy: Strategy
            var tracesPerSecond: Double
            var operations: [Operation]
        }

        struct Operation: Decodable {
            var operation: String
            var probability: Double?
        }

        struct Sampling: Decodable {
            var type: String
            var fallback: Strategy
            var services: [Service]
        }

        var version: String
        var phase: String
        var ports: [Port]
        var ingest: Ingest
        var storage: Storage
        var retention: Retention
        var sampling: Sampling
        var configuration: [Setting]
    }

    private func report(_ server: RunningServer, _ port: PortName, _ path: String) async throws -> Report {
        let answer = try await server.client(port).get(path)
        #expect(answer.status == 200 && answer.headers["content-type"] == "application/json")
        return try JSONDecoder().decode(Report.self, from: Data(answer.bytes))
    }

    @Test func `the status tells what came in, what is kept, what clients are told and how all is set`() async throws {
        let flags: [SettingName: String] = [.retentionAge: "2d", .samplingProbability: "0.25"]
        let reader = SettingsReader(flags: flags, environment: ["LOG_LEVEL": "error"])
        try await withTestServer {
            $0.said = reader.settings.said
            $0.retentionAge = reader.settings.retentionAge
            $0.samplingProbability = reader.settings.samplingProbability
        } _: { server in
            let json = ["Content-Type": "application/json"]
            _ = try await server.client(.otlpHTTP).post("/v1/traces", Samples.otlpWithZeroID, json)
            _ = try await server.client(.sampling).get("/sampling?service=shop")
            for (port, path) in [(PortName.query, "/api/status"), (.admin, "/status")] {
                let report = try await report(server, port, path)
                #expect(report.version == Martlet.version && report.phase == "running")
                let row = try #require(report.ingest.rows.first)
                #expect((row.service, row.source) == ("shop", "otlp_http"))
                #expect(row.received == 2 && row.stored == 1 && row.sampledOut == 0 && row.underWay == 0)
                #expect(row.rejected == ["zero_span_id": 1])
                #expect(report.storage.kind == "memory" && report.storage.spans == 1)
                #expect(report.retention.maxAgeSeconds == 172_800 && report.retention.maxBytes == 256 << 20)
                #expect(report.sampling.fallback.probability == 0.25)
                let service = try #require(report.sampling.services.first)
                #expect(service.service == "shop" && service.asked == 1 && !service.isInFile)
                #expect(service.tracesPerSecond > 0 && service.operations.first?.operation == "buy")
                #expect(service.operations.first?.probability == 0.25)
                let otlp = try #require(report.ports.first { $0.name == "otlp-http" })
                #expect(otlp.addresses == ["127.0.0.1:\(server.port(.otlpHTTP) ?? 0)"])
                #expect(report.ports.first { $0.name == "jaeger-compact" }?.connections == nil)
                let settings = Dictionary(uniqueKeysWithValues: report.configuration.map { ($0.setting, $0) })
                #expect(settings.count == SettingName.allCases.count { !$0.isAgents })
                #expect(settings["retention.max-age"]?.value == "2d")
                #expect(settings["retention.max-age"]?.origin == "--retention.max-age")
                #expect(settings["log-level"]?.origin == "LOG_LEVEL")
                #expect(settings["data-dir"]?.origin == "default")
            }
        }
    }

    @Test func `the status stands below the base path`() async throws {
        try await withTestServer {
            $0.queryBasePath = "/jaeger"
        } _: { server in
            let report = try await report(server, .query, "/jaeger/api/status")
            #expect(report.phase == "running")
        }
    }

    @Test func `what help calls a default is what holds`() {
        let defaults = ServerSettings()
        let names: [SettingName] = [.samplingFile, .otlpAllowedOrigins, .rollupAge, .samplingMinRate, .debugCredits]
        var flags: [SettingName: String] = [:]
        for name in SettingName.allCases where !names.contains(name) && !name.isAgents { flags[name] = name.standard }
        let reader = SettingsReader(flags: flags, environment: [:])
        #expect(reader.errors.isEmpty, "\(reader.errors)")
        let settings = reader.settings
        #expect(PortName.allCases.map { $0.address(settings) } == PortName.allCases.map { $0.address(defaults) })
        #expect(settings.retentionSize == defaults.retentionSize && settings.retentionAge == defaults.retentionAge)
        #expect(settings.rollupSize == defaults.rollupSize && settings.ingestBytesMax == defaults.ingestBytesMax)
        #expect(settings.samplingInterval == defaults.samplingInterval && settings.logLevel == defaults.logLevel)
        #expect(settings.storage == defaults.storage && settings.dataDirectory == defaults.dataDirectory)
    }
}
