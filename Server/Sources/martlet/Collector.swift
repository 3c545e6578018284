import ArgumentParser
import MartletServer

/// Runs what takes and keeps spans, without questions.
struct Collector: JaegerCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take and keep spans: receivers, sampling and store, without query API and web UI.",
        discussion: """
            Listens on the ports of Jaeger's collector. The ports of Jaeger's agent (UDP,
            and 5778) are the agent's. Each can be asked for by its flag, and so can the web
            UI. What is stored is looked at by all-in-one with the same data directory, one
            process at a time.
            """
    )

    @OptionGroup var options: ServerOptions

    var ignored: [String] = []

    private enum CodingKeys: CodingKey {
        case options
    }

    mutating func run() async throws {
        try await ServerProgram.run(.collector, flags: options.values, ignored: ignored)
    }
}
