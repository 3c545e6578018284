import ArgumentParser
import Logging
import MartletServer
import UnixSignals

/// Runs everything in one process.
struct AllInOne: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all-in-one",
        abstract: "Run everything: receivers, store, query API and web UI.",
        discussion: """
            Every flag has an environment variable: upper case, underscores for
            punctuation, such as QUERY_HTTP_SERVER_HOST_PORT. A flag beats a variable.
            An address is :port, host:port or [ipv6]:port; port 0 is any free one.
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

    /// Flags of Jaeger's that were given and have no effect; they are not the parser's business.
    var ignored: [String] = []

    private enum CodingKeys: CodingKey {
        case query, ingest, storage, sampling, operation
    }

    mutating func run() async throws {
        HeapArenas.limit()
        var flags: [SettingName: String] = [:]
        for group in [query.values, ingest.values, storage.values, sampling.values, operation.values] {
            for (name, value) in group { flags[name] = value }
        }
        let reader = SettingsReader(flags: flags, environment: Self.environment())
        if !reader.errors.isEmpty {
            for error in reader.errors { Terminal.complain("error: \(error)") }
            throw ExitCode.failure
        }
        let settings = reader.settings
        let logger = Logger(label: "martlet") { _ in ConsoleLogHandler(logLevel: settings.logLevel) }
        let warnings = reader.warnings + (IgnoredJaegerSetting.warning(about: ignored).map { [$0] } ?? [])
        for warning in warnings { logger.warning("\(warning)") }
        FileLimit.raise()
        do {
            try await Self.serve(settings, logger: logger)
        } catch let error as StartError {
            Terminal.complain("error: \(error)")
            throw ExitCode.failure
        }
    }

    /// Serves until the first signal to stop; a second one ends the process at once.
    private static func serve(_ settings: ServerSettings, logger: Logger) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var isStopping = false
                for await signal in signals {
                    if isStopping { Terminal.end(code: signal == .sigint ? 130 : 143) }
                    isStopping = true
                    logger.info("stopping at \(signal); the same again stops at once")
                    stop.yield()
                }
            }
            defer { group.cancelAll() }
            try await withServer(settings, logger: logger) { server in
                StartBanner(server: server, settings: settings).show()
                for await _ in stops { break }
            }
        }
    }

    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        for name in SettingsReader.variables {
            if let value = Terminal.variable(name) { variables[name] = value }
        }
        return variables
    }
}
