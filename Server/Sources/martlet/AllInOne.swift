import ArgumentParser
import MartletServer

/// Runs everything in one process.
struct AllInOne: JaegerCommand {
    static let configuration = CommandConfiguration(
        commandName: "all-in-one",
        abstract: "Run everything: receivers, store, query API and web UI.",
        discussion: """
            Every flag has an environment variable: upper case, underscores for
            punctuation, such as QUERY_HTTP_SERVER_HOST_PORT. A flag beats a variable.
            An address is :port, host:port or [ipv6]:port; port 0 is any free one, and
            "off" is none.
            """
    )

    @OptionGroup var options: ServerOptions

    var ignored: [String] = []

    private enum CodingKeys: CodingKey {
        case options
    }

    mutating func run() async throws {
        try await ServerProgram.run(.allInOne, flags: options.values, ignored: ignored)
    }
}
