import ArgumentParser
import EmbeddedStore
import MartletServer
import SpanStorage

/// What one does with the files of a store.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Check, measure, merge, back up, restore and delete what is stored.",
        discussion: """
            Stop the server first for check and restore. The others also work while it
            runs; compact, backup and delete ask it by its admin port then.
            """,
        subcommands: [
            StoreCheckCommand.self, StoreStatsCommand.self, StoreCompactCommand.self, StoreBackupCommand.self,
            StoreRestoreCommand.self, StoreDeleteCommand.self,
        ]
    )
}

/// The flags of all of them.
struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("data-dir"), help: "The data directory (default: ./martlet-data).")
    var directory = "./martlet-data"

    /// Throws, with words, if a server has it open.
    func requireIdle(_ advice: String) throws {
        if DataDirectory.isInUse(directory) {
            throw StoreFailure("\(directory) is in use by a running martlet: \(advice)")
        }
    }
}

/// The flag of those that ask a running server.
struct AdminOptions: ParsableArguments {
    @Option(name: .customLong("admin"), help: "The admin port of the server that runs, if one does.")
    var address = "localhost:14269"

    /// Has a running server do something; returns its answer.
    func post(_ path: String, _ parameters: [(String, String)]) async throws -> String {
        guard let client = AdminClient(address) else {
            throw StoreFailure("--admin: \"\(address)\" is no address; expected one such as localhost:14269")
        }
        let answer: (status: Int, body: String)
        do {
            answer = try await client.post(path, parameters)
        } catch {
            throw StoreFailure(
                "a running martlet has the data directory, but none answers at \(address): "
                    + "say where its admin port is with --admin, or stop it"
            )
        }
        let body = answer.body.split(separator: "\n").joined(separator: " ")
        guard answer.status == 200 else { throw StoreFailure("the server refuses: \(body)") }
        return body
    }
}

/// A failure, in words for the person at the terminal.
struct StoreFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Whether everything is as it was written.
struct StoreCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify every checksum; ends with code 1 if something is damaged.",
        discussion: "It reads all files and changes none."
    )

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try options.requireIdle("stop it first, or check a backup (martlet store backup)")
        let check = try StoreCheck.run(options.directory)
        for note in check.notes { Terminal.say("note: \(note)") }
        for problem in check.problems { Terminal.say("damaged: \(problem)") }
        let segments = Figures.count(check.segments, "segment")
        let spans = Figures.count(check.segmentSpans, "span")
        let log = "\(Figures.count(check.logFiles, "log file")) with \(Figures.count(check.logSpans, "span"))"
        Terminal.say("\(segments) with \(spans) (\(Figures.bytes(check.segmentBytes))), \(log)")
        if check.problems.isEmpty { return Terminal.say("all checksums hold") }
        Terminal.say("\(Figures.count(check.problems.count, "problem")); a server serves all the rest")
        throw ExitCode.failure
    }
}

/// Merges what can be merged.
struct StoreCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Merge small segments, and put the spans of each trace together.",
        discussion: "A running server does it by itself, little by little; this has it done now."
    )

    @OptionGroup var options: StoreOptions
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        try DataDirectory.require(options.directory)
        if DataDirectory.isInUse(options.directory) {
            let answer = try await admin.post("/store/compact", [])
            func number(_ name: String) -> Int { Figures.number(name, in: answer) }
            return say(
                before: (number("segmentsBefore"), number("bytesBefore")),
                after: (number("segments"), number("bytes"))
            )
        }
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: options.directory))
        for note in store.openingNotes { Terminal.say("note: \(note)") }
        let before = store.statistics()
        do {
            try await store.compact()
        } catch {
            await store.close()
            throw error
        }
        let after = store.statistics()
        await store.close()
        say(
            before: (Int(before.segments), Int(before.diskBytes)),
            after: (Int(after.segments), Int(after.diskBytes))
        )
    }

    private func say(before: (segments: Int, bytes: Int), after: (segments: Int, bytes: Int)) {
        let (was, now) = (Figures.count(before.segments, "segment"), Figures.count(after.segments, "segment"))
        Terminal.say("\(was) (\(Figures.bytes(before.bytes))) before, \(now) (\(Figures.bytes(after.bytes))) now")
    }
}

/// Copies everything while the server runs.
struct StoreBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy everything that is stored into a new folder.",
        discussion: """
            Works while the server runs, and has every span that was acknowledged before.
            On the same disk it takes hardly any space: files that never change get a second name.
            """
    )

    @OptionGroup var options: StoreOptions
    @OptionGroup var admin: AdminOptions

    @Argument(help: "The folder to make.") var folder: String

    func run() async throws {
        try DataDirectory.require(options.directory)
        let path = folder.hasPrefix("/") ? folder : "\(Terminal.workingFolder)/\(folder)"
        if DataDirectory.isInUse(options.directory) {
            let answer = try await admin.post("/store/backup", [("to", path)])
            let backup = Figures.summary(
                spans: Figures.number("spans", in: answer),
                segments: Figures.number("segments", in: answer),
                bytes: Figures.number("bytes", in: answer)
            )
            return Terminal.say("backed up to \(path): \(backup)")
        }
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: options.directory))
        do {
            let backup = try await store.backup(to: path)
            await store.close()
            let what = Figures.summary(spans: backup.spans, segments: backup.segments, bytes: backup.bytes)
            Terminal.say("backed up to \(path): \(what)")
        } catch {
            await store.close()
            throw error
        }
    }
}

/// Makes a data directory of a backup.
struct StoreRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data directory of a backup; nothing is ever overwritten."
    )

    @OptionGroup var options: StoreOptions

    @Argument(help: "The folder of the backup.") var backup: String

    func run() async throws {
        let restored = try EmbeddedStore.restore(backup, to: options.directory)
        let what = Figures.summary(spans: restored.spans, segments: restored.segments, bytes: restored.bytes)
        Terminal.say("restored to \(options.directory): \(what)")
    }
}

/// Deletes traces for good.
struct StoreDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete traces by their ids, or all that a TraceQL query finds; their bytes are gone then.",
        discussion: """
            martlet store delete 4bf92f3577b34da6a3ce929d0e0e4736
            martlet store delete --query '{ resource.service.name = "shop" && span.user.id = "42" }'

            Traces are deleted whole, pinned ones too.
            """
    )

    @OptionGroup var options: StoreOptions
    @OptionGroup var admin: AdminOptions

    @Argument(help: "Ids of traces.") var traces: [String] = []

    @Option(help: "A TraceQL query.") var query: String?

    @Option(help: "With a query: from when on (2026-11-24T10:00:00Z, or seconds since 1970).") var start: String?

    @Option(help: "With a query: until when.") var end: String?

    func run() async throws {
        try DataDirectory.require(options.directory)
        let deletion = try DeletionRequest(traces: traces, query: query, start: start, end: end).deletion()
        if DataDirectory.isInUse(options.directory) {
            var parameters = traces.map { ("trace", $0) }
            for (name, value) in [("query", query), ("start", start), ("end", end)] {
                if let value { parameters.append((name, value)) }
            }
            let answer = try await admin.post("/store/delete", parameters)
            return say(
                spans: Figures.number("spans", in: answer),
                traces: Figures.number("traces", in: answer),
                bytes: Figures.number("bytes", in: answer)
            )
        }
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: options.directory))
        do {
            let deleted = try await store.delete(deletion)
            await store.close()
            say(spans: deleted.spans, traces: deleted.traces, bytes: deleted.bytes)
        } catch {
            await store.close()
            throw error
        }
    }

    private func say(spans: Int, traces: Int, bytes: Int) {
        if spans == 0 { return Terminal.say("nothing is stored that matches; nothing was deleted") }
        let what = "\(Figures.count(spans, "span")) of \(Figures.count(traces, "trace"))"
        Terminal.say("deleted \(what); the segments are \(Figures.bytes(bytes)) smaller")
    }
}
