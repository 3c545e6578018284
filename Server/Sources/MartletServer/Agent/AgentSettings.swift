import Logging

/// Everything that can be set of an agent, with its default.
public struct AgentSettings: Sendable {
    /// Where it listens, and what it logs: of the server's settings those that an agent has.
    public var server: ServerSettings
    /// Where spans go.
    public var collector: CollectorAddress
    /// Where clients' questions how to sample are answered.
    public var samplingSource: CollectorAddress.SamplingSource
    /// The folder of the queue.
    public var queueDirectory = "./martlet-agent-queue"
    /// Bytes that the queue may hold; over it spans are dropped, and counted.
    public var queueBytesMax = 256 << 20

    /// An agent that sends to a collector; it listens on the ports of Jaeger's agent.
    public init(collector: CollectorAddress) {
        self.collector = collector
        samplingSource = collector.samplingSource
        server = ServerRole.agent.settings
    }
}

extension SettingsReader {
    /// The settings of an agent; nil, with errors, if there is something that cannot be used.
    public mutating func agentSettings() -> AgentSettings? {
        if let value = environment["REPORTER_GRPC_HOST_PORT"], !value.isEmpty {
            errors.append("REPORTER_GRPC_HOST_PORT: \(Self.noGRPC)")
        }
        let url = said(.agentCollector)
        guard let collector = CollectorAddress(parsing: url?.value ?? SettingName.agentCollector.standard) else {
            if let url {
                fail(url, "\"\(url.value)\" is not the URL of a collector; \(Self.expected(insteadOf: url.value))")
            }
            return nil
        }
        var agent = AgentSettings(collector: collector)
        agent.server = settings
        if let said = said(.agentSampling) {
            if let source = CollectorAddress.SamplingSource(parsing: said.value) {
                agent.samplingSource = source
            } else {
                fail(said, "\"\(said.value)\" is not host:port; expected for example collector:5778")
            }
        }
        if let said = said(.agentQueue) {
            if said.value.isEmpty { fail(said, "the folder's name is empty") }
            agent.queueDirectory = said.value
        }
        if let said = said(.agentQueueSize) {
            if case .bytes(let bytes) = RetentionSize(parsing: said.value), bytes >= 1 << 20 {
                agent.queueBytesMax = bytes
            } else {
                fail(said, "\"\(said.value)\" is not a size of 1MiB or more; expected for example 256MiB")
            }
        }
        return errors.isEmpty ? agent : nil
    }

    private static func expected(insteadOf url: String) -> String {
        if url.hasPrefix("https://") || url.hasPrefix("grpcs://") {
            return "the agent has no TLS: send to a proxy beside it that has (such as stunnel, nginx or Envoy), "
                + "or through a tunnel, by http:// or grpc://"
        }
        return "expected http://HOST:PORT, with the path /api/traces (Jaeger) or /v1/traces (OTLP), "
            + "or grpc://HOST:PORT (OTLP)"
    }

    /// What to say to those who come with the flag of Jaeger's agent.
    public static let noGRPC =
        "the agent does not send in Jaeger's format over gRPC: give --agent.collector http://HOST:14268 for Jaeger's "
        + "format over HTTP, or grpc://HOST:4317 or http://HOST:4318 for OTLP"
}
