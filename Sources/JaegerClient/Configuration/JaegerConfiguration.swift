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
/// | `JAEGER_TAGS` | `tags`, below those that the program gives |
/// | `JAEGER_TRACEID_128BIT` | `usesWideTraceIDs` |
/// | `JAEGER_PROPAGATION` | `propagation`: of `jaeger`, `w3c`, `b3`, `b3single`, with commas between |
/// | `JAEGER_SAMPLER_TYPE`, `JAEGER_SAMPLER_PARAM` | `sampler` |
/// | `JAEGER_SAMPLING_ENDPOINT`, `JAEGER_SAMPLER_MANAGER_HOST_PORT` | where a remote sampler asks |
/// | `JAEGER_SAMPLER_REFRESH_INTERVAL`, `JAEGER_SAMPLER_MAX_OPERATIONS` | how often, and for how many operations |
/// | `JAEGER_AGENT_HOST`, `JAEGER_AGENT_PORT`, `JAEGER_AGENT_SOCKET_TYPE` | `reporter` (UDP) |
/// | `JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL`, `…_ATTEMPT_RECONNECTING_DISABLED` | `reporter.lookupInterval` |
/// | `JAEGER_ENDPOINT` | `collector` (HTTP), which goes before the agent; OTLP when its path is `/v1/traces` |
/// | `JAEGER_USER` and `JAEGER_PASSWORD`, or `JAEGER_AUTH_TOKEN` | `collector.authorization` |
/// | `JAEGER_REPORTER_TIMEOUT` | `collector.timeout` |
/// | `JAEGER_REPORTER_MAX_QUEUE_SIZE`, `JAEGER_REPORTER_FLUSH_INTERVAL` | the same of either |
/// | `JAEGER_REPORTER_LOG_SPANS` | `logging` |
///
/// Nothing here fails: a value that can't be used is told in a warning when the tracer is made, and the default taken.
public struct JaegerConfiguration: Sendable {
    /// The name of a service to which nobody gave one.
    public static let unknownServiceName = "unknown-service"

    /// The name under which the spans of this process appear.
    public var serviceName: String
    /// Which traces are recorded; what a server on this machine says unless told otherwise.
    public var sampler: SamplerConfiguration
    /// How the spans are sent to an agent; only without a `collector`.
    public var reporter: UDPReporter.Settings
    /// How the spans are sent to a collector over HTTP; nil to send them to an agent.
    public var collector: CollectorReporter.Settings?
    /// How much a span may carry.
    public var limits = SpanLimits()
    /// Asks a server which baggage may be set; nil to let all pass, with values up to 2,048 bytes.
    public var baggageRestrictions: RemoteBaggageRestrictions.Settings?
    /// Asks a server how many traces may be forced; nil to let all be forced.
    public var throttler: RemoteDebugThrottler.Settings?
    /// Reports spans while they go on; nil to report them when they have finished.
    public var partialSpans: PartialSpans.Settings?
    /// Sends the requests to collectors and for samplers; replace it where TLS is needed.
    public var transport: any HTTPTransport = SocketTransport()
    /// Where the tracer counts what it does.
    public var metrics: (any TracerMetrics)?
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
        reporter = variables.agent()
        collector = variables.collector()
        self.sampler = sampler ?? variables.sampler(agentHost: reporter.host) ?? .remote
        self.logging = logging ?? variables.flag("JAEGER_REPORTER_LOG_SPANS") ?? false
        self.logger = logger
        self.tags = variables.tags()
        for tag in tags { self.tags[tag.key] = tag.value }
        propagation = variables.propagation() ?? Propagation()
        usesWideTraceIDs = variables.flag("JAEGER_TRACEID_128BIT") ?? false
        isEnabled = !(variables.flag("JAEGER_DISABLED") ?? false)
        if variables.flag("JAEGER_RPC_METRICS") == true {
            variables.problem(
                "JAEGER_RPC_METRICS: figures of calls are not counted here, the server makes them from spans"
            )
        }
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
        if logging { logger.info("Initializing Jaeger Tracer with \(collector == nil ? "UDP" : "HTTP") reporter") }
        let sampler = sampler.makeSampler(
            serviceName: serviceName,
            transport: transport,
            logger: logger,
            metrics: metrics
        )
        if logging { logger.info("Using sampler \(sampler)") }
        let clientID = Hex.padded(IDGenerator().next())
        let remote = makeReporter(clientID)
        let logged = LoggingReporter(serviceName: serviceName, logger: logger)
        return JaegerTracer(
            serviceName: serviceName,
            sampler: sampler,
            reporter: logging ? CompositeReporter([remote, logged]) : remote,
            propagation: propagation,
            limits: limits,
            baggageRestrictions: makeBaggageRestrictions(),
            throttler: throttler.map { settings in
                RemoteDebugThrottler(
                    serviceName: serviceName,
                    clientID: clientID,
                    settings: settings,
                    transport: transport,
                    logger: logger,
                    metrics: metrics
                )
            },
            metrics: metrics,
            partialSpans: partialSpans,
            usesWideTraceIDs: usesWideTraceIDs
        )
    }

    private func makeReporter(_ clientID: String) -> any Reporter {
        if let collector {
            return CollectorReporter(
                serviceName: serviceName,
                processTags: processTags(clientID),
                settings: collector,
                transport: transport,
                logger: logger,
                metrics: metrics
            )
        }
        return UDPReporter(
            serviceName: serviceName,
            processTags: processTags(clientID),
            settings: reporter,
            logger: logger,
            metrics: metrics
        )
    }

    private func makeBaggageRestrictions() -> any BaggageRestrictions {
        guard let baggageRestrictions else { return DefaultBaggageRestrictions() }
        return RemoteBaggageRestrictions(
            serviceName: serviceName,
            settings: baggageRestrictions,
            transport: transport,
            logger: logger,
            metrics: metrics
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
    private func processTags(_ clientID: String) -> TagList {
        var all: TagList = [
            "jaeger.version": .string(JaegerTracer.version),
            "hostname": .string(LocalHost.name),
            "ip": .string(LocalHost.address),
            "client-uuid": .string(clientID),
        ]
        for tag in tags { all[tag.key] = tag.value }
        return all
    }
}

extension JaegerTracer {
    /// This library's language and version, as servers show it.
    public static let version = "Swift-0.1.0"
}
