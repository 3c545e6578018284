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

    @OptionGroup(title: "Web UI and query API")
    var query: QueryOptions

    @OptionGroup(title: "Where spans come in")
    var ingest: IngestOptions

    @OptionGroup(title: "Where spans are kept")
    var storage: StorageOptions

    @OptionGroup(title: "Sampling")
    var sampling: SamplingOptions

    @OptionGroup(title: "Operation")
    var operation: OperationOptions

    var ignored: [String] = []

    private enum CodingKeys: CodingKey {
        case query, ingest, storage, sampling, operation
    }

    mutating func run() async throws {
        let flags = [query.values, ingest.values, storage.values, sampling.values, operation.values]
        try await ServerProgram.run(.allInOne, flags: flags, ignored: ignored)
    }
}
