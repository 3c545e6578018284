import ArgumentParser
import MartletServer

/// Runs an agent beside programs that send by UDP.
struct Agent: JaegerCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take spans by UDP beside the programs, and send them on to a collector.",
        discussion: """
            Stands in for Jaeger's agent: spans in on 5775, 6831 and 6832, questions how to
            sample on 5778. Sends on as Jaeger's Thrift over HTTP, or as OTLP over HTTP or
            gRPC, whichever the collector's URL says. What is not sent yet waits on the disk, also through a
            restart of the agent, and is sent again while the collector is away.
            """
    )

    @OptionGroup(title: "Where spans go")
    var forwarding: ForwardingOptions

    @OptionGroup(title: "Where spans come in")
    var datagrams: DatagramOptions

    @OptionGroup(title: "Where clients ask")
    var answers: SamplingAddressOptions

    @OptionGroup(title: "Operation")
    var operation: OperationOptions

    var ignored: [String] = []

    private enum CodingKeys: CodingKey {
        case forwarding, datagrams, answers, operation
    }

    mutating func run() async throws {
        if ignored.contains("--reporter.grpc.host-port") {
            Terminal.complain("error: --reporter.grpc.host-port: \(SettingsReader.noGRPC)")
            throw ExitCode.failure
        }
        let flags = ServerProgram.joined([forwarding.values, datagrams.values, answers.values, operation.values])
        var reader = SettingsReader(role: .agent, flags: flags, environment: ServerProgram.environment())
        let settings = reader.agentSettings()
        try ServerProgram.check(reader)
        guard let settings else { throw ExitCode.failure }
        let logger = ServerProgram.logger(settings.server, warnings: reader.warnings, ignored: ignored)
        try await ServerProgram.untilStopped(logger) { stops in
            try await withAgent(settings, logger: logger) { agent in
                Terminal.say(Self.banner(agent, settings))
                for await _ in stops { break }
            }
        }
    }

    private static func banner(_ agent: RunningAgent, _ settings: AgentSettings) -> String {
        let udp: [(PortName, String)] = [
            (.jaegerCompact, "compact"), (.jaegerBinary, "binary"), (.zipkinCompact, "zipkin compact"),
        ]
        let ports = udp.compactMap { name, words in agent.port(name).map { "\($0) \(words)" } }
        let waiting = agent.queuedSpans()
        var lines = [
            "martlet \(Martlet.version) agent is ready", "",
            "  Spans in   udp \(ports.joined(separator: ", "))",
            "  Spans to   \(settings.collector)",
            "  Queue      \(settings.queueDirectory)\(waiting > 0 ? ", \(waiting) spans wait" : "")",
        ]
        if let port = agent.port(.sampling) { lines.append("  Sampling   \(port) http") }
        if let port = agent.port(.admin) { lines.append("  Admin      \(port) /metrics, /status, / is the health") }
        return (lines + ["", "Stop with Ctrl-C. All settings: martlet agent --help", ""]).joined(separator: "\n")
    }
}

/// Flags of where an agent sends.
struct ForwardingOptions: ParsableArguments {
    @Option(.agentCollector, "URL of the collector: /api/traces is Jaeger's format, /v1/traces or grpc:// OTLP.", "url")
    var collector: String?

    @Option(.agentSampling, "Where questions how to sample are answered.", "host:port")
    var sampling: String?

    @Option(.agentQueue, "Folder of what waits.", "folder")
    var queue: String?

    @Option(.agentQueueSize, "How much may wait; over it spans are dropped.", "size")
    var queueSize: String?

    var values: [SettingName: String] {
        let values: [SettingName: String?] = [
            .agentCollector: collector, .agentSampling: sampling, .agentQueue: queue, .agentQueueSize: queueSize,
        ]
        return values.compactMapValues { $0 }
    }
}
