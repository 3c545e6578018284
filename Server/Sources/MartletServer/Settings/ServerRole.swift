/// What a process is, which decides on which ports it listens unless it is told otherwise.
public enum ServerRole: String, Sendable {
    /// Everything.
    case allInOne = "all-in-one"
    /// Spans in, and the store; no questions, no web UI, and not the ports of Jaeger's agent.
    case collector
    /// Spans in by UDP and on to a collector.
    case agent

    /// The settings that a role begins with.
    var settings: ServerSettings {
        var settings = ServerSettings()
        switch self {
        case .allInOne: break
        case .collector:
            settings.leaveOut([.query, .queryGRPC, .jaegerCompact, .jaegerBinary, .zipkinCompact, .sampling])
        case .agent:
            settings.leaveOut([.query, .queryGRPC, .otlpGRPC, .otlpHTTP])
            settings.leaveOut([.jaegerHTTP, .jaegerGRPC, .zipkinHTTP, .samplingGRPC])
            // Jaeger's agent has its health there.
            settings.adminAddress = ListenAddress(port: 14271)
        }
        return settings
    }
}
