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
        #expect(defaults.sampler == .probabilistic(0.001))
        #expect(defaults.reporter == UDPReporter.Settings())
        #expect(defaults.reporter.port == 6831)
        #expect(defaults.isEnabled)
    }

    @Test(arguments: [
        ("JAEGER_AGENT_PORT", "70000"), ("JAEGER_AGENT_PORT", "abc"), ("JAEGER_SAMPLER_TYPE", "sometimes"),
        ("JAEGER_SAMPLER_PARAM", "many"), ("JAEGER_TAGS", "novalue"), ("JAEGER_REPORTER_MAX_QUEUE_SIZE", "0"),
        ("JAEGER_REPORTER_FLUSH_INTERVAL", "soon"), ("JAEGER_PROPAGATION", "pigeon"), ("JAEGER_DISABLED", "maybe"),
        ("JAEGER_SAMPLER_TYPE", "remote"),
    ])
    func `a value that can't be used is told and the default taken`(name: String, value: String) {
        let lines = LogLines()
        let configuration = JaegerConfiguration(
            serviceName: "test",
            logger: lines.logger,
            environment: { $0 == name ? value : nil }
        )
        #expect(configuration.problems.count == 1)
        #expect(configuration.problems.first?.contains(name) == true)
        #expect(configuration.problems.first?.contains(value) == true)
        #expect(configuration.sampler == .probabilistic(0.001))
        #expect(configuration.reporter == UDPReporter.Settings())
        _ = configuration.makeTracer()
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

    @Test func `a service without a name is told so`() {
        let lines = LogLines()
        _ = JaegerConfiguration(logger: lines.logger, environment: { _ in nil }).makeTracer()
        #expect(lines.all == ["the service has no name: give it one in the program or in JAEGER_SERVICE_NAME"])
    }
}
