// A service that works off orders, until it is told to stop (Ctrl-C) or has none left.
//
//     JAEGER_SERVICE_NAME=orders JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1 swift run Service

import Configuration
import JaegerClient
import JaegerConfigReader
import JaegerServiceLifecycle
import JaegerTracing
import Logging
import ServiceLifecycle
import Tracing
import UnixSignals

// Each line of the log names the trace and the span that it belongs to.
LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: .jaeger)
let logger = Logger(label: "service")

let config = ConfigReader(provider: EnvironmentVariablesProvider())
let tracer = JaegerConfiguration(config: config, logger: logger).makeTracer()
InstrumentationSystem.bootstrap(tracer)

struct NoStock: Error, CustomStringConvertible {
    let order: Int
    var description: String { "nothing left for order \(order)" }
}

struct Orders: Service {
    let count: Int

    func run() async throws {
        for order in 1...count {
            if Task.isShuttingDownGracefully { return }
            try? withSpan("handle-order", ofKind: .consumer) { span in
                span.attributes["order"] = order
                try reserve(order)
            }
        }
    }

    private func reserve(_ order: Int) throws {
        try withSpan("reserve-stock") { span in
            span.addEvent(SpanEvent(name: "stock checked", attributes: ["left": .int64(Int64(count - order))]))
            guard order < count else { throw NoStock(order: order) }
            logger.info("order \(order) is reserved")
        }
    }
}

// The tracer comes first, so it is stopped last: the spans of the last order are sent as well.
let orders = Orders(count: config.int(forKey: "orders", default: 3))
let group = ServiceGroup(
    configuration: .init(
        services: [
            .init(service: tracer),
            .init(service: orders, successTerminationBehavior: .gracefullyShutdownGroup),
        ],
        gracefulShutdownSignals: [.sigint, .sigterm],
        logger: logger
    )
)
try await group.run()
