import Foundation
import Testing

/// A store that syncs, seals, deletes, merges and puts out what is old, killed in the middle of all that.
@Suite struct KilledStoreTests {
    private static let rounds = 20
    private static let flags = ["--durability=fsync", "--retention.max-age=60s"]
    @Test(.timeLimit(.minutes(15)))
    func `kill -9 under load, sealing, deletion, merging and retention loses nothing that is young`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("data")
            let ports = try Ports.choose()
            var history = History()
            var merged = 0
            for number in 1...Self.rounds {
                let server = try await Martlet.start(dataFolder: data, ports: ports, flags: Self.flags)
                try await history.check(on: server)
                let log = folder.appendingPathComponent("client.\(number)")
                let client = try Python.start("acknowledged.py", ["\(ports.otlp)"], log: log)
                let enough = Int.random(in: 3...30)
                try await history.keepHouse(on: server) { Self.lines(client).count >= enough }
                // Merging is under way when the process dies; now and then it has just ended.
                let merging = Task { try? await Self.merge(on: server) }
                if number % 4 == 0 { await merging.value }
                merged += Int(try await Metrics.read(server).samples["martlet_store_merged_segments_total"] ?? 0)
                try await server.kill()
                await merging.value
                _ = try await client.waitForExit(within: .seconds(60))
                history.add(Self.lines(client))
                try await Self.killMerging(in: data, log: folder.appendingPathComponent("compact.\(number)"))
            }
            let server = try await Martlet.start(dataFolder: data, ports: ports, flags: Self.flags)
            try await history.check(on: server)
            #expect(history.deleted.count > Self.rounds / 4, "deletions that were acknowledged")
            #expect(merged > 0, "segments that the server had merged before it died")
            #expect(history.checked > 10 * Self.rounds, "traces that were looked for while they were young")
            try await history.expectOldestToGo(on: server)
            #expect(try await server.stop() == Program.Exit(code: 0, wasSignal: false))
        }
    }

    private static func lines(_ client: Program) -> [Substring] {
        // The last line may not be whole yet.
        client.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().filter { !$0.isEmpty }
    }

    private static func merge(on server: Martlet) async throws {
        _ = try await HTTP.request("POST", server.ports.admin, "/store/compact", headers: ["X-Martlet-Admin": "1"])
    }

    /// Merges what there is, on the way to which the process dies; sometimes it gets to its end.
    private static func killMerging(in data: URL, log: URL) async throws {
        let merging = try Program(Martlet.binary, ["store", "compact", "--data-dir", data.path], log: log)
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...400)))
        merging.send(signal: SIGKILL)
        let exit = try await merging.waitForExit(within: .seconds(60))
        #expect(exit.wasSignal || exit.code == 0, "\(merging.output)")
    }
}

/// What a client was told, and what became of it.
private struct History {
    private struct Trace {
        var id: String
        var spans: Set<String>
        /// The earliest that it may have been acknowledged.
        var since: ContinuousClock.Instant
    }

    /// What was acknowledged within this time must be there; the rest of the minute is for slow machines.
    private static let young = Duration.seconds(45)

    private var traces: [Trace] = []
    private var lastCheck = ContinuousClock.now
    /// The traces whose deletion was acknowledged.
    private(set) var deleted: Set<String> = []
    // Those whose deletion was asked for.
    private var doomed: Set<String> = []
    /// How often a trace was looked for that had to be there.
    private(set) var checked = 0

    /// Notes what a client printed in the round that has ended.
    mutating func add(_ lines: [Substring]) {
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            guard let id = words.first, words.count > 1 else { continue }
            traces.append(Trace(id: id, spans: Set(words.dropFirst()), since: lastCheck))
        }
    }

    /// Deletes a trace, and then one that does not exist, again and again: each time what is in the log is sealed.
    mutating func keepHouse(on server: Martlet, until isEnough: () -> Bool) async throws {
        let victim = traces.randomElement()?.id
        if let victim {
            doomed.insert(victim)
            if try await delete(victim, on: server) { deleted.insert(victim) }
        }
        let isDone: Bool? = try await poll(within: .seconds(60), every: .milliseconds(20)) {
            _ = try? await delete(String(repeating: "f", count: 32), on: server)
            return isEnough() ? true : nil
        }
        if isDone != true { throw HarnessError("the client sends too little:\n\(server.program.output)") }
    }

    private func delete(_ id: String, on server: Martlet) async throws -> Bool {
        let path = "/store/delete?trace=\(id)"
        return try await HTTP.request("POST", server.ports.admin, path, headers: ["X-Martlet-Admin": "1"]).status == 200
    }

    /// Looks for every trace that was acknowledged.
    mutating func check(on server: Martlet) async throws {
        lastCheck = .now
        let api = JaegerAPI(server)
        for trace in traces {
            let found = try await api.trace(trace.id)?.spans.map(\.spanID) ?? []
            #expect(Set(found).count == found.count, "trace \(trace.id): spans are there twice")
            #expect(Set(found).isSubset(of: trace.spans))
            if deleted.contains(trace.id) {
                #expect(found.isEmpty, "trace \(trace.id) is there though its deletion was acknowledged")
            } else if !doomed.contains(trace.id), ContinuousClock.now - trace.since < Self.young {
                let missing = trace.spans.subtracting(found).count
                #expect(missing == 0, "trace \(trace.id): \(missing) of \(trace.spans.count) spans are missing")
                checked += 1
            }
        }
    }

    /// Waits until retention has put out what is old.
    func expectOldestToGo(on server: Martlet) async throws {
        guard let oldest = traces.first(where: { !doomed.contains($0.id) }) else { return }
        let api = JaegerAPI(server)
        let isGone: Bool? = try await poll(within: .seconds(180), every: .milliseconds(500)) {
            try await api.trace(oldest.id) == nil ? true : nil
        }
        #expect(isGone == true, "what is older than a minute is still there after three")
    }
}
