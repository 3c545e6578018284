/// Settings of Jaeger that compose files and manifests have and that mean nothing here.
///
/// They are accepted, and one line says that they have no effect, so that a line of Jaeger's can be given to martlet as
/// it is.
public enum IgnoredJaegerSetting {
    /// Flags that take a value.
    static let valued: Set<String> = [
        "agent.tags", "badger.directory-key", "badger.directory-value", "badger.maintenance-interval",
        "badger.metrics-update-interval", "badger.span-store-ttl",
        "collector.grpc-server.max-connection-age", "collector.grpc-server.max-connection-age-grace",
        "collector.grpc-server.max-message-size", "collector.http-server.idle-timeout",
        "collector.http-server.read-header-timeout", "collector.http-server.read-timeout", "collector.num-workers",
        "collector.otlp.grpc.max-connection-age",
        "collector.otlp.grpc.max-connection-age-grace", "collector.otlp.grpc.max-message-size",
        "collector.otlp.http.cors.allowed-headers", "collector.otlp.http.idle-timeout",
        "collector.otlp.http.read-header-timeout", "collector.otlp.http.read-timeout", "collector.queue-size",
        "collector.queue-size-memory", "collector.tags", "collector.zipkin.cors.allowed-headers",
        "config-file", "downsampling.hashsalt", "downsampling.ratio",
        "feature-gates", "log-encoding", "memory.max-traces", "metrics-backend", "metrics-http-route",
        "multi-tenancy.header", "multi-tenancy.tenants", "processor.jaeger-binary.server-max-packet-size",
        "processor.jaeger-binary.server-queue-size", "processor.jaeger-binary.server-socket-buffer-size",
        "processor.jaeger-binary.workers", "processor.jaeger-compact.server-max-packet-size",
        "processor.jaeger-compact.server-queue-size", "processor.jaeger-compact.server-socket-buffer-size",
        "processor.jaeger-compact.workers", "processor.zipkin-compact.server-max-packet-size",
        "processor.zipkin-compact.server-queue-size", "processor.zipkin-compact.server-socket-buffer-size",
        "processor.zipkin-compact.workers", "prometheus.connect-timeout", "prometheus.query.duration-unit",
        "prometheus.query.extra-query-params", "prometheus.query.namespace", "prometheus.server-url",
        "prometheus.token-file", "query.additional-headers", "query.max-clock-skew-adjustment", "query.static-files",
        "reporter.grpc.host-port",
        "reporter.grpc.retry.max", "reporter.type",
    ]

    /// Flags that may stand alone.
    static let switches: Set<String> = [
        "badger.consistency", "badger.ephemeral", "badger.read-only", "collector.enable-span-size-metrics",
        "collector.zipkin.keep-alive", "multi-tenancy.enabled", "prometheus.query.normalize-calls",
        "prometheus.query.normalize-duration", "prometheus.token-override-from-context",
        "query.bearer-token-propagation", "query.enable-tracing", "query.log-static-assets-access",
    ]

    /// Variables without a flag.
    static let variables: Set<String> = [
        "DEPENDENCY_STORAGE_TYPE", "METRICS_STORAGE_TYPE", "SAMPLING_STORAGE_TYPE",
    ]

    /// Whether Jaeger has a flag of this name (without dashes) that means nothing here, and whether it takes a value.
    public static func flag(_ name: String) -> (isIgnored: Bool, takesValue: Bool) {
        if valued.contains(name) { return (true, true) }
        if switches.contains(name) { return (true, false) }
        // Every server of Jaeger's has the same flags for TLS.
        guard let dot = name.firstRange(of: ".tls.")?.lowerBound else { return (false, false) }
        switch name[dot...] {
        case ".tls.enabled", ".tls.skip-host-verify": return (true, false)
        case ".tls.cert", ".tls.key", ".tls.ca", ".tls.client-ca", ".tls.cipher-suites", ".tls.min-version",
            ".tls.max-version", ".tls.reload-interval", ".tls.server-name":
            return (true, true)
        default: return (false, false)
        }
    }

    /// The variables of all of these.
    static var allVariables: [String] {
        valued.union(switches).map(SettingName.variable(forFlag:)) + variables
    }

    /// A line about the variables that are set and mean nothing here; none if there are none.
    static func warnings(environment: [String: String]) -> [String] {
        let found = allVariables.filter { environment[$0].map { !$0.isEmpty } ?? false }.sorted()
        return warning(about: found).map { [$0] } ?? []
    }

    /// The line that says which settings have no effect.
    public static func warning(about names: [String]) -> String? {
        if names.isEmpty { return nil }
        let verb = names.count == 1 ? "has" : "have"
        return "\(names.joined(separator: ", ")) \(verb) no effect here: accepted because Jaeger has it"
    }
}
