extension Environment {
    /// `JAEGER_SAMPLER_TYPE` and `JAEGER_SAMPLER_PARAM`, and what a remote sampler needs besides.
    ///
    /// - Parameter agentHost: The host that is asked when no other is named.
    mutating func sampler(agentHost: String) -> SamplerConfiguration? {
        let parameter = value("JAEGER_SAMPLER_PARAM", "a number") { text -> Double? in
            // Jaeger's clients take words for the parameter of the const sampler too.
            switch text.lowercased() {
            case "true": 1
            case "false": 0
            default: Double(text)
            }
        }
        let remote = remoteSampler(agentHost: agentHost)
        guard let type = text("JAEGER_SAMPLER_TYPE") else {
            // Without a type it is remote, and the parameter the share until there is an answer.
            return .remote(initialRate: rate(parameter), settings: remote)
        }
        switch type.lowercased() {
        case "const": return .const(parameter != 0)
        case "probabilistic": return .probabilistic(rate(parameter))
        case "ratelimiting": return .rateLimiting(tracesPerSecond: perSecond(parameter, default: 2))
        case "lowerbound", "guaranteedthroughput":
            return .guaranteedThroughput(
                lowerBoundTracesPerSecond: perSecond(parameter, default: 1),
                rate: SamplerConfiguration.initialRate
            )
        case "remote": return .remote(initialRate: rate(parameter), settings: remote)
        default:
            problem(
                """
                JAEGER_SAMPLER_TYPE='\(type)' is not const, probabilistic, ratelimiting, lowerbound or remote, and is \
                ignored
                """
            )
            return .remote(initialRate: rate(parameter), settings: remote)
        }
    }

    private mutating func rate(_ parameter: Double?) -> Double {
        guard let parameter else { return SamplerConfiguration.initialRate }
        guard (0...1).contains(parameter) else {
            badParameter("is not a share from 0 to 1")
            return SamplerConfiguration.initialRate
        }
        return parameter
    }

    private mutating func perSecond(_ parameter: Double?, default otherwise: Double) -> Double {
        guard let parameter else { return otherwise }
        guard parameter >= 0, parameter.isFinite else {
            badParameter("is not a rate from 0 on")
            return otherwise
        }
        return parameter
    }

    private mutating func badParameter(_ reason: String) {
        problem("JAEGER_SAMPLER_PARAM='\(text("JAEGER_SAMPLER_PARAM") ?? "")' \(reason), and is ignored")
    }

    /// `JAEGER_SAMPLING_ENDPOINT`, `JAEGER_SAMPLER_MANAGER_HOST_PORT`, `JAEGER_SAMPLER_MAX_OPERATIONS` and
    /// `JAEGER_SAMPLER_REFRESH_INTERVAL`.
    private mutating func remoteSampler(agentHost: String) -> RemoteSampler.Settings {
        var settings = RemoteSampler.Settings()
        settings.endpoint = "http://\(agentHost.contains(":") ? "[\(agentHost)]" : agentHost):5778/sampling"
        let hostPort = url("JAEGER_SAMPLER_MANAGER_HOST_PORT", "a host and a port", path: "/sampling")
        let endpoint = url("JAEGER_SAMPLING_ENDPOINT", "a URL", path: "/sampling")
        if let named = endpoint ?? hostPort { settings.endpoint = named }
        if let most = count("JAEGER_SAMPLER_MAX_OPERATIONS", "a number of operations above 0") {
            settings.operationsMax = most
        }
        if let interval = duration("JAEGER_SAMPLER_REFRESH_INTERVAL") { settings.refreshInterval = interval }
        return settings
    }

    /// A URL, or a host and a port; without a path it gets one.
    private mutating func url(_ name: String, _ expected: String, path: String) -> String? {
        value(name, expected) { Self.url($0, path: path) }
    }

    /// The URL that a text stands for: `http://` goes before it without a scheme, and `path` behind it without a path.
    static func url(_ text: String, path: String) -> String? {
        let url = text.contains("://") ? text : "http://" + text
        let scheme = url.prefix { $0 != ":" }
        guard scheme == "http" || scheme == "https" else { return nil }
        // What is not of plain HTTP is for a transport of the program's own; its form can be looked at all the same.
        guard let parts = try? HTTPURL("http" + url.dropFirst(scheme.count)) else { return nil }
        if parts.target != "/" { return url }
        return (url.hasSuffix("/") ? String(url.dropLast()) : url) + path
    }
}
