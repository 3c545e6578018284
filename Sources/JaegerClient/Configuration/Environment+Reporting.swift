extension Environment {
    /// What says where spans go and how: the variables `JAEGER_AGENT_…` and `JAEGER_REPORTER_…`.
    mutating func agent() -> UDPReporter.Settings {
        var settings = UDPReporter.Settings()
        if let host = text("JAEGER_AGENT_HOST") { settings.host = host }
        let port = value("JAEGER_AGENT_PORT", "a port from 1 to 65535") { UInt16($0).flatMap { $0 > 0 ? $0 : nil } }
        if let port {
            settings.port = port
            // The port on which agents expect the binary protocol.
            if port == 6832 { settings.encoding = .binary }
        }
        let family = value("JAEGER_AGENT_SOCKET_TYPE", "udp4 or udp6") { text -> UDPReporter.Settings.AddressFamily? in
            switch text.lowercased() {
            case "udp": .any
            case "udp4": .ipv4
            case "udp6": .ipv6
            default: nil
            }
        }
        if let family { settings.addressFamily = family }
        if let capacity = queueCapacity() { settings.queueCapacitySpans = capacity }
        if let interval = flushInterval() { settings.flushInterval = interval }
        if let interval = duration("JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL") { settings.lookupInterval = interval }
        if flag("JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED") == true { settings.lookupInterval = nil }
        return settings
    }

    /// `JAEGER_ENDPOINT` and who we are there: `JAEGER_AUTH_TOKEN`, or `JAEGER_USER` and `JAEGER_PASSWORD`.
    mutating func collector() -> CollectorReporter.Settings? {
        let endpoint = value("JAEGER_ENDPOINT", "a URL such as http://collector:14268/api/traces") {
            Self.url($0, path: "/api/traces")
        }
        guard let endpoint else { return nil }
        var settings = CollectorReporter.Settings(url: endpoint)
        settings.authorization = authorization()
        // Told once already, where the agent's settings are read.
        if let capacity = text("JAEGER_REPORTER_MAX_QUEUE_SIZE").flatMap({ Int($0) }), capacity > 0 {
            settings.queueCapacitySpans = capacity
        }
        var again = Environment(lookUp)
        if let interval = again.flushInterval() { settings.flushInterval = interval }
        if let timeout = duration("JAEGER_REPORTER_TIMEOUT") { settings.timeout = timeout }
        return settings
    }

    private mutating func authorization() -> CollectorReporter.Authorization? {
        let (user, password) = (text("JAEGER_USER"), text("JAEGER_PASSWORD"))
        if let token = text("JAEGER_AUTH_TOKEN") {
            if user != nil { problem("JAEGER_AUTH_TOKEN and JAEGER_USER are both set: the token is sent") }
            return .bearer(token)
        }
        switch (user, password) {
        case (let user?, let password?): return .basic(user: user, password: password)
        case (nil, nil): return nil
        case (_?, nil):
            problem("JAEGER_USER is set and JAEGER_PASSWORD is not: neither is sent")
            return nil
        case (nil, _?):
            problem("JAEGER_PASSWORD is set and JAEGER_USER is not: neither is sent")
            return nil
        }
    }

    private mutating func queueCapacity() -> Int? {
        count("JAEGER_REPORTER_MAX_QUEUE_SIZE", "a number of spans above 0")
    }

    private mutating func flushInterval() -> Duration? { duration("JAEGER_REPORTER_FLUSH_INTERVAL") }
}
