import ArgumentParser
import MartletServer

/// What sampling does, or would do.
struct SamplingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sampling",
        abstract: "See what policies of tail sampling would keep.",
        subcommands: [Preview.self]
    )

    /// Asks a running server.
    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What policies of tail sampling would have kept of what is stored.",
            discussion: """
                Asks a running server by its admin port. Nothing changes. Where tail sampling
                is in force already, what it left out is not stored and not looked at.
                """
        )

        @Option(help: "The file of policies; without it those in force are asked.")
        var policies: String?

        @Option(help: "The admin port of the server.")
        var admin = "localhost:14269"

        @Option(help: "Only traces that began at this time or later: 2026-11-24T10:00:00Z, or seconds since 1970.")
        var start: String?

        @Option(help: "Only traces that began at this time or earlier.")
        var end: String?

        @Option(help: "How many traces to look at, the newest.")
        var limit = 1_000

        func run() async throws {
            var parameters = [("limit", "\(limit)")]
            if let start { parameters.append(("start", start)) }
            if let end { parameters.append(("end", end)) }
            do throws(SamplingPreviewError) {
                let preview = try await SamplingPreview(of: policies, from: admin, parameters)
                Terminal.say(preview.text)
            } catch {
                Terminal.complain("error: \(error)")
                throw ExitCode.failure
            }
        }
    }
}
