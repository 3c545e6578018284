import Logging
import OpenTracing

/// How a tracer is made: what the program says, else what the environment says, else Jaeger's defaults.
///
///     let configuration = JaegerConfiguration(serviceName: "first-service", sampler: .const(true), logging: true)
///     let tracer = configuration.initializeTracer()
///
/// | variable | property |
/// |---|---|
/// | `JAEGER_SERVICE_NAME` | `serviceName` |
/// | `JAEGER_DISABLED` | `isEnabled` |
/// | `JAEGER_SAMPLER_TYPE`, `JAEGER_SAMPLER_PARAM` | `sampler` |
/// | `JAEGER_AGENT_HOST`, `JAEGER_AGENT_PORT` | `reporter.host`, `reporter.port` |
/// | `JAEGER_REPORTER_MAX_QUEUE_SIZE` | `reporter.queueCapacitySpans` |
/// | `JAEGER_REPORTER_FLUSH_INTERVAL` | `reporter.flushInterval` |
/// | `JAEGER_REPORTER_LOG_SPANS` | `logging` |
/// | `JAEGER_TAGS` | `tags`, below those that the program gives |
/// | `JAEGER_TRACEID_128BIT` | `usesWideTraceIDs` |
/// | `JAEGER_PROPAGATION` | `propagation` |
///
/// Nothing here fails: a value that can't be used is told in a warning when the tracer is made, and the default taken.
public struct JaegerConfiguration: Sendable {
    /// The name of a service to which nobody gave one.
    public static let unknownServiceName = "unknown-service"

    /// The name under which the spans of this process appear.
    public var serviceName: String
    /// Which traces are recorded; a share of one in a thousand unless told otherwise.
    public var sampler: SamplerConfiguration
    /// How the spans are sent.
    public var reporter: UDPReporter.Settings
    /// Tags of the process: its version, its zone.
    public var tags: TagList
    /// Whether the log tells how the tracer was made, and of each span that is reported.
    public var logging: Bool
    /// The headers in which contexts travel.
    public var propagation: Propagation
    /// Whether new traces get identifiers of 128 bits rather than 64.
    public var usesWideTraceIDs: Bool
    /// Whether anything is recorded at all; contexts travel on in any case.
    public var isEnabled: Bool
    /// Where the tracer writes to.
    public var logger: Logger
    /// What is wrong with the environment, each in a sentence.
    public private(set) var problems: [String]

    /// Makes a configuration; each part that is left out or nil comes from the environment, or is the default.
    ///
    /// - Parameters:
    ///   - serviceName: The name under which the spans of this process appear.
    ///   - sampler: Which traces are recorded.
    ///   - tags: Tags of the process, in addition to those of `JAEGER_TAGS`.
    ///   - logging: Whether the log tells of each span that is reported.
    ///   - logger: Where the tracer writes to.
    ///   - environment: The value of an environment variable.
    public init(
        serviceName: String? = nil,
        sampler: SamplerConfiguration? = nil,
        tags: TagList = [:],
        logging: Bool? = nil,
        logger: Logger = Logger(label: "jaeger"),
        environment: ((String) -> String?)? = nil
    ) {
        var variables = Environment(environment ?? Environment.process)
        self.serviceName = serviceName ?? variables.text("JAEGER_SERVICE_NAME") ?? Self.unknownServiceName
        self.sampler = sampler ?? variables.sampler() ?? .probabilistic(SamplerConfiguration.initialRate)
        self.logging = logging ?? variables.flag("JAEGER_REPORTER_LOG_SPANS") ?? false
        self.logger = logger
        self.tags = variables.tags()
        for tag in tags { self.tags[tag.key] = tag.value }
        propagation = variables.propagation() ?? Propagation()
        usesWideTraceIDs = variables.flag("JAEGER_TRACEID_128BIT") ?? false
        isEnabled = !(variables.flag("JAEGER_DISABLED") ?? false)
        reporter = UDPReporter.Settings()
        if let host = variables.text("JAEGER_AGENT_HOST") { reporter.host = host }
        let port = variables.value("JAEGER_AGENT_PORT", "a port from 1 to 65535") {
            UInt16($0).flatMap { $0 > 0 ? $0 : nil }
        }
        if let port { reporter.port = port }
        let capacity = variables.value("JAEGER_REPORTER_MAX_QUEUE_SIZE", "a number of spans above 0") {
            Int($0).flatMap { $0 > 0 ? $0 : nil }
        }
        if let capacity { reporter.queueCapacitySpans = capacity }
        if let interval = variables.flushInterval() { reporter.flushInterval = interval }
        problems = variables.problems
    }

    /// Makes a tracer.
    public func makeTracer() -> JaegerTracer {
        for problem in problems { logger.warning("\(problem)") }
        if serviceName == Self.unknownServiceName {
            logger.warning("the service has no name: give it one in the program or in JAEGER_SERVICE_NAME")
        }
        guard isEnabled else {
            return JaegerTracer(
                serviceName: serviceName,
                sampler: ConstSampler(false),
                reporter: CompositeReporter([]),
                propagation: propagation
            )
        }
        if logging { logger.info("Initializing Jaeger Tracer with UDP reporter") }
        let sampler = sampler.makeSampler()
        if logging { logger.info("Using sampler \(sampler)") }
        let remote = UDPReporter(serviceName: serviceName, processTags: processTags, settings: reporter, logger: logger)
        let logged = LoggingReporter(serviceName: serviceName, logger: logger)
        return JaegerTracer(
            serviceName: serviceName,
            sampler: sampler,
            reporter: logging ? CompositeReporter([remote, logged]) : remote,
            propagation: propagation,
            usesWideTraceIDs: usesWideTraceIDs
        )
    }

    /// Makes a tracer and registers it as the one of the whole process.
    public func initializeTracer() -> JaegerTracer {
        let tracer = makeTracer()
        GlobalTracer.register(tracer)
        if logging { logger.info("opentracing.tracer initialized to \(tracer)") }
        return tracer
    }

    /// What the server is told about this process.
    private var processTags: TagList {
        var all: TagList = [
            "jaeger.version": .string(JaegerTracer.version),
            "hostname": .string(LocalHost.name),
            "ip": .string(LocalHost.address),
        ]
        for tag in tags { all[tag.key] = tag.value }
        return all
    }
}

extension JaegerTracer {
    /// This library's language and version, as servers show it.
    public static let version = "Swift-0.1.0"
}
