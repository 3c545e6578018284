import Foundation
import SpanStorage
import Testing
import TraceModel

@testable import MartletServer

/// `/store/...` on the admin port.
@Suite struct StoreRoutesTests {
    private static let posts = ["delete", "backup", "compact", "pin", "unpin"]
    private static let header = [StoreRoutes.header: "1"]
    private static let trace = "\(Samples.otlpTraceID)"

    /// A server with one trace, whose data directory is gone afterwards.
    private func withStoredTrace(_ body: (RunningServer, TestClient) async throws -> Void) async throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let change: (inout ServerSettings) -> Void = {
            $0.storage = .embedded
            $0.dataDirectory = folder
        }
        try await withTestServer(change) { server in
            let sent = try await server.client(.otlpHTTP).post("/v1/traces", Samples.otlpJSON, HTTPIngestTests.json)
            #expect(sent.status == 200)
            try await body(server, try server.client(.admin))
        }
    }

    @Test(arguments: StoreRoutesTests.posts)
    func `what changes something is a POST with a header that no web page can send`(_ name: String) async throws {
        try await withStoredTrace { server, client in
            let path = "/store/\(name)?trace=\(Self.trace)&to=/tmp/never"
            let get = try await client.get(path)
            #expect(get.status == 405)
            #expect(get.headers["allow"] == "POST")
            let bare = try await server.client(.admin).post(path, [])
            #expect(bare.status == 403)
            #expect(bare.body.contains("send the header X-Martlet-Admin: 1"))
            #expect(try await server.store.trace(Samples.otlpTraceID)?.count == 1)
            #expect(await server.store.pinnedTraces().isEmpty)
        }
    }

    @Test func `a request that makes no sense is answered with what is wrong with it`() async throws {
        let refused = [
            ("pin", "give the id of a trace: ?trace="), ("pin?trace=xyz", "give the id of a trace: ?trace="),
            ("unpin?trace=", "give the id of a trace: ?trace="),
            ("pin?trace=0000000000000000000000000000000f", "there is no trace 000000000000000f to pin"),
            ("delete", "say what to delete: the id of a trace, or a query"),
            ("delete?trace=xyz", "\"xyz\" is no id of a trace"),
            ("delete?trace=\(Self.trace)&trace=xyz", "\"xyz\" is no id of a trace"),
            ("delete?trace=\(Self.trace)&query=%7B%7D", "give ids of traces or a query, not both"),
            ("delete?query=%7B%20name%20%3D%20%7D", "the query: line 1, column 10"),
            ("delete?query=%7B%7D&start=yesterday", "\"yesterday\" is no time"),
            ("delete?query=%7B%7D&start=20&end=10", "the window ends before it begins"),
            ("backup", "give the folder of the backup, from the root on"),
            ("backup?to=here", "give the folder of the backup, from the root on"),
        ]
        try await withStoredTrace { server, client in
            for (path, words) in refused {
                let answer = try await client.post("/store/\(path)", [], Self.header)
                #expect(answer.status == 400, "\(path): \(answer.status)")
                #expect(answer.body.contains(words), "\(path): \(answer.body)")
            }
            let here = FileManager.default.currentDirectoryPath
            let full = try await client.post("/store/backup?to=\(here)", [], Self.header)
            #expect(full.status == 500)
            #expect(full.body.contains("it is not empty; name a new folder"))
            #expect(try await server.store.trace(Samples.otlpTraceID)?.count == 1)
        }
    }

    @Test func `a trace is pinned, listed, unpinned and deleted`() async throws {
        try await withStoredTrace { server, client in
            #expect(try await client.get("/store/pins").body == "[]\n")
            #expect(try await client.post("/store/pins", [], Self.header).status == 405)
            let pinned = try await client.post("/store/pin?trace=\(Self.trace)", [], Self.header)
            #expect(pinned.body == "{\"pinned\":true,\"trace\":\"\(Self.trace)\"}\n")
            let again = try await client.post("/store/pin?trace=\(Self.trace)", [], Self.header)
            #expect(again.body == "{\"pinned\":false,\"trace\":\"\(Self.trace)\"}\n")
            let pins = try await client.get("/store/pins")
            #expect(pins.body.hasPrefix("[{\"trace\":\"\(Self.trace)\",\"pinnedAt\":\"20"))
            let unpinned = try await client.post("/store/unpin?trace=\(Self.trace)", [], Self.header)
            #expect(unpinned.body == "{\"unpinned\":true,\"trace\":\"\(Self.trace)\"}\n")
            #expect(try await client.get("/store/pins").body == "[]\n")
            let deleted = try await client.post("/store/delete?trace=\(Self.trace)", [], Self.header)
            #expect(deleted.status == 200)
            #expect(deleted.body.hasPrefix("{\"spans\":1,\"traces\":1,"))
            #expect(try await server.store.trace(Samples.otlpTraceID) == nil)
        }
    }

    @Test func `segments are merged while the server runs`() async throws {
        try await withStoredTrace { server, client in
            let otlp = try server.client(.otlpHTTP)
            // A deletion of nothing seals what is there.
            let nothing = "/store/delete?trace=\(String(repeating: "f", count: 32))"
            for _ in 0..<2 {
                #expect(try await client.post(nothing, [], Self.header).status == 200)
                #expect(try await otlp.post("/v1/traces", Samples.otlpJSON, HTTPIngestTests.json).status == 200)
            }
            #expect(try await client.post(nothing, [], Self.header).status == 200)
            let merged = try await client.post("/store/compact", [], Self.header)
            #expect(merged.body.hasPrefix("{\"segmentsBefore\":3,\"segments\":1,\"bytesBefore\":"))
            #expect(try await server.metric("martlet_store_merged_segments_total") == 3)
            #expect(try await server.metric("martlet_store_work_milliseconds_total{work=\"upkeep\"}") != nil)
            // It was sent three times.
            #expect(try await server.store.trace(Samples.otlpTraceID)?.count == 3)
        }
    }

    @Test func `a backup is made where there was nothing`() async throws {
        let target = temporaryFolder()
        defer { removeFolder(target) }
        try await withStoredTrace { _, client in
            let made = try await client.post("/store/backup?to=\(target)", [], Self.header)
            #expect(made.status == 200)
            #expect(made.body.hasPrefix("{\"spans\":1,\"segments\":1,\"bytes\":"))
            #expect(FileManager.default.fileExists(atPath: "\(target)/catalogue.sqlite"))
        }
    }
}
