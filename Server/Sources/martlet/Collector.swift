import ArgumentParser
import MartletServer

/// Runs what takes and keeps spans, without questions.
struct Collector: JaegerCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take and keep spans: receivers, sampling and store, without query API and web UI.",
        discussion: """
            Listens on the ports of Jaeger's collector. The ports of Jaeger's agent (UDP,
            and 5778) are the agent's; each can be asked for by its flag. What is stored is
            looked at by all-in-one with the same data directory, one process at a time.
            """
    )

    @OptionGroup(title: "Where spans come in")
    var ingest: IngestOptions

    @OptionGroup(title: "Where spans are kept")
    var storage: StorageOptions

    @OptionGroup(title: "Sampling")
    var sampling: SamplingOptions

    @OptionGroup(title: "Web UI and query API, off unless an address is given")
    var query: QueryOptions

    @OptionGroup(title: "Operation")
    var operation: OperationOptions

    var ignored: [String] = []

    private enum CodingKeys: CodingKey {
        case ingest, storage, sampling, query, operation
    }

    mutating func run() async throws {
        let flags = [ingest.values, storage.values, sampling.values, query.values, operation.values]
        try await ServerProgram.run(.collector, flags: flags, ignored: ignored)
    }
}
