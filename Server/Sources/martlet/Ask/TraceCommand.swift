import ArgumentParser

/// Shows a trace.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show a trace as a waterfall.",
        discussion: """
            martlet trace 4bf92f3577b34da6a3ce929d0e0e4736
            martlet trace 15 --tags

            Thick bars are on the critical path: what is shorter there makes the trace
            shorter. Ends with code 1 if there is no such trace, and 2 if nobody could be asked.
            """
    )

    @OptionGroup var options: AskOptions

    @Argument(help: "The trace's id, in any spelling.") var id: String

    @Flag(name: .shortAndLong, help: "Show each span's tags, logs and warnings.") var tags = false

    @Option(help: "How many spans to show.") var limit = 1_000

    @Flag(help: "As the spans came: nothing is set right.") var raw = false

    func run() async throws {
        try await options.ask { asking in
            let parameters = raw ? [(name: "raw", value: "true")] : []
            let path = "/api/traces/\(pathPart(id))"
            let found = try await asking.data(path, parameters, as: [TraceDocument].self)
            guard let trace = found.data?.first, !options.json else { return }
            let critical = try? await asking.data(
                "\(path)/critical-path",
                parameters,
                as: CriticalPathDocument.self,
                printsJSON: false
            )
            let waterfall = Waterfall(trace, critical?.data?.segments ?? [], options.style, width: Terminal.width)
            for line in waterfall.head { Terminal.say(line) }
            for line in waterfall.lines(limit: limit, showsTags: tags) { Terminal.say(line) }
        }
    }
}
