import Foundation
import Synchronization
import Testing

/// `martlet store`: what an operator does with a data directory.
@Suite struct StoreCommandTests {
    @Test(.timeLimit(.minutes(5)))
    func `a sound directory is said to be sound, a flipped byte is named, and all the rest is served`() async throws {
        try await withTemporaryFolder { folder in
            let backup = try await Stored.backup(in: folder, traces: [[1], [2]])
            let data = folder.appendingPathComponent("data")
            #expect(try await Store.run("restore", data, [backup.path]).code == 0)
            let sound = try await Store.run("check", data)
            #expect(sound.code == 0, "\(sound.output)")
            #expect(sound.output.contains("2 segments with 400 spans"))
            #expect(sound.output.contains("all checksums hold"))

            let segments = data.appendingPathComponent("segments")
            let first = try #require(try FileManager.default.contentsOfDirectory(atPath: segments.path).min())
            let file = segments.appendingPathComponent(first)
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count / 4] ^= 0x10
            try bytes.write(to: file)
            let damaged = try await Store.run("check", data)
            #expect(damaged.code == 1)
            #expect(damaged.output.contains("damaged: \(file.path): "))
            #expect(damaged.output.contains("of 200 spans"))
            #expect(damaged.output.contains("1 problem; a server serves all the rest"))

            let server = try await Martlet.start(dataFolder: data, ports: try Ports.choose())
            #expect(try await Stored.spans(of: 2, on: server)?.count == 200)
            try await server.kill()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the figures of stats add up, in its tables and in its JSON`() async throws {
        try await withTemporaryFolder { folder in
            let backup = try await Stored.backup(in: folder, traces: [[1, 2, 3]])
            let json = try await Store.run("stats", backup, ["--json"])
            #expect(json.code == 0, "\(json.output)")
            let figures = try JSONDecoder().decode(Figures.self, from: Data(json.output.utf8))
            #expect(figures.spans == 600)
            #expect(figures.traces == 3)
            #expect(figures.segments == 1)
            #expect(figures.sections.reduce(0) { $0 + $1.bytes } == figures.segmentBytes)
            let columns = figures.columns + figures.attributes
            #expect(columns.allSatisfy { $0.bytes >= 0 && $0.count > 0 })
            let pages = try #require(figures.sections.first { $0.name == "page" })
            #expect((1...pages.bytes).contains(columns.reduce(0) { $0 + $1.bytes }))
            #expect(figures.columns.contains { $0.name == "span ids" && $0.count == 600 })
            #expect(figures.services.map(\.name) == ["stored"])
            #expect(figures.services.first?.spans == 600)
            #expect(figures.problems == [])

            let table = try await Store.run("stats", backup)
            for words in ["600 of 3 traces", "in 1 file", "span ids", "stored"] {
                #expect(table.output.contains(words))
            }
            let none = try await Store.run("stats", folder)
            #expect(none.code == 1)
            #expect(none.output.contains("is no data directory of martlet"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a backup under load has every span acknowledged before it, and restore overwrites nothing`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let server = try await Martlet.start(dataFolder: data, ports: try Ports.choose())
            let load = Load(port: server.ports.otlp)
            let sending = Task { try await blocking { load.run() } }
            let backup = folder.appendingPathComponent("backup")
            for number in 1...3 {
                let isUnderWay: Bool? = try await poll(within: .seconds(60)) { load.count >= number * 20 ? true : nil }
                #expect(isUnderWay == true)
                let before = load.acknowledged
                let target = backup.appendingPathExtension("\(number)")
                let made = try await Store.run("backup", data, ["--admin", server.admin, target.path])
                #expect(made.code == 0, "\(made.output)")
                let after = load.count
                let check = try await Store.run("check", target)
                #expect(check.code == 0, "\(check.output)")
                let copy = try await Martlet.start(dataFolder: target, ports: try Ports.choose())
                let found = Set(try await Stored.spans(of: Load.trace, on: copy) ?? [])
                try await copy.kill()
                #expect(before.subtracting(found).isEmpty)
                let goesOn: Bool? = try await poll(within: .seconds(60)) { load.count > after ? true : nil }
                #expect(goesOn == true)
            }
            load.stop()
            try await sending.value
            #expect(Set(try await Stored.spans(of: Load.trace, on: server) ?? []) == load.acknowledged)
            try await server.kill()

            let last = backup.appendingPathExtension("3").path
            let overwriting = try await Store.run("restore", data, [last])
            #expect(overwriting.code == 1)
            #expect(overwriting.output.contains("it is not empty; name a new folder"))
            let again = try await Store.run("backup", data, [last])
            #expect(again.code == 1)
            #expect(again.output.contains("it is not empty; name a new folder"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `traces are deleted by id and by TraceQL, while no server runs and through one that does`() async throws {
        try await withTemporaryFolder { folder in
            let data = try await Stored.backup(in: folder, traces: [[1, 2], [3, 4]])
            let byID = try await Store.run("delete", data, [Stored.id(1)])
            #expect(byID.code == 0, "\(byID.output)")
            #expect(byID.output.contains("deleted 200 spans of 1 trace"))
            let byQuery = try await Store.run("delete", data, ["--query", "{ name = \"trace 2\" }"])
            #expect(byQuery.output.contains("deleted 200 spans of 1 trace"))
            #expect(try await Store.run("check", data).output.contains("with 400 spans"))

            let server = try await Martlet.start(dataFolder: data, ports: try Ports.choose())
            let live = try await Store.run("delete", data, ["--admin", server.admin, Stored.id(3)])
            #expect(live.output.contains("deleted 200 spans of 1 trace"))
            for trace in 1...3 { #expect(try await Stored.spans(of: UInt64(trace), on: server) == nil) }
            #expect(try await Stored.spans(of: 4, on: server)?.count == 200)
            let query = ["--admin", server.admin, "--query", "{ name = \"trace 4\" }"]
            #expect(try await Store.run("delete", data, query).output.contains("deleted 200 spans of 1 trace"))
            #expect(try await Store.run("delete", data, query).output.contains("nothing was deleted"))
            #expect(try await Stored.spans(of: 4, on: server) == nil)
            try await server.kill()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `whoever asks for what cannot be done now is told what to do`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let server = try await Martlet.start(dataFolder: data, ports: try Ports.choose())
            let target = folder.appendingPathComponent("backup").path
            let refused: [(String, [String], String)] = [
                ("check", [], "is in use by a running martlet: stop it first, or check a backup"),
                ("compact", ["--admin", "localhost:1"], "say where its admin port is with --admin"),
                ("restore", [data.path], "is in use by a running martlet: it is no backup"),
                ("backup", ["--admin", "localhost:1", target], "say where its admin port is with --admin"),
                ("backup", ["--admin", "nowhere", target], "\"nowhere\" is no address"),
                ("delete", ["--admin", server.admin, "xyz"], "\"xyz\" is no id of a trace"),
                ("delete", ["--admin", server.admin, "--query", "{ name = }"], "the query: line 1, column 10"),
                ("delete", ["--admin", server.admin], "say what to delete: the id of a trace, or a query"),
            ]
            for (command, arguments, words) in refused {
                let answer = try await Store.run(command, data, arguments)
                #expect(answer.code == 1)
                #expect(answer.output.contains(words), "\(command): \(answer.output)")
            }
            let asked = try await Store.run("compact", data, ["--admin", server.admin])
            #expect(asked.code == 0 && asked.output.contains("before,"), "\(asked.output)")
            try await server.kill()
            let compacted = try await Store.run("compact", data)
            #expect(compacted.code == 0, "\(compacted.output)")
        }
    }
}

extension Martlet {
    /// Its admin port, for `--admin`.
    fileprivate var admin: String { "127.0.0.1:\(ports.admin)" }
}

/// The command, run to its end.
private enum Store {
    static func run(
        _ command: String,
        _ data: URL,
        _ arguments: [String] = []
    ) async throws -> (code: Int32, output: String) {
        try await withTemporaryFolder { folder in
            let log = folder.appendingPathComponent("output")
            let words = ["store", command, "--data-dir", data.path] + arguments
            let program = try Program(Martlet.binary, words, log: log)
            let exit = try await program.waitForExit(within: .seconds(60))
            if exit.wasSignal { throw HarnessError("store \(command) was ended by a signal:\n\(program.output)") }
            return (exit.code, program.output)
        }
    }
}

/// What `store stats --json` says.
private struct Figures: Decodable {
    struct Part: Decodable {
        let name: String
        let bytes: Int
        let count: Int
    }

    struct Service: Decodable {
        let name: String
        let spans: Int
    }

    let spans: Int
    let traces: Int
    let segments: Int
    let segmentBytes: Int
    let sections: [Part]
    let columns: [Part]
    let attributes: [Part]
    let services: [Service]
    let problems: [String]
}

/// Traces of 200 spans each.
private enum Stored {
    static func id(_ trace: UInt64) -> String { SpanPayload.hex(0) + SpanPayload.hex(trace) }

    /// The backup of a server that got these traces; each of the lists is in a segment of its own.
    static func backup(in folder: URL, traces: [[UInt64]]) async throws -> URL {
        let data = folder.appendingPathComponent("original")
        let server = try await Martlet.start(dataFolder: data, ports: try Ports.choose())
        var target = folder
        for (index, group) in traces.enumerated() {
            for trace in group { try await send(trace, to: server) }
            target = folder.appendingPathComponent("backup.\(index)")
            let made = try await Store.run("backup", data, ["--admin", server.admin, target.path])
            guard made.code == 0 else { throw HarnessError("no backup: \(made.output)") }
        }
        try await server.kill()
        return target
    }

    /// The ids of a trace's spans; nil when there is no such trace.
    static func spans(of trace: UInt64, on server: Martlet) async throws -> [String]? {
        try await JaegerAPI(server).trace(id(trace))?.spans.map(\.spanID)
    }

    private static func send(_ trace: UInt64, to server: Martlet) async throws {
        let spans = (1...200).map { trace << 32 | $0 }
        let start = Int64(Date().timeIntervalSince1970 * 1_000_000)
        let body = SpanPayload.otlpJSON(
            service: "stored",
            name: "trace \(trace)",
            trace: trace,
            spans: spans,
            start: start
        )
        let answer = try await HTTP.post(server.ports.otlp, "/v1/traces", type: "application/json", body: body)
        guard answer.status == 200 else { throw HarnessError("not stored: \(answer.status) \(answer.text)") }
    }
}

/// A client that sends without pause.
private final class Load: Sendable {
    static let trace: UInt64 = 0x10AD
    private let port: Int
    private let state = Mutex<(acknowledged: Set<String>, requests: Int, isStopped: Bool)>(([], 0, false))

    init(port: Int) { self.port = port }

    /// The spans whose request got a 200.
    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }

    /// Requests that did.
    var count: Int { state.withLock { $0.requests } }

    func stop() { state.withLock { $0.isStopped = true } }

    func run() {
        guard let connection = try? HTTPConnection(port: port) else { return }
        let start = Int64(Date().timeIntervalSince1970 * 1_000_000)
        for request in 1..<UInt64.max {
            if state.withLock({ $0.isStopped }) { return }
            let spans = (0..<4).map { request << 8 | $0 }
            let body = SpanPayload.otlpJSON(service: "load", trace: Load.trace, spans: spans, start: start)
            let type = ["Content-Type": "application/json"]
            guard let answer = try? connection.request("POST", "/v1/traces", headers: type, body: body),
                answer.status == 200
            else { return }
            state.withLock { state in
                state.acknowledged.formUnion(spans.map(SpanPayload.hex))
                state.requests += 1
            }
        }
    }
}
