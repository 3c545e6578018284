import JaegerClient
import Logging
import OpenTracing
import Synchronization
import Testing

/// Keeps the lines that are logged.
private final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info

        init(lines: LogLines) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append(event.message.description) }
        }
    }
}

@Suite struct ConfigurationTests {
    @Test func `the program goes before the environment, and that before the defaults`() {
        let variables = [
            "JAEGER_SERVICE_NAME": "from-environment", "JAEGER_SAMPLER_TYPE": "ratelimiting",
            "JAEGER_SAMPLER_PARAM": "5", "JAEGER_AGENT_HOST": "agent", "JAEGER_AGENT_PORT": "16831",
            "JAEGER_TAGS": "zone=a, version = 1 ,home=${HOME_ZONE:none},who=${WHO:nobody}", "WHO": "me",
            "JAEGER_REPORTER_LOG_SPANS": "true", "JAEGER_REPORTER_MAX_QUEUE_SIZE": "50",
            "JAEGER_REPORTER_FLUSH_INTERVAL": "250", "JAEGER_PROPAGATION": "w3c", "JAEGER_TRACEID_128BIT": "1",
        ]
        let environment = JaegerConfiguration(environment: { variables[$0] })
        #expect(environment.serviceName == "from-environment")
        #expect(environment.sampler == .rateLimiting(tracesPerSecond: 5))
        #expect(environment.reporter.host == "agent")
        #expect(environment.reporter.port == 16831)
        #expect(environment.reporter.queueCapacitySpans == 50)
        #expect(environment.reporter.flushInterval == .milliseconds(250))
        #expect(environment.tags == ["zone": "a", "version": "1", "home": "none", "who": "me"])
        #expect(environment.logging)
        #expect(environment.usesWideTraceIDs)
        #expect(environment.propagation == Propagation([.w3c]))
        #expect(environment.problems.isEmpty)

        let program = JaegerConfiguration(
            serviceName: "from-program",
            sampler: .const(true),
            tags: ["zone": "b"],
            logging: false,
            environment: { variables[$0] }
        )
        #expect(program.serviceName == "from-program")
        #expect(program.sampler == .const(true))
        #expect(program.tags["zone"] == "b")
        #expect(!program.logging)

        let defaults = JaegerConfiguration(environment: { _ in nil })
        #expect(defaults.sampler == .remote)
        #expect(defaults.collector == nil)
        #expect(defaults.reporter == UDPReporter.Settings())
        #expect(defaults.reporter.port == 6831)
        #expect(defaults.isEnabled)
    }

    @Test(arguments: [
        ("JAEGER_AGENT_PORT", "70000"), ("JAEGER_AGENT_PORT", "abc"), ("JAEGER_SAMPLER_TYPE", "sometimes"),
        ("JAEGER_SAMPLER_PARAM", "many"), ("JAEGER_TAGS", "novalue"), ("JAEGER_REPORTER_MAX_QUEUE_SIZE", "0"),
        ("JAEGER_REPORTER_FLUSH_INTERVAL", "soon"), ("JAEGER_PROPAGATION", "pigeon"), ("JAEGER_DISABLED", "maybe"),
        ("JAEGER_SAMPLER_PARAM", "1.5"), ("JAEGER_ENDPOINT", "ftp://host"), ("JAEGER_ENDPOINT", "http://host:0/x"),
        ("JAEGER_AGENT_SOCKET_TYPE", "tcp"), ("JAEGER_SAMPLER_MAX_OPERATIONS", "-1"),
        ("JAEGER_SAMPLER_REFRESH_INTERVAL", "often"), ("JAEGER_SAMPLING_ENDPOINT", "http://:1/"),
        ("JAEGER_SAMPLER_MANAGER_HOST_PORT", "host:port"), ("JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", "0"),
        ("JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", "so"), ("JAEGER_TRACEID_128BIT", "64"),
        ("JAEGER_REPORTER_LOG_SPANS", "some"),
    ])
    func `a value that can't be used is told and the default taken`(name: String, value: String) async {
        let lines = LogLines()
        let configuration = JaegerConfiguration(
            serviceName: "test",
            logger: lines.logger,
            environment: { $0 == name ? value : nil }
        )
        #expect(configuration.problems.count == 1)
        #expect(configuration.problems.first?.contains(name) == true)
        #expect(configuration.problems.first?.contains(value) == true)
        #expect(configuration.sampler == .remote)
        #expect(configuration.reporter == UDPReporter.Settings())
        #expect(configuration.collector == nil)
        await configuration.makeTracer().close()
        #expect(lines.all == configuration.problems)
    }

    @Test func `the log says what Jaeger's clients say`() async throws {
        let lines = LogLines()
        let listener = try UDPListener()
        var configuration = JaegerConfiguration(
            serviceName: "first-service",
            sampler: .const(true),
            logging: true,
            logger: lines.logger,
            environment: { _ in nil }
        )
        configuration.reporter = listener.settings
        let tracer = configuration.initializeTracer()
        #expect(GlobalTracer.current as? JaegerTracer === tracer)
        let span = tracer.startSpan("first-span")
        span.finish()
        let context = try #require(span.context as? JaegerSpanContext)
        await tracer.close()
        #expect(
            lines.all == [
                "Initializing Jaeger Tracer with UDP reporter",
                "Using sampler ConstSampler(True)",
                "opentracing.tracer initialized to JaegerTracer(first-service)",
                "Reporting span \(context.traceIdentifier):\(context.spanIdentifier):0:1 first-service.first-span",
            ]
        )
        let batch = try #require(try await listener.batches(spans: 1).first)
        #expect(batch.processTags["jaeger.version"] == "Swift-0.1.0")
        #expect(batch.processTags["hostname"]?.description.isEmpty == false)
        #expect(batch.processTags["ip"]?.description.split(separator: ".").count == 4)
    }

    @Test func `a disabled tracer records nothing and carries contexts on`() {
        let configuration = JaegerConfiguration(
            serviceName: "test",
            sampler: .const(true),
            environment: { $0 == "JAEGER_DISABLED" ? "true" : nil }
        )
        let span = configuration.makeTracer().startSpan("quiet")
        var headers: [String: String] = [:]
        span.tracer.inject(span.context, into: &headers, format: .httpHeaders)
        #expect(headers["uber-trace-id"]?.hasSuffix(":0:0") == true)
    }

    @Test func `a service without a name is told so`() async {
        let lines = LogLines()
        await JaegerConfiguration(logger: lines.logger, environment: { _ in nil }).makeTracer().close()
        #expect(lines.all == ["the service has no name: give it one in the program or in JAEGER_SERVICE_NAME"])
    }

    @Test func `a collector goes before the agent, with who we are and how long to wait`() throws {
        let variables = [
            "JAEGER_ENDPOINT": "http://collector:14268/api/traces", "JAEGER_USER": "me", "JAEGER_PASSWORD": "secret",
            "JAEGER_REPORTER_TIMEOUT": "2s", "JAEGER_REPORTER_MAX_QUEUE_SIZE": "77",
            "JAEGER_REPORTER_FLUSH_INTERVAL": "300ms",
        ]
        let configuration = JaegerConfiguration(serviceName: "test", environment: { variables[$0] })
        var expected = CollectorReporter.Settings(url: "http://collector:14268/api/traces", format: .jaegerThrift)
        expected.authorization = .basic(user: "me", password: "secret")
        expected.timeout = .seconds(2)
        expected.queueCapacitySpans = 77
        expected.flushInterval = .milliseconds(300)
        #expect(configuration.collector == expected)
        #expect(configuration.problems.isEmpty)

        func collector(_ endpoint: String, _ more: [String: String] = [:]) -> JaegerConfiguration {
            JaegerConfiguration(serviceName: "test", environment: { $0 == "JAEGER_ENDPOINT" ? endpoint : more[$0] })
        }
        #expect(collector("http://host:4318/v1/traces").collector?.format == .otlp)
        #expect(collector("http://host:14268").collector?.url == "http://host:14268/api/traces")
        #expect(collector("https://host/api/traces").collector?.url == "https://host/api/traces")
        let both = collector("http://h/x", ["JAEGER_AUTH_TOKEN": "t", "JAEGER_USER": "u", "JAEGER_PASSWORD": "p"])
        #expect(both.collector?.authorization == .bearer("t"))
        #expect(both.problems.count == 1)
        #expect(collector("http://h/x", ["JAEGER_USER": "u"]).problems.count == 1)
        #expect(collector("http://h/x", ["JAEGER_PASSWORD": "p"]).collector?.authorization == nil)
    }

    @Test func `a remote sampler asks where the environment says, and else the agent`() {
        func settings(_ variables: [String: String]) -> SamplerConfiguration {
            JaegerConfiguration(serviceName: "test", environment: { variables[$0] }).sampler
        }
        func remote(_ endpoint: String, rate: Double = 0.001) -> SamplerConfiguration {
            var settings = RemoteSampler.Settings()
            settings.endpoint = endpoint
            return .remote(initialRate: rate, settings: settings)
        }
        #expect(settings([:]) == .remote)
        #expect(settings(["JAEGER_SAMPLER_PARAM": "0.5"]) == remote("http://localhost:5778/sampling", rate: 0.5))
        #expect(settings(["JAEGER_AGENT_HOST": "agent"]) == remote("http://agent:5778/sampling"))
        #expect(settings(["JAEGER_AGENT_HOST": "::1"]) == remote("http://[::1]:5778/sampling"))
        #expect(settings(["JAEGER_SAMPLER_MANAGER_HOST_PORT": "s:1"]) == remote("http://s:1/sampling"))
        #expect(settings(["JAEGER_SAMPLING_ENDPOINT": "http://s:1/x"]) == remote("http://s:1/x"))
        var others = RemoteSampler.Settings()
        others.operationsMax = 7
        others.refreshInterval = .seconds(120)
        let variables = ["JAEGER_SAMPLER_MAX_OPERATIONS": "7", "JAEGER_SAMPLER_REFRESH_INTERVAL": "2m"]
        #expect(settings(variables) == .remote(initialRate: 0.001, settings: others))
        #expect(settings(["JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "false"]) == .const(false))
        #expect(
            settings(["JAEGER_SAMPLER_TYPE": "lowerbound", "JAEGER_SAMPLER_PARAM": "3"])
                == .guaranteedThroughput(lowerBoundTracesPerSecond: 3, rate: 0.001)
        )
    }

    @Test func `the agent's variables choose port, protocol, addresses and how often it is looked up`() {
        func agent(_ variables: [String: String]) -> UDPReporter.Settings {
            JaegerConfiguration(serviceName: "test", environment: { variables[$0] }).reporter
        }
        #expect(agent(["JAEGER_AGENT_PORT": "6832"]).encoding == .binary)
        #expect(agent(["JAEGER_AGENT_SOCKET_TYPE": "udp6"]).addressFamily == .ipv6)
        #expect(agent(["JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL": "5s"]).lookupInterval == .seconds(5))
        #expect(agent(["JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": "true"]).lookupInterval == nil)
    }

    @Test(arguments: [
        ("jaeger", [Propagation.Format.jaeger]), ("b3", [.b3]), ("w3c, b3single", [.w3c, .b3Single]),
        ("tracecontext,b3multi", [.w3c, .b3]),
    ])
    func `formats are read by the names that Jaeger and OpenTelemetry give them`(
        text: String,
        formats: [Propagation.Format]
    ) {
        let configuration = JaegerConfiguration(
            serviceName: "test",
            environment: { $0 == "JAEGER_PROPAGATION" ? text : nil }
        )
        #expect(configuration.propagation == Propagation(formats))
    }

    @Test func `a tracer that was made for a collector sends there, and asks its sampler`() async throws {
        let server = try TestHTTPServer { request in
            request.line.hasPrefix("GET")
                ? .json(#"{"probabilisticSampling":{"samplingRate":1}}"#) : .init(status: 202)
        }
        let variables = ["JAEGER_ENDPOINT": server.url, "JAEGER_SAMPLING_ENDPOINT": server.url]
        let tracer = JaegerConfiguration(serviceName: "shop", environment: { variables[$0] }).makeTracer()
        await (tracer.sampler as? RemoteSampler)?.refresh()
        tracer.startSpan("work").finish()
        await tracer.close()
        let post = try #require(server.requests.first { $0.line.hasPrefix("POST") })
        #expect(post.line == "POST /api/traces?format=jaeger.thrift")
        let batch = try DecodedBatch(body: post.body)
        #expect(batch.spans.first?.tags == ["sampler.type": "probabilistic", "sampler.param": 1.0])
        #expect(batch.processTags["client-uuid"]?.description.count == 16)
        #expect(server.requests.contains { $0.line == "GET /sampling?service=shop" })
    }
}
