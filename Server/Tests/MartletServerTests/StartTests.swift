import Foundation
import Logging
import MartletServer
import NIOCore
import SpanStorage
import Testing
import TraceModel

@Suite struct StartTests {
    @Test func `a port that is taken is named with its flag, and nothing else stays bound`() async throws {
        try await withTestServer { first in
            let taken = try #require(first.port(.query))
            let settings = testSettings { settings in
                settings.queryAddress = ListenAddress(host: "127.0.0.1", port: taken)
            }
            await #expect {
                try await withServer(settings, logger: .silent) { _ in }
            } throws: { error in
                let text = String(describing: error)
                return text.contains("port \(taken) is taken on 127.0.0.1")
                    && text.contains("--query.http-server.host-port") && text.contains("QUERY_HTTP_SERVER_HOST_PORT")
            }
            // The last port to be bound is taken this time: those before it must be free again.
            var free = 0
            try await withTestServer { second in free = second.port(.query) ?? 0 }
            let half = testSettings { settings in
                settings.queryAddress = ListenAddress(host: "127.0.0.1", port: free)
                settings.adminAddress = ListenAddress(host: "127.0.0.1", port: taken)
            }
            await #expect(throws: StartError.self) { try await withServer(half, logger: .silent) { _ in } }
            let again = testSettings { $0.queryAddress = ListenAddress(host: "127.0.0.1", port: free) }
            try await withServer(again, logger: .silent) { server in #expect(server.port(.query) == free) }
        }
    }

    @Test func `localhost listens on both families where there are both`() async throws {
        let addresses = try await withTestServer({ $0.adminAddress = ListenAddress(host: "localhost", port: 0) }) {
            $0.addresses[.admin] ?? []
        }
        #expect(addresses.first?.ipAddress == "127.0.0.1")
        #expect(addresses.count <= 2)
        #expect(Set(addresses.map(\.port)).count == 1)
    }

    @Test func `a file of strategies is served, and one that is none stops the start`() async throws {
        let path = temporaryFolder()
        try Data(#"{"service_strategies":[{"service":"a","type":"ratelimiting","param":5}]}"#.utf8)
            .write(to: URL(fileURLWithPath: path))
        try await withTestServer({ $0.samplingFile = path }) { server in
            let answer = try await server.client(.sampling).get("/sampling?service=a")
            #expect(answer.body.contains(#""maxTracesPerSecond":5"#))
        }
        try Data(#"{"service_strategies":[{"service":"a","type":"ratelimiting"}]}"#.utf8)
            .write(to: URL(fileURLWithPath: path))
        await #expect {
            try await withTestServer({ $0.samplingFile = path }) { _ in }
        } throws: { error in
            String(describing: error).contains(#""param" is missing at service_strategies[0]"#)
        }
        removeFolder(path)
    }

    @Test func `an unknown host is named`() async {
        let settings = testSettings { $0.adminAddress = ListenAddress(host: "no-such-host.invalid", port: 0) }
        await #expect {
            try await withServer(settings, logger: .silent) { _ in }
        } throws: {
            String(describing: $0).contains("no-such-host.invalid")
        }
    }

    @Test func `health and version are there when the server is`() async throws {
        try await withTestServer { server in
            let client = try server.client(.admin)
            let health = try await client.get("/")
            #expect(health.status == 200)
            #expect(health.body.hasPrefix(#"{"status":"Server available","upSince":"20"#))
            #expect(try await client.get("/version").body.contains(Martlet.version))
            #expect(try await client.get("/nothing").status == 404)
            #expect(try await client.post("/metrics", []).status == 405)
        }
    }

    @Test func `a data directory is used by one server at a time`() async throws {
        let folder = temporaryFolder()
        func settings() -> ServerSettings {
            testSettings {
                $0.storage = .embedded
                $0.dataDirectory = folder
            }
        }
        _ = try await withServer(settings(), logger: .silent) { _ in
            await #expect {
                try await withServer(settings(), logger: .silent) { _ in }
            } throws: {
                String(describing: $0).contains(folder)
            }
        }
        try await withServer(settings(), logger: .silent) { server in #expect(server.spanCount == 0) }
        removeFolder(folder)
    }

    @Test func `what was acknowledged is there after a restart`() async throws {
        let folder = temporaryFolder()
        let settings = testSettings {
            $0.storage = .embedded
            $0.dataDirectory = folder
        }
        try await withServer(settings, logger: .silent) { server in
            let client = try server.client(.otlpHTTP)
            for id in 1...20 {
                let spans = Samples.otlp(spanIDs: ["00000000000000\(id + 10)"])
                #expect(try await client.post("/v1/traces", spans, HTTPIngestTests.json).status == 200)
            }
        }
        let count = try await withServer(settings, logger: .silent) { server in
            try await server.store.trace(Samples.otlpTraceID)?.count
        }
        #expect(count == 20)
        removeFolder(folder)
    }

    @Test func `when the server has stopped nothing listens`() async throws {
        let port = try await withTestServer { try #require($0.port(.otlpHTTP)) }
        #expect(throws: TestClient.Failure.self) { try TestClient(port: port) }
    }
}
