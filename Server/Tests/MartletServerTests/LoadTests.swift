import Foundation
import GRPCServer
import NIOHPACK
import SpanStorage
import Testing
import TraceModel

@testable import MartletServer

/// `martlet load`, against a server that runs.
@Suite(.serialized) struct LoadTests {
    private static func settings(_ way: LoadSettings.Way, _ server: RunningServer) -> LoadSettings {
        let ports: [LoadSettings.Way: PortName] = [
            .otlp: .otlpHTTP, .otlpGRPC: .otlpGRPC, .udp: .jaegerCompact, .zipkin: .zipkinHTTP, .jaeger: .jaegerHTTP,
        ]
        var settings = LoadSettings()
        settings.way = way
        settings.port = ports[way].flatMap { server.port($0) }
        settings.seconds = nil
        settings.services = 1
        return settings
    }

    /// Sums of all rows of the ledger.
    private struct Books: Decodable {
        struct Row: Decodable {
            var received: Int
            var stored: Int
            var underWay: Int
            var rejected: [String: Int]
        }

        var rows: [Row]
        var stored: Int { rows.reduce(0) { $0 + $1.stored } }
        var received: Int { rows.reduce(0) { $0 + $1.received } }
        var rejected: Int { rows.reduce(0) { $0 + $1.rejected.values.reduce(0, +) } }

        init(of server: RunningServer) async throws {
            let text = try await server.client(.admin).get("/ledger").body
            self = try JSONDecoder().decode(Books.self, from: Data(text.utf8))
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: LoadSettings.Way.allCases, [false, true])
    func `what a load says was taken is what the server has`(way: LoadSettings.Way, isReusing: Bool) async throws {
        try await withTestServer { server in
            var settings = Self.settings(way, server)
            settings.spansPerSecond = 2_000
            settings.spansMax = 1_500
            settings.spansPerRequest = 50
            settings.isReusing = isReusing
            let load = LoadRun(settings)
            await load.run()
            let figures = load.figures
            #expect(figures.takenSpans >= 1_500 && figures.failedSpans == 0, "\(figures)")
            let isThere = try await eventually { try await Books(of: server).stored == figures.takenSpans }
            #expect(isThere)
            // Were an id sent twice, two traces would be one.
            let all = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: 10_000)
            let found = try await server.store.findTraces(all)
            #expect(found.traces.count == figures.sentTraces)
            #expect(found.traces.reduce(0) { $0 + $1.spans.count } == figures.takenSpans)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [LoadSettings.Way.otlp, .otlpGRPC, .jaeger, .zipkin])
    func `more than the server takes is refused with a hint, and counted to the span`(
        way: LoadSettings.Way
    ) async throws {
        try await withTestServer({ $0.ingestBytesMax = 256 << 10 }) { server in
            var settings = Self.settings(way, server)
            settings.spansPerSecond = 0
            settings.senders = 24
            settings.spansPerRequest = 300
            settings.attributes = 4
            settings.isReusing = true
            settings.dropsRefused = true
            let load = LoadRun(settings)
            let running = Task { await load.run() }
            let isOverloaded = await eventually { load.figures.refusals >= 10 && load.figures.takenSpans >= 1_000 }
            #expect(isOverloaded, "\(load.figures)")
            running.cancel()
            await running.value
            let figures = load.figures
            #expect(figures.refusalsWithoutHint == 0, "\(figures)")
            #expect(figures.failedSpans == 0, "\(figures)")
            // Requests that were under way when the load was stopped come to their end.
            let isBalanced = try await eventually {
                let books = try await Books(of: server)
                return books.rows.allSatisfy { $0.underWay == 0 } && books.received == books.stored + books.rejected
            }
            #expect(isBalanced)
            #expect(try await Books(of: server).stored == figures.takenSpans, "\(figures)")
        }
    }

    @Test func `a client reads the hint of a refusal from its trailers`() {
        let status = GRPCStatus(.resourceExhausted, "busy", retryAfterSeconds: 7)
        var headers: HPACKHeaders = ["grpc-status": "8", "grpc-message": "busy"]
        headers.add(name: "grpc-status-details-bin", value: base64Text(status.protobuf).filter { $0 != "=" })
        #expect(GRPCStatus(trailers: headers) == status)
        #expect(GRPCStatus(trailers: ["grpc-status": "0"]) == GRPCStatus(.ok))
        #expect(GRPCStatus(trailers: [":status": "200", "content-type": "application/grpc"]) == nil)
        #expect(GRPCStatus(trailers: [":status": "503"])?.code == .unavailable)
        #expect(GRPCStatus(trailers: ["grpc-status": "8", "grpc-status-details-bin": "!"])?.retryAfterSeconds == nil)
    }
}
